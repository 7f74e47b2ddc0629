"""What the writers write and what the subscribers' effects leave, beside the backbone's own tables."""

from typing import Final

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from shared.contracts.project import MilestoneWithdrawn
from shared.kit.db import Database, UnitOfWork
from shared.testing.backbone import a_withdrawal
from tests.simulation.bus import SimulatedBus

POISON: Final = "poison"

own_tables: Final = MetaData()
"""Apart from the backbone's: what is added there, every migration would lack."""
written: Final = Table(
    "simulated_change",
    own_tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(300), nullable=False),
    Column("number", Integer, nullable=False),
)
effect: Final = Table(
    "simulated_effect",
    own_tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(300), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("number", Integer, nullable=False),
)


def the_fact(milestone: str, number: int, *, poison: bool = False) -> MilestoneWithdrawn:
    """A fact that carries its number, and whether no handler can take it."""
    return a_withdrawal(milestone, f"{POISON if poison else 'sound'}:{number}")


async def change(database: Database, _bus: SimulatedBus, milestone: str, number: int, *, poison: bool = False) -> None:
    """Change an object and report it, as a service does: in one unit of work."""
    async with database.unit_of_work("writer") as uow:
        fact = the_fact(milestone, number, poison=poison)
        await uow.session.execute(insert(written).values(subject=str(fact.subject()), number=number))
        uow.record(fact)


async def take_effect(uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
    """Leave a trace of the effect, which nothing but the inbox keeps from being left twice."""
    if uow.cause is None:
        raise RuntimeError("a handler runs for an event")
    row = {"subject": str(fact.subject()), "sequence": uow.cause.sequence, "number": int(fact.reason.rpartition(":")[2])}
    await uow.session.execute(insert(effect).values(row))
