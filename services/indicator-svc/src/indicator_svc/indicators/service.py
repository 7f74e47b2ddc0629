"""Use cases of the catalogue."""

from typing import Any

from indicator_svc.indicators.errors import DerivationInvalid, IndicatorExists, IndicatorNotFound
from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.rules import Kind
from shared.kit.db import ReadSession, UnitOfWork


async def register(uow: UnitOfWork, fields: dict[str, Any]) -> Indicator:
    """Put an indicator into the catalogue; a derived one needs the levels that it is worked out from."""
    catalogue = Indicators(uow.session)
    if await catalogue.by_code(fields["code"]) is not None:
        raise IndicatorExists(fields["code"])
    if fields["derived_from"] is not None:
        await _check_derivation(catalogue, fields["derived_from"], fields["kind"])
    indicator = Indicator(**fields)
    catalogue.add(indicator)
    await uow.session.flush()
    return indicator


async def get(view: ReadSession, code: str) -> Indicator:
    found = await Indicators(view.session).by_code(code)
    if found is None:
        raise IndicatorNotFound(code)
    return found


async def _check_derivation(catalogue: Indicators, base: str, kind: str) -> None:
    levels = await catalogue.by_code(base)
    if levels is None or levels.kind != Kind.LEVEL or kind != Kind.GROWTH:
        raise DerivationInvalid(base)
