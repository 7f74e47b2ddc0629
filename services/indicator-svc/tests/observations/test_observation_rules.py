"""Which figure is in force, as it was known at an instant."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from indicator_svc.observations.rules import (
    Availability,
    Figure,
    Move,
    Provenance,
    Revision,
    State,
    Status,
    derived_growth,
    in_force,
    missing,
)
from shared.kit.clock import SHANGHAI
from shared.kit.decimals import UnknownReason

NOON = datetime(2022, 7, 1, 12, tzinfo=SHANGHAI)
LATER = NOON + timedelta(hours=1)
LAST = NOON + timedelta(hours=2)


def a_revision(number: int, value: str | None, *moves: tuple[State, datetime]) -> Revision:
    reason = UnknownReason.MASKED if value is None else None
    amount = None if value is None else Decimal(value)
    return Revision(f"r{number}", number, amount, reason, Provenance.PUBLISHED, False, tuple(Move(*move) for move in moves))


def test_the_newest_accepted_revision_counts() -> None:
    figure = in_force("2022-Q2", [a_revision(1, "5", (State.ACCEPTED, NOON)), a_revision(2, "6", (State.ACCEPTED, LATER))], LAST)
    assert (figure.value, figure.availability, figure.sources) == (Decimal(6), Availability.KNOWN, ("r2",))


def test_at_an_earlier_instant_the_earlier_revision_was_known() -> None:
    revisions = [a_revision(1, "5", (State.ACCEPTED, NOON)), a_revision(2, "6", (State.ACCEPTED, LATER))]
    assert in_force("2022-Q2", revisions, NOON).value == Decimal(5)
    assert in_force("2022-Q2", revisions, NOON - timedelta(seconds=1)).availability is Availability.MISSING


def test_a_masked_revision_makes_the_figure_unknown() -> None:
    figure = in_force("2022-Q2", [a_revision(1, "5", (State.ACCEPTED, NOON)), a_revision(2, None, (State.ACCEPTED, LATER))], LAST)
    assert (figure.value, figure.unknown_reason) == (None, UnknownReason.MASKED)


def test_a_held_revision_is_not_used_and_says_that_it_waits() -> None:
    figure = in_force("2022-Q2", [a_revision(1, "5", (State.HELD, NOON))], LAST)
    assert (figure.value, figure.availability, figure.why_not) == (None, Availability.HELD, "数值异常，待确认")


def test_while_a_correction_waits_the_accepted_figure_stays_in_force() -> None:
    figure = in_force("2022-Q2", [a_revision(1, "5", (State.ACCEPTED, NOON)), a_revision(2, "50", (State.HELD, LATER))], LAST)
    assert figure.value == Decimal(5)


def test_a_withdrawn_figure_is_unknown_and_brings_no_older_one_back() -> None:
    first = a_revision(1, "5", (State.ACCEPTED, NOON))
    second = a_revision(2, "6", (State.ACCEPTED, NOON), (State.WITHDRAWN, LATER))
    figure = in_force("2022-Q2", [first, second], LAST)
    assert (figure.value, figure.unknown_reason) == (None, UnknownReason.WITHDRAWN)
    assert in_force("2022-Q2", [first, second], NOON).value == Decimal(6)


def test_a_held_revision_that_was_withdrawn_leaves_the_accepted_one_in_force() -> None:
    second = a_revision(2, "50", (State.HELD, NOON), (State.WITHDRAWN, LATER))
    assert in_force("2022-Q2", [a_revision(1, "5", (State.ACCEPTED, NOON)), second], LAST).value == Decimal(5)


def a_level(value: str) -> Figure:
    return Figure("2005", Decimal(value), Availability.KNOWN, sources=(value,))


def test_growth_over_levels_is_labelled_derived() -> None:
    growth = derived_growth("2005", a_level("330"), a_level("300"))
    assert (growth.value, growth.provenance, growth.sources) == (Decimal(10), Provenance.DERIVED, ("330", "300"))


@pytest.mark.parametrize(
    ("now", "before", "availability"),
    [
        (a_level("330"), missing("2004"), Availability.MISSING),
        (Figure("2005", None, Availability.HELD), a_level("300"), Availability.HELD),
        (a_level("330"), a_level("0"), Availability.UNKNOWN),
    ],
)
def test_without_both_levels_there_is_no_growth(now: Figure, before: Figure, availability: Availability) -> None:
    growth = derived_growth("2005", now, before)
    assert (growth.value, growth.availability) == (None, availability)
    assert growth.why_not


@pytest.mark.parametrize("later", list(Status))
@pytest.mark.parametrize("earlier", list(Status))
def test_a_figure_never_goes_back_to_an_earlier_status(earlier: Status, later: Status) -> None:
    order = ["flash", "preliminary", "verified", "final"]
    assert later.may_follow(earlier) == (order.index(later) >= order.index(earlier))
