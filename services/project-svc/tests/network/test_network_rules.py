"""Schedules beside a slow, obvious reference, and the vectors of the design."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from project_svc.network.compression import Problem, least_compression
from project_svc.network.days import BeyondCalendar, DatedStop, DayUnit, SiteDays, Work
from project_svc.network.rules import (
    Activity,
    Link,
    LinkType,
    Network,
    Since,
    driving_path,
    earliest,
    earliest_span,
    find_cycle,
    latest,
    latest_span,
    slacks,
    worst_miss,
)
from shared.kit.calendar import WinterStop, WorkingCalendar
from shared.testing import slow_schedule
from shared.testing.slow_schedule import Piece, Tie

GANSU = SiteDays(WorkingCalendar(), (DatedStop(date(2000, 1, 1), WinterStop(), "测试"),))
OUTDOOR = Work(90, DayUnit.CALENDAR, outdoor=True)
BEGIN = date(2022, 9, 20)
"""Ahead of a holiday with make-up days, and close enough to the winter for small works to meet it."""


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# --- the vectors of domain.md §3.4 ---------------------------------------------------------------------------------------


def test_the_workable_days_of_the_speech_are_133() -> None:
    table = GANSU.table(OUTDOOR)
    assert table.between(day("2022-07-04"), day("2022-11-14")) == 133


@pytest.mark.parametrize(
    ("start", "days", "finish"),
    [
        ("2022-10-01", 90, "2023-04-29"),
        ("2022-07-05", 133, "2022-11-14"),
        ("2022-07-05", 134, "2023-03-16"),
    ],
)
def test_outdoor_work_goes_around_the_winter(start: str, days: int, finish: str) -> None:
    work = Work(days, DayUnit.CALENDAR, outdoor=True)
    span = earliest_span(work, day(start) - 1, day(start), GANSU)
    assert (span.first_day(), span.finish) == (day(start), day(finish))


@pytest.mark.parametrize(("finish", "start"), [("2022-11-14", "2022-08-17"), ("2023-04-30", "2022-10-02")])
def test_the_latest_start_lies_before_the_winter(finish: str, start: str) -> None:
    span = latest_span(OUTDOOR, day(finish), day(finish), GANSU)
    assert (span.first_day(), span.finish) == (day(start), day(finish))


def test_indoor_work_is_exempt_from_the_winter() -> None:
    span = earliest_span(Work(90, DayUnit.CALENDAR), day("2022-10-01") - 1, 0, GANSU)
    assert span.finish == day("2022-12-29")


def test_working_days_keep_holidays_and_make_up_days() -> None:
    span = earliest_span(Work(5), day("2022-09-29"), 0, GANSU)
    assert span.finish == day("2022-10-11")  # 9-30, then the make-up weekend of 8 and 9 October, 10 and 11


def test_outdoor_work_in_working_days_rests_on_both_accounts() -> None:
    span = earliest_span(Work(5, outdoor=True), day("2022-11-10"), 0, GANSU)
    assert span.finish == day("2023-03-20")  # Friday 11 and Monday 14 November, then from Thursday 16 March


def test_a_stop_holds_from_its_day_on_only() -> None:
    days = SiteDays(stops=(DatedStop(date(2022, 12, 1), WinterStop(), "测试"), DatedStop(date(2024, 1, 1), None, "测试")))
    open_on = [days.open_to_outdoor_work(date.fromisoformat(each)) for each in ("2022-11-20", "2022-12-01", "2024-01-01")]
    assert open_on == [True, False, True]


def test_a_plan_longer_than_the_calendar_is_refused_and_not_walked() -> None:
    with pytest.raises(BeyondCalendar, match="2120"):
        earliest_span(Work(100_000), day("2022-01-01"), 0, GANSU)


# --- beside the reference ------------------------------------------------------------------------------------------------

PIECES = st.lists(
    st.builds(Piece, st.one_of(st.just(0), st.integers(1, 25)), st.booleans(), st.booleans()), min_size=1, max_size=6
)
KINDS = st.sampled_from(["FS", "SS", "FF", "SF"])


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Piece], list[Tie]]:
    pieces = draw(PIECES)
    pairs = [(first, second) for second in range(len(pieces)) for first in range(second)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    return pieces, [(*pair, draw(KINDS), draw(st.integers(-6, 6))) for pair in chosen]


def ours(pieces: Sequence[Piece], ties: Sequence[Tie], least: int = 0) -> Network:
    units = {True: DayUnit.WORKING, False: DayUnit.CALENDAR}
    works = [Work(each.days, units[each.working], each.outdoor, min(least, each.days)) for each in pieces]
    activities = [Activity(str(number), work) for number, work in enumerate(works)]
    return Network(activities, [Link(str(a), str(b), LinkType(kind), lag) for a, b, kind, lag in ties], GANSU)


def ordinals(spans: Sequence[Sequence[date]]) -> list[tuple[int, int]]:
    return [(start.toordinal(), finish.toordinal()) for start, finish in spans]


@settings(deadline=None, max_examples=150)
@given(networks(), st.integers(0, 40))
def test_the_forward_pass_is_the_reference(network: tuple[list[Piece], list[Tie]], waited: int) -> None:
    today = BEGIN + timedelta(days=waited)
    spans = earliest(ours(*network), Since(BEGIN.toordinal(), today.toordinal()))
    assert [(each.start, each.finish) for each in spans] == ordinals(slow_schedule.forward(*network, BEGIN, today))


@settings(deadline=None, max_examples=150)
@given(networks(), st.integers(0, 120))
def test_the_backward_pass_is_the_reference(network: tuple[list[Piece], list[Tie]], later: int) -> None:
    last, own = date(2023, 3, 1), BEGIN + timedelta(days=later)
    spans = latest(ours(*network), {0: own.toordinal()}, last.toordinal())
    assert [(each.start, each.finish) for each in spans] == ordinals(slow_schedule.backward(*network, {0: own}, last))


@settings(deadline=None, max_examples=150)
@given(networks())
def test_float_says_how_far_a_work_may_slip(network: tuple[list[Piece], list[Tie]]) -> None:
    compiled, since = ours(*network), Since(BEGIN.toordinal(), BEGIN.toordinal())
    early = earliest(compiled, since)
    last = max(each.finish for each in early)
    found = slacks(compiled, early, latest(compiled, {}, last))
    assert all(0 <= each.free <= each.total for each in found)
    assert all(found[index].critical for index in compiled.ends if early[index].finish == last)


@settings(deadline=None, max_examples=150)
@given(networks())
def test_nothing_outside_the_driving_path_makes_its_end_earlier(network: tuple[list[Piece], list[Tie]]) -> None:
    compiled, since = ours(*network), Since(BEGIN.toordinal(), BEGIN.toordinal())
    early = earliest(compiled, since)
    end = max(range(len(early)), key=lambda index: early[index].finish)
    path = driving_path(compiled, early, end, since)
    worked = {step.index for step in path if step.worked}
    assert all(
        (str(first.index), str(then.index)) in {(each.predecessor, each.successor) for each in compiled.links}
        for first, then in pairwise(path)
    )
    gone = {index: Work() for index in range(len(early)) if index not in worked and compiled.after[index]}
    kinds = {index: Work(min(1, compiled.activities[index].work.days), *_kind(compiled, index)) for index in gone}
    assert earliest(compiled.with_work(kinds), since)[end].finish == early[end].finish


def _kind(network: Network, index: int) -> tuple[DayUnit, bool]:
    work = network.activities[index].work
    return work.unit, work.outdoor


# --- what to compress ----------------------------------------------------------------------------------------------------

SMALL = st.lists(st.builds(Piece, st.integers(0, 3), st.booleans(), st.just(False)), min_size=1, max_size=4)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_the_least_compression_is_the_best_of_all_ways_to_compress(data: st.DataObject) -> None:
    pieces = data.draw(SMALL)
    pairs = [(first, second) for second in range(len(pieces)) for first in range(second)]
    ties: list[Tie] = [(*pair, data.draw(KINDS), data.draw(st.integers(-2, 2))) for pair in pairs if data.draw(st.booleans())]
    network = ours(pieces, ties, least=1)
    end, since = len(pieces) - 1, Since(BEGIN.toordinal(), BEGIN.toordinal())
    deadline = earliest(network, since)[end].finish - data.draw(st.integers(0, 9))

    def suffices(cuts: Sequence[int]) -> bool:
        cut = [Piece(piece.days - days, piece.working) for piece, days in zip(pieces, cuts, strict=True)]
        return slow_schedule.forward(cut, ties, BEGIN, BEGIN)[end][1].toordinal() <= deadline

    found = least_compression(Problem(network, {end: deadline}, since))
    expected = slow_schedule.least_cuts([max(0, each.days - 1) for each in pieces], suffices)
    assert found.proven_least
    if expected is None:
        assert found.missed_by is not None
    else:
        assert (len(found.cuts), sum(found.cuts.values())) == expected
        assert suffices([found.cuts.get(index, 0) for index in range(len(pieces))])


def chain(*works: Work) -> Network:
    activities = [Activity(str(number), work) for number, work in enumerate(works)]
    links = [Link(first.key, second.key) for first, second in pairwise(activities)]
    return Network(activities, links, GANSU)


def test_the_deadline_is_missed_by_the_works_on_the_critical_path() -> None:
    network = chain(Work(10), Work(), Work(90, DayUnit.CALENDAR, outdoor=True))
    missed = worst_miss(network, {2: day("2022-12-31")}, Since(day("2022-09-20"), day("2022-09-20")))
    assert missed is not None
    assert (missed.finish, missed.working_days) == (
        day("2023-05-07"),
        WorkingCalendar().working_days_between(date(2022, 12, 31), date(2023, 5, 7)),
    )
    assert [(step.index, step.worked) for step in missed.path] == [(0, True), (1, False), (2, True)]


def test_what_cannot_be_reached_at_all_says_what_is_left() -> None:
    network = chain(Work(10, least_days=9), Work(20, least_days=18))
    missed = least_compression(Problem(network, {1: day("2022-10-10")}, Since(day("2022-09-20"), day("2022-09-20")))).missed_by
    assert missed is not None
    assert missed.finish == day("2022-10-31")


def test_a_question_that_takes_too_long_gets_an_answer_that_does_not_claim_to_be_the_least() -> None:
    network = chain(*[Work(20, least_days=10)] * 12)
    since, last = Since(day("2022-07-01"), day("2022-07-01")), 11
    problem = Problem(network, {last: earliest(network, since)[last].finish - 90}, since, passes_left=300)
    found = least_compression(problem)
    works = {index: Work(20 - days) for index, days in found.cuts.items()}
    assert not found.proven_least
    assert worst_miss(network.with_work(works), problem.deadlines, since) is None


def test_a_cycle_is_found_before_anything_is_computed() -> None:
    assert set(find_cycle([Link("a", "b"), Link("b", "a")])) == {"a", "b"}
