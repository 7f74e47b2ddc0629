"""Decisions about claims: moves, deadlines in working days, what counts as unclaimed."""

from datetime import date, datetime
from itertools import product

import pytest

from indicator_svc.claims.errors import ClaimMoveIllegal
from indicator_svc.claims.models import Claim, Holder, Said
from indicator_svc.claims.rules import (
    CLAIM_MOVES,
    ClaimAct,
    ClaimState,
    DeadlineRule,
    Holding,
    Unclaimed,
    Why,
    due_on,
    is_late,
    unclaimed,
)
from indicator_svc.claims.shipped import calendar, deadline_rules
from shared.kit.clock import SHANGHAI

NOW = datetime(2022, 7, 1, 9, tzinfo=SHANGHAI)
SAID = Said(NOW, "key:tester", "市政府办 李某")
ITEM = ("620200", "CITY-31", "E02")
DUE = date(2022, 7, 5)
ILLEGAL = sorted(set(product(ClaimState, ClaimAct)) - set(CLAIM_MOVES))


def a_claim(state: ClaimState = ClaimState.OFFERED) -> Claim:
    claim = Claim.offered(ITEM, Holder("市工信局", "VM-IND"), DUE, SAID)
    claim.state = state
    return claim


@pytest.mark.parametrize(("state", "act"), ILLEGAL)
def test_an_illegal_move_is_refused_and_leaves_no_trace(state: ClaimState, act: ClaimAct) -> None:
    claim = a_claim(state)
    assert not claim.may(act)
    with pytest.raises(ClaimMoveIllegal):
        claim.move(act, SAID)
    assert (claim.state, len(claim.moves)) == (state, 1)


@pytest.mark.parametrize(("state", "act"), sorted(CLAIM_MOVES))
def test_a_legal_move_is_noted_with_who_and_when(state: ClaimState, act: ClaimAct) -> None:
    claim = a_claim(state)
    claim.move(act, SAID)
    last = claim.moves[-1]
    assert (last.position, last.act, last.state, last.by, last.at) == (2, act, CLAIM_MOVES[state, act], "市政府办 李某", NOW)


def test_what_is_transferred_never_moves_again() -> None:
    assert len(ILLEGAL) == 14
    assert {(ClaimState.TRANSFERRED, act) for act in ClaimAct} <= set(ILLEGAL)


@pytest.mark.parametrize(
    ("offered_on", "last_day"),
    [
        ("2022-07-01", "2022-07-05"),  # a Friday: the weekend does not count
        ("2022-09-29", "2022-10-08"),  # over 国庆; 8 October is a Saturday that is worked
        ("2022-09-30", "2022-10-09"),  # and so is the Sunday after it
        ("2022-07-03", "2022-07-05"),  # offered on a Sunday
    ],
)
def test_an_offer_is_to_be_answered_within_two_working_days(offered_on: str, last_day: str) -> None:
    assert due_on(date.fromisoformat(offered_on), deadline_rules(), calendar()) == date.fromisoformat(last_day)


def test_a_later_rule_holds_from_its_day_on() -> None:
    rules = (DeadlineRule(date(2022, 1, 1), 2, "旧"), DeadlineRule(date(2022, 7, 4), 5, "新"))
    assert due_on(date(2022, 7, 1), rules, calendar()) == date(2022, 7, 5)
    assert due_on(date(2022, 7, 4), rules, calendar()) == date(2022, 7, 11)


def test_the_due_day_itself_is_in_time() -> None:
    assert [is_late(DUE, day) for day in (date(2022, 7, 4), DUE, date(2022, 7, 6))] == [False, False, True]


@pytest.mark.parametrize(
    ("holding", "found"),
    [
        (None, Unclaimed(Why.NOT_OFFERED, "", "", date(2022, 7, 8))),
        (Holding(ClaimState.OFFERED, "甲局", "VM-IND", DUE), Unclaimed(Why.NOT_ANSWERED, "甲局", "VM-IND", DUE)),
        (Holding(ClaimState.DISPUTED, "甲局", "VM-IND", DUE), Unclaimed(Why.DISPUTED, "甲局", "VM-IND", DUE)),
        (Holding(ClaimState.ACCEPTED, "甲局", "VM-IND", DUE), None),
    ],
)
def test_an_item_is_unclaimed_until_a_department_has_accepted_it(holding: Holding | None, found: Unclaimed | None) -> None:
    assert unclaimed(holding, date(2022, 7, 8)) == found
