"""The golden numbers of `domain.md` §2.2 and §3.3, and what never changes a rate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_svc.codes import ProjectKind
from project_svc.rates.rules import Undertaking, months_elapsed, pace_gap_pp, rates
from shared.kit.periods import Period

AS_OF = date(2022, 7, 1)
JUNE = Period.parse("2022-M06")


def an_undertaking(number: int, kind: ProjectKind = ProjectKind.NEW, *, begun: bool = False) -> Undertaking:
    return Undertaking(
        project_id=f"p{number:03}",
        kind=kind,
        begun=begun,
        finished=False,
        suspended=False,
        planned_wan=Decimal(100),
        completed_wan=Decimal(60) if begun else Decimal(0),
        reported=JUNE,
    )


def the_155() -> list[Undertaking]:
    continuing = [an_undertaking(n, ProjectKind.CONTINUING, begun=n < 65) for n in range(91)]
    return continuing + [an_undertaking(91 + n, begun=n < 31) for n in range(64)]


def test_the_speechs_register_gives_the_golden_rates() -> None:
    result = rates(the_155(), AS_OF)
    assert (result.start_and_resume.percent, result.start_and_resume.denominator) == (Decimal("61.9"), 155)
    assert (result.new_start.percent, result.new_start.numerator) == (Decimal("48.4"), 31)
    assert (result.resumption.percent, result.resumption.numerator) == (Decimal("71.4"), 65)
    not_started = result.start_and_resume.missing
    assert len(not_started) == 59
    assert (len(result.resumption.missing), len(result.new_start.missing)) == (26, 33)
    assert set(not_started) == {*result.resumption.missing, *result.new_start.missing}


def test_hanzhongs_preparatory_projects_are_listed_and_counted_in_no_rate() -> None:
    """汉中: 133 续建, 124 新建, 50 建成 and 151 前期, 458 in all."""
    continuing = [an_undertaking(n, ProjectKind.CONTINUING, begun=True) for n in range(133)]
    new = [an_undertaking(200 + n, begun=n < 62) for n in range(124)]
    built = [replace(an_undertaking(400 + n, ProjectKind.CONTINUING), finished=True) for n in range(50)]
    preparatory = [an_undertaking(500 + n, ProjectKind.PREPARATORY) for n in range(151)]
    result = rates([*continuing, *new, *built, *preparatory], AS_OF)
    assert result.start_and_resume.denominator + len(result.preparatory) == 458
    assert (result.start_and_resume.numerator, result.start_and_resume.percent) == (133 + 62 + 50, Decimal("79.8"))
    assert (result.new_start.denominator, result.new_start.percent) == (124, Decimal("50.0"))
    assert (result.resumption.denominator, result.resumption.percent) == (133, Decimal("100.0"))


@pytest.mark.parametrize(
    ("completed", "planned", "elapsed", "expected"),
    [("629.0", "647.4", 10, "13.8"), ("313.64", "1015", 3, "5.9")],
)
def test_the_pace_gap_is_rounded_once_and_only_at_the_end(completed: str, planned: str, elapsed: int, expected: str) -> None:
    assert pace_gap_pp(Decimal(completed), Decimal(planned), elapsed) == Decimal(expected)


@pytest.mark.parametrize(
    ("day", "months"),
    [(date(2022, 1, 30), 0), (date(2022, 1, 31), 1), (date(2022, 6, 29), 5), (AS_OF, 6), (date(2022, 12, 31), 12)],
)
def test_a_month_has_passed_at_the_end_of_its_last_day(day: date, months: int) -> None:
    assert months_elapsed(day) == months


def test_over_nothing_a_rate_is_unknown_and_not_zero() -> None:
    result = rates([], AS_OF)
    assert (result.start_and_resume.percent, result.new_start.percent, result.resumption.percent) == (None, None, None)
    assert (result.investment.percent, result.investment.gap_pp) == (None, None)


def test_preparatory_projects_stand_apart() -> None:
    preparatory = an_undertaking(900, ProjectKind.PREPARATORY)
    result = rates([*the_155(), preparatory], AS_OF)
    assert result.start_and_resume.denominator == 155
    assert result.preparatory == ("p900",)
    assert "p900" not in (*result.investment.counted, *result.investment.unknown)


def test_a_formally_stopped_project_owes_no_resumption_but_stays_in_the_plan() -> None:
    stopped = replace(an_undertaking(1, ProjectKind.CONTINUING), suspended=True)
    result = rates([stopped, an_undertaking(2, ProjectKind.CONTINUING, begun=True)], AS_OF)
    assert (result.resumption.percent, result.resumption.denominator) == (Decimal("100.0"), 1)
    assert (result.start_and_resume.percent, result.start_and_resume.denominator) == (Decimal("50.0"), 2)
    assert result.suspended == ("p001",)


def test_a_start_stays_a_start_when_the_project_is_stopped_later() -> None:
    assert rates([replace(an_undertaking(1, begun=True), suspended=True)], AS_OF).new_start.percent == Decimal("100.0")


def test_a_project_finished_before_it_had_to_resume_owes_nothing_and_one_that_resumed_first_counts() -> None:
    beforehand = replace(an_undertaking(1, ProjectKind.CONTINUING), finished=True)
    afterwards = replace(an_undertaking(2, ProjectKind.CONTINUING, begun=True), finished=True)
    result = rates([beforehand, afterwards], AS_OF)
    assert result.resumption.counted == ("p002",)
    assert result.resumption.missing == ()
    assert result.start_and_resume.percent == Decimal("100.0")


def test_an_unknown_figure_neither_lowers_nor_raises_the_investment_rate() -> None:
    known = [an_undertaking(1, begun=True), an_undertaking(2)]
    unknown = [replace(an_undertaking(3), completed_wan=None), replace(an_undertaking(4), planned_wan=None)]
    with_unknown, without = rates(known + unknown, AS_OF).investment, rates(known, AS_OF).investment
    assert (with_unknown.percent, with_unknown.gap_pp) == (without.percent, without.gap_pp) == (Decimal("30.0"), Decimal("-20.0"))
    assert with_unknown.unknown == ("p003", "p004")


def test_a_project_that_reports_late_is_named() -> None:
    late = replace(an_undertaking(1, begun=True), reported=Period.parse("2022-M05"))
    assert rates([late, an_undertaking(2)], AS_OF).investment.late_reports == ("p001",)


UNDERTAKINGS = st.lists(
    st.builds(
        Undertaking,
        project_id=st.uuids().map(str),
        kind=st.sampled_from(ProjectKind),
        begun=st.booleans(),
        finished=st.booleans(),
        suspended=st.booleans(),
        planned_wan=st.none() | st.decimals(0, 10**9, places=2),
        completed_wan=st.none() | st.decimals(0, 10**9, places=2),
        reported=st.just(JUNE),
    ),
    unique_by=lambda each: each.project_id,
    max_size=30,
)


@given(UNDERTAKINGS, st.randoms())
def test_a_rate_does_not_depend_on_the_order_of_projects(undertakings: list[Undertaking], random: st.DataObject) -> None:
    shuffled = sorted(undertakings, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis types it loosely
    assert rates(shuffled, AS_OF) == rates(undertakings, AS_OF)


@given(UNDERTAKINGS)
def test_what_groups_count_adds_up_to_what_the_whole_counts(undertakings: list[Undertaking]) -> None:
    whole = rates(undertakings, AS_OF)
    parts = [rates([each for each in undertakings if each.suspended is stopped], AS_OF) for stopped in (True, False)]
    for name in ("start_and_resume", "new_start", "resumption"):
        assert sum(getattr(part, name).numerator for part in parts) == getattr(whole, name).numerator
        assert sum(getattr(part, name).denominator for part in parts) == getattr(whole, name).denominator
    assert sum(part.investment.planned_wan for part in parts) == whole.investment.planned_wan
    assert sum(part.investment.completed_wan for part in parts) == whole.investment.completed_wan


@given(UNDERTAKINGS)
def test_not_started_projects_are_those_that_owe_a_start_or_a_resumption(undertakings: list[Undertaking]) -> None:
    result = rates(undertakings, AS_OF)
    owed = {*result.new_start.missing, *result.resumption.missing}
    assert owed <= set(result.start_and_resume.missing)
    assert set(result.start_and_resume.missing) - owed <= set(result.suspended)
