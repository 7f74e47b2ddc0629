from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bond_svc.library.rules import (
    MOVES,
    YI_IN_WAN,
    Amounts,
    LibraryState,
    Readiness,
    amount_flaws,
    mixed_income,
    nested_flaws,
    refusal,
)

S = LibraryState
PASSED = Readiness(amounts_known=True, screened="pass")
ALLOWED = {
    (S.IDEA, S.RESERVE),
    (S.IDEA, S.REMOVED),
    (S.RESERVE, S.READY),
    (S.RESERVE, S.RETURNED),
    (S.RESERVE, S.REMOVED),
    (S.READY, S.APPLIED),
    (S.READY, S.RESERVE),
    (S.READY, S.REMOVED),
    (S.APPLIED, S.RETURNED),
    (S.APPLIED, S.REJECTED),
    (S.RETURNED, S.RESERVE),
    (S.RETURNED, S.REMOVED),
    (S.REJECTED, S.IDEA),
    (S.REJECTED, S.REMOVED),
}


@pytest.mark.parametrize(("state", "to"), list(product(S, S)), ids=lambda state: state.value)
def test_a_move_is_allowed_exactly_where_the_table_says(state: LibraryState, to: LibraryState) -> None:
    assert (refusal(state, to, PASSED) is None) == ((state, to) in ALLOWED)


@pytest.mark.parametrize("screened", [None, "fail", "undetermined"])
@pytest.mark.parametrize(("state", "to"), [(S.RESERVE, S.READY), (S.READY, S.APPLIED)])
def test_only_a_passed_screening_opens_the_way_to_an_application(
    screened: str | None, state: LibraryState, to: LibraryState
) -> None:
    reason = refusal(state, to, Readiness(amounts_known=True, screened=screened))

    assert reason is not None
    assert "审查" in reason


@pytest.mark.parametrize("state", [S.IDEA, S.RETURNED])
def test_unknown_amounts_keep_a_project_out_of_the_reserve(state: LibraryState) -> None:
    assert refusal(state, S.RESERVE, Readiness(amounts_known=False, screened="pass")) is not None


def test_reserve_ready_and_applied_count_and_nothing_else() -> None:
    assert {state for state in S if state.counts} == {S.RESERVE, S.READY, S.APPLIED}
    assert set(MOVES) == set(S)
    assert all(state.label for state in S)


def amounts(total: str | None, demand: str | None = None, capital: str | None = None, other: str | None = None) -> Amounts:
    return Amounts(*(None if each is None else Decimal(each) for each in (total, demand, capital, other)))


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        pytest.param(amounts("30000", "6000", "9000", "15000"), [], id="sound"),
        pytest.param(amounts(None, "6000"), [], id="an unknown total says nothing"),
        pytest.param(amounts("30000"), [], id="unknown parts say nothing"),
        pytest.param(amounts("100"), [], id="small, and plausible"),
        pytest.param(amounts("99.99"), ["total_investment_wan"], id="a total in 亿元"),
        pytest.param(amounts("86000", "8.6"), ["bond_demand_wan"], id="a demand in 亿元"),
        pytest.param(amounts("86000", "60000", "2.6"), ["capital_wan"], id="a capital in 亿元"),
        pytest.param(amounts("30000", "80"), [], id="a small demand that is no 亿元"),
        pytest.param(amounts("30000", "30001"), ["bond_demand_wan"], id="a part beyond the whole"),
        pytest.param(amounts("30000", "20000", "9000", "1001"), ["bond_demand_wan"], id="parts beyond the whole"),
        pytest.param(amounts("2000001"), ["total_investment_wan"], id="beyond 200 亿元 without confirmation"),
        pytest.param(amounts("-1", "-1"), ["total_investment_wan", "bond_demand_wan"], id="negative"),
        pytest.param(amounts("1000000001"), ["total_investment_wan"], id="beyond reason"),
    ],
)
def test_implausible_amounts_are_named(given: Amounts, fields: list[str]) -> None:
    assert [flaw.field for flaw in amount_flaws(given, large_confirmed=False)] == fields


def test_a_large_total_may_be_confirmed() -> None:
    assert amount_flaws(amounts("2000001"), large_confirmed=True) == []
    assert amount_flaws(amounts("2000000"), large_confirmed=False) == []


@given(st.decimals(min_value=100, max_value=9_000, places=2), st.integers(1, 99))
def test_a_row_with_one_amount_in_another_unit_is_always_caught(total_yi: Decimal, percent: int) -> None:
    demand_yi = (total_yi * percent / 100).quantize(Decimal("0.01"))
    mixed = Amounts(total_yi * YI_IN_WAN, demand_yi, None, None)
    even = Amounts(total_yi * YI_IN_WAN, demand_yi * YI_IN_WAN, None, None)

    assert amount_flaws(even, large_confirmed=True) == []
    if 0 < demand_yi < 100:
        assert [flaw.field for flaw in amount_flaws(mixed, large_confirmed=True)] == ["bond_demand_wan"]


def test_income_that_differs_by_the_factor_of_the_units_is_caught() -> None:
    yearly = [Decimal(1_400)] * 10

    assert mixed_income([Decimal("1.4")], yearly)
    assert mixed_income([Decimal(140_000_000)], yearly)
    assert not mixed_income([Decimal(14_000)], yearly)
    assert not mixed_income([], [])


def test_amounts_within_lists_are_bounded() -> None:
    assert nested_flaws("cash_flows", [Decimal(0), Decimal(1_000_000_000)]) == []
    assert [flaw.field for flaw in nested_flaws("cash_flows", [Decimal(-1)])] == ["cash_flows"]
