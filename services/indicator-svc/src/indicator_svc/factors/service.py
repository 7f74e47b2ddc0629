"""Use cases of factor gaps."""

from collections.abc import Mapping
from typing import Any

from indicator_svc.enterprises.repository import Enterprises
from indicator_svc.factors.errors import FactorPeriodInFuture
from indicator_svc.factors.models import FactorSupply
from indicator_svc.factors.repository import Supplies
from shared.kit.db import UnitOfWork
from shared.kit.periods import Period


async def report(uow: UnitOfWork, uscc: str, fields: Mapping[str, Any]) -> FactorSupply:
    """Append a revision of what an enterprise needed and got. Raises EnterpriseUnknown."""
    period = Period.parse(fields["period"])
    if period.is_after(uow.now.date()):
        raise FactorPeriodInFuture(str(period))
    enterprise = await Enterprises(uow.session).of_uscc_for_change(uscc)
    supplies = Supplies(uow.session)
    before = await supplies.latest(enterprise.id, fields["factor"], str(period))
    if before is not None:
        before.latest = False
    supply = FactorSupply(
        **fields,
        enterprise=enterprise,
        period_end=period.end,
        revision=1 if before is None else before.revision + 1,
        latest=True,
        recorded_at=uow.now,
        recorded_by=uow.actor,
    )
    supplies.add(supply)
    await uow.session.flush()
    return supply
