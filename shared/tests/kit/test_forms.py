"""A fact that changed its form is published in both, and a subscriber that knows one of them takes that one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import select

from shared.contracts.envelope import unwrap
from shared.contracts.facts import Fact
from shared.contracts.project import MilestoneCameDueSoon, MilestoneDueInDays
from shared.kit.backbone import outbox
from shared.kit.bus import TP, InRecord
from shared.kit.db import Database, UnitOfWork
from shared.kit.inbox import Inbox, Outcome
from shared.kit.outbox import headers_from_json
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import AT, a_database
from shared.testing.facts import a_due_soon


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with a_database(database_url) as database:
        yield database


@pytest_asyncio.fixture
async def published(database: Database) -> list[InRecord]:
    """What goes out when one fact of two forms is recorded."""
    async with database.unit_of_work("test") as uow:
        uow.record(a_due_soon())
    async with database.reading() as view:
        rows = (await view.session.execute(select(outbox).order_by(outbox.c.id))).all()
    return [
        InRecord(TP(row.topic, 0), at, row.aggregate_id.encode(), headers_from_json(row.headers), bytes(row.payload), AT)
        for at, row in enumerate(rows)
    ]


async def test_both_forms_go_out_with_the_change_and_are_numbered_in_turn(published: list[InRecord]) -> None:
    envelopes = [unwrap(record.headers, record.value) for record in published]
    assert [(envelope.type.rpartition(".")[2], envelope.sequence) for envelope in envelopes] == [("v2", 1), ("v1", 2)]
    assert len({envelope.subject for envelope in envelopes}) == 1
    assert len({envelope.id for envelope in envelopes}) == 2


@pytest.mark.parametrize("known", [MilestoneCameDueSoon, MilestoneDueInDays])
async def test_a_subscriber_takes_the_form_that_it_knows(
    known: type[Fact], database: Database, published: list[InRecord]
) -> None:
    taken: list[Fact] = []

    async def take(_uow: UnitOfWork, fact: Fact) -> None:
        taken.append(fact)

    inbox = Inbox(database, Subscriptions({known: take}), "diaodu.test")
    outcomes = [await inbox.take(record) for record in published]
    assert sorted(outcomes) == [Outcome.HANDLED, Outcome.IGNORED]
    assert [type(fact) for fact in taken] == [known]
