"""What a project may do, and what a start has to prove."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_svc.codes import ProjectKind, ProjectState
from project_svc.projects.rules import (
    MOVES,
    Act,
    FigureGap,
    Figures,
    Permit,
    PermitKind,
    Photo,
    Refusal,
    StartEvidence,
    StartGap,
    add_months,
    figure_gaps,
    latest_start,
    listed_kind,
    opening_state,
    refusal,
    start_gaps,
    state_after,
    wants_code,
)

TODAY = date(2022, 7, 1)
GOOD_START = StartEvidence(
    started_on=date(2022, 6, 20),
    permit=Permit(PermitKind.CONSTRUCTION_PERMIT, "620200202206010101", date(2022, 6, 1)),
    photo=Photo("照片/2022/0620-01", date(2022, 6, 20)),
    contract="施工合同 2022-018",
)

LEGAL = {
    ("registered", "confirm_ready"): "ready",
    ("ready", "start"): "under_construction",
    ("under_construction", "complete"): "completed",
    ("registered", "suspend"): "suspended",
    ("ready", "suspend"): "suspended",
    ("under_construction", "suspend"): "suspended",
    ("suspended", "resume"): "ready",
    ("registered", "list"): "registered",
    ("ready", "list"): "ready",
    ("under_construction", "list"): "ready",
    ("suspended", "list"): "suspended",
}


@pytest.mark.parametrize(("state", "act"), list(product(ProjectState, Act)), ids=str)
def test_every_pair_of_state_and_act_is_either_a_known_move_or_refused(state: ProjectState, act: Act) -> None:
    expected = LEGAL.get((state, act))
    assert refusal(ProjectKind.NEW, state, act) == (None if expected else Refusal.WRONG_STATE)
    if expected:
        assert state_after(state, act) == expected


@pytest.mark.parametrize("act", [Act.CONFIRM_READY, Act.START, Act.COMPLETE])
def test_a_preparatory_project_does_no_works(act: Act) -> None:
    states = [state for state in ProjectState if (state, act) in MOVES]
    assert [refusal(ProjectKind.PREPARATORY, state, act) for state in states] == [Refusal.PREPARATORY]


def test_a_resumed_project_is_never_further_than_before_it_was_stopped() -> None:
    back = {before: state_after(ProjectState.SUSPENDED, Act.RESUME, before_suspension=before) for before in ProjectState}
    assert back[ProjectState.REGISTERED] == "registered"
    assert back[ProjectState.READY] == back[ProjectState.UNDER_CONSTRUCTION] == "ready"


def test_a_continuing_project_opens_waiting_to_be_resumed_and_the_others_only_registered() -> None:
    assert {kind: opening_state(kind) for kind in ProjectKind} == {
        "continuing": "ready",
        "new": "registered",
        "preparatory": "registered",
    }


def test_a_project_enters_a_years_plan_as_continuing_once_works_have_begun() -> None:
    assert (listed_kind(begun=True), listed_kind(begun=False)) == (ProjectKind.CONTINUING, ProjectKind.NEW)


def test_only_a_preparatory_project_may_be_without_a_code() -> None:
    assert [kind for kind in ProjectKind if not wants_code(kind)] == [ProjectKind.PREPARATORY]


@pytest.mark.parametrize(
    ("permit", "expected"),
    [
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2014, 2, 1), extensions=2), date(2014, 11, 1)),
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2014, 2, 1)), date(2014, 5, 1)),
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2021, 11, 30)), date(2022, 2, 28)),
        (Permit(PermitKind.START_REPORT, "1", date(2022, 1, 15)), date(2022, 7, 15)),
        (Permit(PermitKind.RESUMPTION_REPORT, "1", date(2022, 3, 1)), None),
    ],
)
def test_a_permit_gives_its_latest_start(permit: Permit, expected: date | None) -> None:
    assert latest_start(permit) == expected


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_adding_months_lands_in_that_month_and_never_on_a_later_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_a_first_start_with_permit_photo_and_contract_lacks_nothing() -> None:
    assert start_gaps(GOOD_START, first=True, today=TODAY) == ()


def test_a_bare_first_start_is_told_everything_that_it_lacks_at_once() -> None:
    bare = StartEvidence(started_on=date(2022, 7, 2))
    assert start_gaps(bare, first=True, today=TODAY) == (
        StartGap.IN_FUTURE,
        StartGap.PERMIT_MISSING,
        StartGap.PHOTO_MISSING,
        StartGap.CONTRACT_MISSING,
    )


@pytest.mark.parametrize(
    ("permit", "gap"),
    [
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2022, 6, 21)), StartGap.PERMIT_AFTER_START),
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2022, 3, 19)), StartGap.PERMIT_LAPSED),
        (Permit(PermitKind.CONSTRUCTION_PERMIT, "1", date(2021, 9, 20), extensions=3), StartGap.PERMIT_EXTENDED_TOO_OFTEN),
        (Permit(PermitKind.START_REPORT, "1", date(2022, 6, 1), extensions=1), StartGap.PERMIT_EXTENDED_TOO_OFTEN),
        (Permit(PermitKind.START_REPORT, "1", date(2021, 12, 19)), StartGap.PERMIT_LAPSED),
        (Permit(PermitKind.RESUMPTION_REPORT, "1", date(2022, 6, 1)), StartGap.PERMIT_NOT_FOR_A_FIRST_START),
    ],
)
def test_a_permit_not_in_force_on_the_day_proves_no_first_start(permit: Permit, gap: StartGap) -> None:
    assert start_gaps(replace(GOOD_START, permit=permit), first=True, today=TODAY) == (gap,)


@pytest.mark.parametrize("issued_on", [date(2022, 3, 20), date(2022, 6, 20)])
def test_a_permit_holds_from_the_day_of_issue_to_its_last_day_inclusive(issued_on: date) -> None:
    permit = Permit(PermitKind.CONSTRUCTION_PERMIT, "1", issued_on)
    assert start_gaps(replace(GOOD_START, permit=permit), first=True, today=TODAY) == ()


@pytest.mark.parametrize(
    ("taken_on", "gap"), [(date(2022, 6, 19), StartGap.PHOTO_BEFORE_START), (date(2022, 7, 2), StartGap.PHOTO_IN_FUTURE)]
)
def test_a_photo_has_to_be_taken_between_the_start_and_today(taken_on: date, gap: StartGap) -> None:
    assert start_gaps(replace(GOOD_START, photo=Photo("照片", taken_on)), first=True, today=TODAY) == (gap,)


def test_works_taken_up_again_want_a_report_and_a_photo_but_no_second_contract() -> None:
    report = Permit(PermitKind.RESUMPTION_REPORT, "复工〔2022〕3 号", date(2022, 3, 20))
    again = StartEvidence(date(2022, 3, 21), report, Photo("照片", date(2022, 3, 21)))
    assert start_gaps(again, first=False, today=TODAY) == ()
    assert start_gaps(replace(again, permit=None, photo=None), first=False, today=TODAY) == (
        StartGap.PERMIT_MISSING,
        StartGap.PHOTO_MISSING,
    )


def figures(**changed: object) -> Figures:
    known = Figures(Decimal(1000), Decimal(400), (Decimal(600), Decimal(400)), reason_given=False)
    return replace(known, **changed)  # type: ignore[arg-type]  # named fields of the dataclass


@pytest.mark.parametrize(
    ("given_figures", "gaps"),
    [
        (figures(), ()),
        (figures(annual_plan_wan=Decimal(1000)), ()),
        (figures(annual_plan_wan=Decimal("1000.01")), (FigureGap.PLAN_ABOVE_TOTAL,)),
        (figures(funding_wan=(Decimal(1000), Decimal("0.01"))), (FigureGap.FUNDING_ABOVE_TOTAL,)),
        (figures(annual_plan_wan=None), (FigureGap.REASON_MISSING,)),
        (figures(total_investment_wan=None, reason_given=True), ()),
        (figures(reason_given=True), (FigureGap.REASON_NOT_NEEDED,)),
    ],
)
def test_figures_have_to_fit_one_another_and_unknown_ones_want_a_reason(
    given_figures: Figures, gaps: tuple[FigureGap, ...]
) -> None:
    assert figure_gaps(given_figures) == gaps
