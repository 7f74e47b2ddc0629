from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bond_svc.targets.rules import (
    Crossing,
    Measure,
    Totals,
    Unit,
    behind,
    crossing,
    lines_by_department,
    lines_by_portfolio,
    total_of,
)


@pytest.mark.parametrize(
    ("was", "now", "crossed"),
    [
        (None, True, Crossing.FELL_SHORT),
        (None, False, None),
        (False, True, Crossing.FELL_SHORT),
        (False, False, None),
        (True, True, None),
        (True, False, Crossing.REPLENISHED),
    ],
)
def test_only_a_crossing_is_a_fact(was: bool | None, now: bool, crossed: Crossing | None) -> None:
    assert crossing(was, now) is crossed


def totals(total: int, demand: int = 0, projects: int = 1) -> Totals:
    return Totals(Decimal(total), Decimal(demand), projects)


CITY, WATER = Unit("VM-CITY", "市住建局"), Unit("VM-AGRI", "市水务局")


def test_a_gap_is_what_a_department_lacks_of_its_task() -> None:
    lines = lines_by_department(
        {CITY: Decimal(100), WATER: Decimal(50)}, {CITY: totals(30), WATER: totals(70)}, Measure.TOTAL_INVESTMENT
    )

    assert [(line.department, line.gap_wan) for line in lines] == [("市水务局", Decimal(0)), ("市住建局", Decimal(70))]
    assert [line.department for line in behind(lines)] == ["市住建局"]


def test_a_department_without_a_task_has_no_gap_and_one_without_projects_lacks_everything() -> None:
    lines = lines_by_department({CITY: Decimal(100)}, {WATER: totals(70)}, Measure.TOTAL_INVESTMENT)

    assert [(line.task_wan, line.gap_wan) for line in lines] == [(None, None), (100, 100)]


def test_the_measure_decides_which_sum_counts() -> None:
    (line,) = lines_by_department({CITY: Decimal(100)}, {CITY: totals(500, 40)}, Measure.BOND_DEMAND)

    assert line.gap_wan == 60


def test_within_a_portfolio_one_department_makes_up_for_another() -> None:
    parks = Unit("VM-CITY", "市自然资源局")
    lines = lines_by_department(
        {CITY: Decimal(100), parks: Decimal(100)}, {CITY: totals(150), parks: totals(60)}, Measure.TOTAL_INVESTMENT
    )

    assert [(line.portfolio, line.gap_wan) for line in lines_by_portfolio(lines, Measure.TOTAL_INVESTMENT)] == [
        ("VM-CITY", Decimal(0))
    ]


amounts = st.decimals(min_value=0, max_value=10**6, places=6)
units = st.builds(Unit, st.sampled_from(["VM-CITY", "VM-AGRI", "VM-IND"]), st.sampled_from(["甲局", "乙局", "丙局"]))
held = st.dictionaries(units, st.builds(Totals, amounts, amounts, st.integers(0, 50), st.booleans()))


@given(st.dictionaries(units, amounts), held)
def test_the_lines_add_up_to_the_whole_whoever_has_a_task(tasks: dict[Unit, Decimal], parts: dict[Unit, Totals]) -> None:
    lines = lines_by_department(tasks, parts, Measure.TOTAL_INVESTMENT)
    portfolios = lines_by_portfolio(lines, Measure.TOTAL_INVESTMENT)

    assert total_of(line.totals for line in lines) == total_of(parts.values()) == total_of(line.totals for line in portfolios)
    assert all(line.gap_wan is None or line.gap_wan >= 0 for line in [*lines, *portfolios])
