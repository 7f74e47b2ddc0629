"""Where an item is heading, at the boundaries of the published rules."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicator_svc.schemes.bounds import read_outlook_rules
from indicator_svc.standings.outlook import Mark, Outlook, Prospect, look_ahead
from shared.contracts.facts import Level

RULES = read_outlook_rules({})
LOW, FALLING, PUSH, SAFE = Outlook


def a_prospect(rank: int | None = 5, gap: str | None = None, **changes: object) -> Prospect:
    prospect = Prospect(True, Level.GREEN, a_mark(rank, gap), Decimal(0), None)
    return replace(prospect, **changes)  # type: ignore[arg-type]  # each test names fields of their own type


def a_mark(rank: int | None, gap: str | None = None) -> Mark:
    return Mark(rank, None if gap is None else Decimal(gap))


def heading(prospect: Prospect, *earlier: Mark, before: Outlook | None = None) -> Outlook | None:
    return look_ahead(prospect, earlier, RULES, before).outlook


@pytest.mark.parametrize(
    ("level", "outlook"),
    [(Level.GREEN, SAFE), (Level.BLUE, SAFE), (Level.YELLOW, LOW), (Level.ORANGE, LOW), (Level.RED, LOW)],
)
def test_an_item_is_low_from_yellow_on(level: Level, outlook: Outlook) -> None:
    assert heading(a_prospect(level=level)) is outlook


@pytest.mark.parametrize(
    ("ranks", "outlook"),
    [([7, 6, 5], FALLING), ([7, 6, 6], SAFE), ([7, 7, 5], SAFE), ([7, 6], SAFE), ([7, 6, None], SAFE), ([5, 6, 7], SAFE)],
)
def test_a_rank_that_fell_twice_running_is_falling_behind(ranks: list[int | None], outlook: Outlook) -> None:
    assert heading(a_prospect(ranks[0]), *(a_mark(rank) for rank in ranks[1:])) is outlook


@pytest.mark.parametrize(
    ("gaps", "outlook"),
    [(["0.4", "0.2", "-0.1"], FALLING), (["0.4", "0.2", "0"], SAFE), (["0.4", "0.4", "-1"], SAFE), (["0.4", "-1"], SAFE)],
)
def test_a_gap_that_widened_twice_running_by_half_a_point_is_falling_behind(gaps: list[str], outlook: Outlook) -> None:
    marks = [a_mark(5, gap) for gap in gaps[1:]]
    assert heading(a_prospect(5, gaps[0]), *marks) is outlook


@pytest.mark.parametrize(
    ("headroom", "ahead", "gap", "outlook"),
    [
        ("0.5", "1.0", None, PUSH),
        ("0.49", "1.0", None, SAFE),
        ("0.5", "1.01", None, SAFE),
        ("0.5", None, "0.3", PUSH),
        ("0.5", None, "-0.3", SAFE),
        ("0.5", None, None, SAFE),
        (None, "0.1", None, SAFE),
    ],
)
def test_points_close_by_can_be_pushed_for(headroom: str | None, ahead: str | None, gap: str | None, outlook: Outlook) -> None:
    given = {"headroom": headroom, "ahead_pp": ahead}
    decimals = {name: None if text is None else Decimal(text) for name, text in given.items()}
    assert heading(a_prospect(5, gap, **decimals)) is outlook


def test_every_outlook_names_its_numbers() -> None:
    falling = look_ahead(a_prospect(7), [a_mark(6), a_mark(5)], RULES, None)
    pushed = look_ahead(a_prospect(headroom=Decimal("1.2"), ahead_pp=Decimal("0.3")), [], RULES, None)
    assert [(each.rule, each.evidence) for each in falling.why] == [("rank-falling", "位次连续2期下降：第5位、第6位、第7位")]
    assert [(each.rule, each.evidence) for each in pushed.why] == [("headroom", "还有1.2分可得，距上一名0.3个百分点")]


@pytest.mark.parametrize("before", [None, *Outlook])
def test_the_unknown_changes_no_outlook(before: Outlook | None) -> None:
    judged = look_ahead(a_prospect(None, known=False), [], RULES, before)
    assert (judged.outlook, judged.why[0].rule) == (before, "unknown")
