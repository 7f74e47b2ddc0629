"""Facts in: each is read by every rule in force, and each reading is considered."""

from alert_svc.alerts import service as alerts
from alert_svc.rules import service
from alert_svc.rules.errors import FactWithoutEnvelope
from shared.contracts.facts import Fact
from shared.kit.db import UnitOfWork


async def consider_fact(uow: UnitOfWork, fact: Fact) -> None:
    """Let every rule that held on the day of the fact speak, in the order of their codes."""
    if uow.cause is None:
        raise FactWithoutEnvelope(fact)
    for reading in await service.readings(uow, fact, uow.cause.sequence, uow.cause.time.astimezone(uow.now.tzinfo).date()):
        await alerts.consider(uow, reading)
