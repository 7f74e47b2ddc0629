"""Where a client goes on, what it sees, and what becomes of a slow one; without a database."""

import asyncio

import pytest

from alert_svc.stream.hub import BUFFER, Listener, Pause
from alert_svc.stream.rules import Extent, Resume, Wanted, resume
from alert_svc.stream.service import Item


@pytest.mark.parametrize(
    ("last_event_id", "extent", "begins"),
    [
        (None, Extent(9, 1), Resume.LIVE),
        (5, Extent(9, 1), Resume.FROM_LAST),
        (9, Extent(9, None), Resume.FROM_LAST),
        (0, Extent(9, 1), Resume.FROM_LAST),
        (4, Extent(9, 5), Resume.FROM_LAST),
        (3, Extent(9, 5), Resume.RESET),
        (3, Extent(9, None), Resume.RESET),
        (10, Extent(9, 1), Resume.RESET),
        (0, Extent(0, None), Resume.FROM_LAST),
    ],
)
def test_a_client_goes_on_where_it_stopped_unless_that_is_unknown_or_too_old(
    last_event_id: int | None, extent: Extent, begins: Resume
) -> None:
    assert resume(last_event_id, extent) is begins


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), True),
        (Wanted(levels=frozenset({"red"})), True),
        (Wanted(levels=frozenset({"blue"})), False),
        (Wanted(departments=frozenset({"市工信局"})), True),
        (Wanted(departments=frozenset({"市商务局"})), False),
        (Wanted(rules=frozenset({"indicator.low"}), levels=frozenset({"red"})), True),
        (Wanted(rules=frozenset({"library.short"})), False),
    ],
)
def test_a_client_sees_what_it_asked_for(wanted: Wanted, taken: bool) -> None:
    assert an_item(1).is_for(wanted) is taken


def an_item(sequence: int) -> Item:
    return Item(sequence, "alert.raised", "red", "市工信局", "indicator.low", "{}")


async def test_a_client_that_does_not_keep_up_is_cut_off() -> None:
    listener = Listener(Wanted())
    for sequence in range(BUFFER + 1):
        listener.offer(an_item(sequence))
    assert listener.cut_off
    assert await listener.next(asyncio.Event(), 1) is None


async def test_a_client_hears_of_nothing_and_of_the_end() -> None:
    listener, draining = Listener(Wanted()), asyncio.Event()
    assert await listener.next(draining, 0.001) is Pause.PAUSE
    listener.offer(an_item(1))
    assert await listener.next(draining, 1) == an_item(1)
    draining.set()
    assert await listener.next(draining, 1) is None
