"""Dependencies between milestones, near and missed days, lamps."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_svc.milestones.rules import (
    DateConflict,
    Due,
    Lamp,
    MilestoneState,
    NodeOnDay,
    Warned,
    Watch,
    WatchRule,
    date_conflicts,
    days_overdue,
    lamp,
    lay_out,
    rule_in_force,
)
from project_svc.network.days import DatedStop, DayUnit, SiteDays, Work
from project_svc.network.rules import Activity, Link, LinkType, find_cycle
from shared.kit.calendar import WinterStop, WorkingCalendar

CALENDAR = WorkingCalendar()
WORKING = WatchRule(date(2022, 1, 1), 3, DayUnit.WORKING, 7, 30, "测试")
WATCH = Watch(WORKING, CALENDAR)
CALENDAR_DAYS = Watch(WatchRule(date(2022, 1, 1), 3, DayUnit.CALENDAR, 7, 30, "测试"), CALENDAR)
DUE = date(2022, 7, 1)
DAYS = st.dates(date(2021, 1, 1), date(2023, 12, 31))


def test_a_due_day_is_still_in_time_and_the_next_day_is_not() -> None:
    assert [days_overdue(DUE, DUE + timedelta(days=days)) for days in (-3, 0, 1, 8)] == [0, 0, 1, 8]


@pytest.mark.parametrize(
    ("due_on", "notice_on"),
    [
        (date(2022, 7, 1), date(2022, 6, 28)),
        (date(2022, 7, 4), date(2022, 6, 29)),  # over a weekend
        (date(2022, 10, 10), date(2022, 9, 30)),  # over National Day, with the make-up days of 8 and 9 October
    ],
)
def test_notice_is_given_three_working_days_ahead(due_on: date, notice_on: date) -> None:
    assert WATCH.notice_day(due_on) == notice_on


def test_notice_may_count_calendar_days_instead() -> None:
    assert CALENDAR_DAYS.notice_day(date(2022, 7, 4)) == date(2022, 7, 1)


@given(DAYS, st.sampled_from([WATCH, CALENDAR_DAYS]), st.sampled_from(list(Warned)[1:]))
def test_the_last_due_day_crossed_is_the_inverse_of_the_day_of_crossing(today: date, watch: Watch, crossing: Warned) -> None:
    last = watch.last_due_day_crossed(crossing, today)
    assert watch.crossed_on(crossing, last) <= today < watch.crossed_on(crossing, last + timedelta(days=1))


def test_the_rule_of_the_day_is_the_latest_one_in_force() -> None:
    later = WatchRule(date(2023, 1, 1), 5, DayUnit.WORKING, 10, 30, "测试")
    rules = (later, WORKING)
    assert rule_in_force(rules, date(2022, 12, 31)) is WORKING
    assert rule_in_force(rules, date(2023, 1, 1)) is later
    assert rule_in_force(rules, date(2020, 1, 1)) is WORKING


def open_node(due_on: date, warned: Warned = Warned.NOT_YET) -> NodeOnDay:
    return NodeOnDay(MilestoneState.OPEN, due_on, warned)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (open_node(DUE + timedelta(days=31)), Lamp.GREY),
        (open_node(DUE + timedelta(days=30)), Lamp.GREEN),
        (open_node(date(2022, 7, 7)), Lamp.GREEN),
        (open_node(date(2022, 7, 6)), Lamp.YELLOW),  # three working days ahead of a Wednesday
        (open_node(DUE), Lamp.YELLOW),
        (open_node(DUE - timedelta(days=1)), Lamp.YELLOW),
        (open_node(DUE - timedelta(days=7)), Lamp.YELLOW),
        (open_node(DUE - timedelta(days=8)), Lamp.RED),
        (NodeOnDay(MilestoneState.COMPLETED, DUE - timedelta(days=30), Warned.SERIOUSLY_OVERDUE), Lamp.BLUE),
        (NodeOnDay(MilestoneState.WITHDRAWN, DUE - timedelta(days=30), Warned.OVERDUE), Lamp.GREY),
    ],
)
def test_a_lamp_shows_how_a_node_stands(node: NodeOnDay, expected: Lamp) -> None:
    assert lamp(node, DUE, WATCH) is expected


@pytest.mark.parametrize(("warned", "expected"), [(Warned.OVERDUE, Lamp.YELLOW), (Warned.SERIOUSLY_OVERDUE, Lamp.RED)])
def test_moving_the_due_day_does_not_put_out_a_warning(warned: Warned, expected: Lamp) -> None:
    assert lamp(open_node(DUE + timedelta(days=90), warned), DUE, WATCH) is expected


# --- dependencies --------------------------------------------------------------------------------------------------------


SITE = SiteDays(CALENDAR, (DatedStop(date(2000, 1, 1), WinterStop(), "测试"),))


def due(**days: date) -> list[Due]:
    return [Due(key, Work(), day) for key, day in days.items()]


def test_a_cycle_is_named_in_the_order_of_the_work() -> None:
    cycle = find_cycle([Link("招标", "开工"), Link("开工", "主体"), Link("主体", "招标"), Link("主体", "验收")])
    assert cycle[0] == cycle[-1]
    assert {("招标", "开工"), ("开工", "主体"), ("主体", "招标")} == set(pairwise(cycle))


def test_a_node_that_waits_for_itself_is_a_cycle() -> None:
    assert find_cycle([Link("开工", "开工")]) == ("开工", "开工")


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=30))
def test_links_that_only_point_forward_never_make_a_cycle(steps: list[tuple[int, int]]) -> None:
    assert find_cycle([Link(str(begin), str(begin + step)) for begin, step in steps]) == ()


@pytest.mark.parametrize("link_type", list(LinkType))
def test_a_node_due_before_its_predecessor_allows_is_a_conflict(link_type: LinkType) -> None:
    days = due(a=date(2022, 6, 30), b=date(2022, 7, 4))
    tight, broken = Link("a", "b", link_type, 2), Link("a", "b", link_type, 3)
    assert date_conflicts(days, [tight], SITE) == ()
    assert date_conflicts(days, [broken], SITE) == (DateConflict(broken, date(2022, 7, 5)),)


@pytest.mark.parametrize(
    ("link_type", "earliest_on"),
    [
        (LinkType.FS, date(2022, 7, 13)),
        (LinkType.SS, date(2022, 7, 6)),
        (LinkType.FF, date(2022, 7, 6)),
        (LinkType.SF, date(2022, 6, 29)),
    ],
)
def test_a_link_of_works_binds_the_ends_that_it_names(link_type: LinkType, earliest_on: date) -> None:
    works = [Due("a", Work(5), date(2022, 7, 6)), Due("b", Work(5), date(2022, 6, 1))]
    link = Link("a", "b", link_type)
    assert date_conflicts(works, [link], SITE) == (DateConflict(link, earliest_on),)


def test_a_negative_lag_lets_work_overlap() -> None:
    days = due(a=date(2022, 7, 8), b=date(2022, 7, 5))
    assert date_conflicts(days, [Link("a", "b", LinkType.FF, -3)], SITE) == ()


def test_a_plan_is_laid_out_on_working_days_after_its_latest_predecessor() -> None:
    links = [Link("a", "b", LinkType.FS, 1), Link("a", "c", LinkType.FS, 5), Link("b", "d"), Link("c", "d", LinkType.FS, 1)]
    assert lay_out([Activity(key) for key in "dcba"], links, date(2022, 9, 29), SITE) == {
        "a": date(2022, 9, 29),
        "b": date(2022, 9, 30),
        "c": date(2022, 10, 11),  # past the holiday of 1–7 October, over the make-up weekend
        "d": date(2022, 10, 12),
    }


def test_a_plan_is_laid_out_around_the_winter() -> None:
    nodes = [Activity("开工"), Activity("主体", Work(90, DayUnit.CALENDAR, outdoor=True))]
    laid_out = lay_out(nodes, [Link("开工", "主体")], date(2022, 9, 30), SITE)
    assert laid_out["主体"] == date(2023, 4, 29)


def test_a_due_day_that_the_calendar_does_not_reach_is_compared_with_nothing() -> None:
    assert date_conflicts(due(a=date(9999, 12, 31), b=date(2022, 7, 5)), [Link("a", "b", LinkType.FS, 3)], SITE) == ()


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(0, 20)), max_size=15))
def test_a_plan_that_was_laid_out_has_no_date_conflict(steps: list[tuple[int, int, int]]) -> None:
    links = [Link(str(begin), str(begin + step), LinkType.FS, lag) for begin, step, lag in steps]
    nodes = [Activity(str(key), Work(key % 4)) for key in range(13)]
    laid_out = lay_out(nodes, links, DUE, SITE)
    assert date_conflicts([Due(each.key, each.work, laid_out[each.key]) for each in nodes], links, SITE) == ()
