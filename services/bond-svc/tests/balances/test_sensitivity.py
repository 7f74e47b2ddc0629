"""The grid, the break-even and the fees of case A of `domain.md` §4.7."""

from decimal import Decimal
from typing import Any

import pytest

from bond_svc.balances.rules import BondTerms, Repayment, YearFlow, balance
from bond_svc.balances.sensitivity import FINEST_PCT, Factor, FeeRates, break_even, changed, fees, grid
from shared.kit.decimals import round_half_up
from shared.testing.bonds_api import API, BondsApi
from shared.testing.http import is_problem, post

CASE_A = BondTerms(Decimal(10_000), Decimal("3.20"), 10, Repayment.BULLET)
FLOWS = [
    YearFlow(year, Decimal(2_600 if year > 2 else 0), Decimal(400 if year > 2 else 0), Decimal(100 if year > 2 else 0))
    for year in range(1, 11)
]
REQUIRED = Decimal("1.20")
RATES = FeeRates(Decimal("0.08"), Decimal("0.0064"), Decimal("0.005"))
SHAPES = [
    CASE_A,
    BondTerms(Decimal(10_000), Decimal("3.20"), 10, Repayment.EQUAL_PRINCIPAL),
    BondTerms(Decimal(10_000), Decimal("3.20"), 10, Repayment.GRACE, grace_years=5),
    BondTerms(
        Decimal(10_000), Decimal("3.20"), 10, Repayment.CUSTOM, instalments_wan=(*[Decimal()] * 8, Decimal(1), Decimal(9_999))
    ),
]


def test_the_grid_has_four_factors_at_nine_steps_and_the_plan_in_its_middle() -> None:
    cells = grid(CASE_A, FLOWS)

    assert len(cells) == 36
    assert {round_half_up(each.balance.coverage_ratio, 4) for each in cells if each.change_pct == 0} == {Decimal("1.2727")}


@pytest.mark.parametrize(
    ("factor", "change", "expected"),
    [
        (Factor.INCOME, -8, "1.1467"),  # (20,800 * 0.92 - 3,200 - 800) / 13,200
        (Factor.INCOME, 8, "1.3988"),
        (Factor.OPERATING_COST, 8, "1.2533"),
        (Factor.RATE, 8, "1.2485"),  # 16,800 / (10,000 + 3,456)
        (Factor.PRINCIPAL, 8, "1.1785"),
        (Factor.PRINCIPAL, -8, "1.3834"),
    ],
)
def test_one_factor_moves_and_the_others_stay(factor: Factor, change: int, expected: str) -> None:
    assert round_half_up(changed(CASE_A, FLOWS, factor, Decimal(change)).coverage_ratio, 4) == Decimal(expected)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (Factor.INCOME, "-4.6153"),  # 960 of 20,800 is 4.61538 %
        (Factor.OPERATING_COST, "30"),  # 960 of 3,200
        (Factor.RATE, "25"),  # 14,000 - 10,000 = 4,000 of interest against 3,200
        (Factor.PRINCIPAL, "6.0606"),  # 14,000 of 13,200
    ],
)
def test_the_break_even_is_where_the_threshold_is_just_met(factor: Factor, expected: str) -> None:
    assert break_even(CASE_A, FLOWS, factor, REQUIRED).change_pct == Decimal(expected)


@pytest.mark.parametrize("terms", SHAPES, ids=lambda terms: str(terms.repayment))
@pytest.mark.parametrize("factor", Factor)
def test_one_step_beyond_the_break_even_fails(terms: BondTerms, factor: Factor) -> None:
    found = break_even(terms, FLOWS, factor, REQUIRED).change_pct
    assert found is not None
    beyond = found + (-FINEST_PCT if factor is Factor.INCOME else FINEST_PCT)

    assert changed(terms, FLOWS, factor, found).meets(REQUIRED)
    assert not changed(terms, FLOWS, factor, beyond).meets(REQUIRED)


def test_a_factor_that_does_not_matter_has_no_break_even() -> None:
    free = [YearFlow(flow.year, flow.income_wan, Decimal(), flow.tax_wan) for flow in FLOWS]
    hopeless = [YearFlow(flow.year, Decimal(), flow.operating_cost_wan, flow.tax_wan) for flow in FLOWS]

    always, never = break_even(CASE_A, free, Factor.OPERATING_COST, REQUIRED), break_even(CASE_A, hopeless, Factor.RATE, REQUIRED)
    assert (always.change_pct, always.always) == (None, True)
    assert (never.change_pct, never.always) == (None, False)


def test_the_fees_of_the_domain_page_come_out() -> None:
    found = fees(CASE_A, balance(CASE_A, FLOWS), RATES)

    assert (found.issue_wan, found.registration_wan, found.redemption_wan) == (Decimal(8), Decimal("0.64"), Decimal("0.66"))
    assert found.total_wan == Decimal("9.30")


def a_body(**changes: Any) -> dict[str, Any]:
    flows = [
        {
            "year": flow.year,
            "income_wan": str(flow.income_wan),
            "operating_cost_wan": str(flow.operating_cost_wan),
            "tax_wan": str(flow.tax_wan),
        }
        for flow in FLOWS
    ]
    body = {"principal_wan": "10000", "rate_pct": "3.20", "term_years": 10, "repayment": "bullet", "cash_flows": flows}
    return body | changes


async def test_the_analysis_comes_over_the_wire_with_the_threshold_of_the_policy(api: BondsApi) -> None:
    result = await api.made("balances/sensitivity", a_body())

    assert (result["threshold"], result["policy_version"], len(result["grid"])) == ("1.2", "CN-2022.1", 36)
    assert {each["factor"]: float(each["change_pct"]) for each in result["break_even"]} == {
        "income": -4.6153,
        "operating_cost": 30,
        "rate": 25,
        "principal": 6.0606,
    }
    assert float(result["fees"]["total_wan"]) == 9.3


async def test_an_analysis_of_a_plan_with_a_year_missing_is_refused(api: BondsApi) -> None:
    answer = await post(api.client, f"{API}/balances/sensitivity", a_body(cash_flows=a_body()["cash_flows"][:9]))

    is_problem(answer, 422, "bond.balance-flawed")
