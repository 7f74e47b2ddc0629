"""Provisional figures: facts in."""

from indicator_svc.provisionals import service
from shared.contracts.project import RatesComputed
from shared.kit.db import UnitOfWork


async def hear_rates(uow: UnitOfWork, fact: RatesComputed) -> None:
    await service.hear_rates(uow, fact)
