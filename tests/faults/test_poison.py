"""A fact that cannot be taken stops its own object, in order and visibly; everything else goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from shared.contracts.catalogue import topic_of
from shared.kit.bus import Ack, OutRecord
from shared.kit.bus_factory import open_bus
from shared.kit.ids import new_id
from shared.testing.eventually import eventually, seconds
from shared.testing.junk import UNREADABLE, with_headers
from shared.testing.stack import Stack
from tests.faults.books import Target, parked
from tests.faults.ledger import COMPLETED, OVERDUE
from tests.faults.report import Report
from tests.faults.trial import Trial, a_trial

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SOME = 60
KEYS = 6
REFUSE = "ALTER TABLE alert ADD CONSTRAINT refuses_poison CHECK (lead_department <> '{}') NOT VALID"
ACCEPT = "ALTER TABLE alert DROP CONSTRAINT IF EXISTS refuses_poison"
FOREIGN = {
    "a type that nobody knows": (with_headers(ce_type=b"cn.diaodu.project.milestone-dreamt-of.v7"), b'{"region": "620200"}'),
    "data that is not the fact": (with_headers(), b'{"region": "620200"}'),
    "large, and not the fact": (with_headers(), b'{"region": "' + b"x" * 850_000 + b'"}'),
}
PARKED_FOREIGN = 2
"""An unknown type is passed over: a newer publisher may send it."""


@contextmanager
def refusing(stack: Stack, department: str) -> Iterator[None]:
    """alert-svc's database takes no alert of a department meanwhile: a fault of its own, which an operator can mend."""
    database = stack.databases["alert"]
    stack.postgres.psql(REFUSE.format(department), database=database)
    try:
        yield
    finally:
        stack.postgres.psql(ACCEPT, database=database)


@asynccontextmanager
async def quiet(fault: str, target: Target, report: Report) -> AsyncIterator[Trial]:
    """A trial whose requests the test makes itself."""
    async with a_trial(fault, target, report, callers=0) as trial:
        yield trial


async def publish(stack: Stack, contents: Iterable[tuple[tuple[tuple[str, bytes], ...], bytes]]) -> None:
    """Straight into project-svc's topic, past its outbox; what can be read is of a source of its own."""
    bus = open_bus(stack.bus_url)
    records = [OutRecord(topic_of("project"), b"k\0", headers, value, "/somebody", new_id()) for headers, value in contents]
    for record in records:
        (result,) = await bus.publish([record], 10.0)
        assert isinstance(result, Ack), result
    await bus.close(5)


def of_another_source(number: int, headers: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, bytes], ...]:
    own = {"ce_source": b"/somebody-svc", "ce_id": new_id().encode(), "ce_partitionkey": b"620200/milestone/foreign-%d" % number}
    return tuple({**dict(headers), **own}.items())


def retry_all(stack: Stack) -> None:
    """What the operator does once the reason is mended."""
    lines = stack.run("alert", "parked", "list").splitlines()
    for subject in dict.fromkeys(line.split("\t")[1] for line in lines if "refuses_poison" in line):
        stack.run("alert", "parked", "retry", subject)


async def test_objects_whose_facts_fail_wait_in_order_and_take_effect_once_when_they_are_tried_again(
    target: Target, report: Report, stack: Stack
) -> None:
    before = await parked(target)
    async with a_trial(f"{KEYS} poisoned objects: the others", target, report) as healthy:
        await healthy.tells(SOME)
        async with quiet(f"{KEYS} poisoned objects: mended and tried again", target, report) as poisoned:
            with refusing(stack, poisoned.department):
                milestones = [await poisoned.traffic.one() for _ in range(KEYS)]
                await eventually(lambda: parked(target), is_=before + 2 * KEYS, within=seconds(30))
                for milestone in milestones:
                    await poisoned.traffic.complete(milestone)
                await eventually(lambda: parked(target), is_=before + 3 * KEYS, within=seconds(30))
                await healthy.prompt(within=seconds(2))
                await healthy.tells(SOME)
            assert poisoned.ledger.effects == 0
            poisoned.healed()
            await asyncio.to_thread(retry_all, stack)
            mended = await poisoned.settled(within=seconds(30))
        others = await healthy.settled(within=seconds(30))
    assert (mended.accepted, mended.lost, mended.doubled) == (KEYS * len(OVERDUE + COMPLETED), 0, 0)
    assert (others.lost, others.doubled) == (0, 0)


async def test_records_that_are_no_events_of_this_suite_are_set_aside_and_nothing_waits_for_them(
    target: Target, report: Report, stack: Stack
) -> None:
    before = await parked(target)
    async with a_trial("records straight into the topic that are no events", target, report) as trial:
        await trial.tells(SOME)
        await publish(stack, UNREADABLE.values())
        await publish(
            stack, [(of_another_source(number, headers), value) for number, (headers, value) in enumerate(FOREIGN.values())]
        )
        await eventually(lambda: parked(target), is_=before + len(UNREADABLE) + PARKED_FOREIGN, within=seconds(30))
        await trial.prompt(within=seconds(2))
        trial.expect_parked(len(UNREADABLE) + PARKED_FOREIGN)
        row = await trial.settled(within=seconds(30))
    assert (row.lost, row.doubled) == (0, 0)
