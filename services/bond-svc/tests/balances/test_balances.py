from typing import Any

import httpx
import pytest

from shared.testing.bonds_api import API, BondsApi
from shared.testing.http import is_problem, pointers, post

NET = ("0", "0", *("2100",) * 8)


def a_balance(net: tuple[str, ...] = NET, **changes: Any) -> dict[str, Any]:
    """Case A of `domain.md` §4.7."""
    flows = [
        {"year": year, "income_wan": income, "operating_cost_wan": "0", "tax_wan": "0"}
        for year, income in enumerate(net, start=1)
    ]
    body = {"principal_wan": "10000", "rate_pct": "3.20", "term_years": 10, "repayment": "bullet", "cash_flows": flows}
    return body | changes


@pytest.mark.parametrize(
    ("changes", "ratio", "exact", "lowest"),
    [
        pytest.param({}, "1.27", "1.272727", "-640", id="A"),
        pytest.param({"repayment": "equal_principal"}, "1.43", "1.428571", "-2608", id="B"),
        pytest.param({"repayment": "grace", "grace_years": 5}, "1.34", "1.337579", "-640", id="C"),
        pytest.param(
            {"repayment": "custom", "instalments_wan": [*["0"] * 5, *["2000"] * 5]}, "1.34", "1.337579", "-640", id="C by hand"
        ),
    ],
)
async def test_the_vectors_come_out_over_the_wire(
    api: BondsApi, changes: dict[str, Any], ratio: str, exact: str, lowest: str
) -> None:
    result = await api.made("balances", a_balance(**changes))

    assert (result["coverage_ratio"], result["coverage_ratio_exact"]) == (ratio, exact)
    assert (result["threshold"], result["policy_version"], result["meets"]) == ("1.2", "CN-2022.1", True)
    assert float(result["cash_test"]["lowest_wan"]) == float(lowest)
    assert (result["cash_test"]["lowest_year"], result["cash_test"]["passes"]) == (2, False)
    assert len(result["yearly"]) == 10


async def test_interest_is_shown_in_the_instalments_of_the_term(api: BondsApi) -> None:
    half_yearly = await api.made("balances", a_balance())
    yearly = await api.made("balances", a_balance(interest_payments=1))

    assert [float(each) for each in half_yearly["yearly"][0]["interest_instalments_wan"]] == [160, 160]
    assert (half_yearly["interest_payments"], yearly["interest_payments"]) == (2, 1)


async def test_a_ratio_that_is_shown_as_the_threshold_still_fails_it(api: BondsApi) -> None:
    nearly = await api.made("balances", a_balance(("0", "0", *("1971.915",) * 8)))

    assert (nearly["coverage_ratio"], nearly["coverage_ratio_exact"][:6], nearly["meets"]) == ("1.20", "1.1951", False)


async def test_ten_percent_less_income_fails_the_default_and_passes_the_floor(api: BondsApi) -> None:
    default = await api.made("balances", a_balance(net_income_changes_pct=["-10", "0"]))
    floor = await api.made("balances", a_balance(net_income_changes_pct=["-10"], threshold="1.10"))

    assert default["stress"] == [
        {"net_income_change_pct": "-10", "coverage_ratio": "1.15", "meets": False},
        {"net_income_change_pct": "0", "coverage_ratio": "1.27", "meets": True},
    ]
    assert (floor["stress"][0]["meets"], floor["policy_version"]) == (True, None)


async def test_without_a_policy_there_is_no_threshold_to_meet(api: BondsApi) -> None:
    result = await api.made("balances", a_balance(on="2018-01-01"))

    assert (result["coverage_ratio"], result["threshold"], result["meets"]) == ("1.27", None, None)


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"principal_wan": "0"}, "validation.failed", ["/principal_wan"]),
        ({"principal_wan": 10000}, "validation.failed", ["/principal_wan"]),
        ({"rate_pct": "NaN"}, "validation.failed", ["/rate_pct"]),
        ({"term_years": 31}, "validation.failed", ["/term_years"]),
        ({"repayment": "balloon"}, "validation.failed", ["/repayment"]),
        ({"term_years": 9}, "bond.balance-flawed", ["/cash_flows"]),
        ({"cash_flows": []}, "bond.balance-flawed", ["/cash_flows"]),
        ({"repayment": "grace", "grace_years": 10}, "bond.balance-flawed", ["/grace_years"]),
        ({"repayment": "custom", "instalments_wan": ["1"]}, "bond.balance-flawed", ["/instalments_wan"] * 2),
    ],
)
async def test_a_balance_of_nonsense_is_refused_at_its_place(
    client: httpx.AsyncClient, changes: dict[str, Any], code: str, where: list[str]
) -> None:
    refused = await post(client, f"{API}/balances", a_balance(**changes))

    is_problem(refused, 422, code)
    assert pointers(refused) == where


async def test_a_cash_flow_left_open_is_refused_and_not_taken_for_zero(client: httpx.AsyncClient) -> None:
    body = a_balance()
    body["cash_flows"][3]["tax_wan"] = None

    refused = await post(client, f"{API}/balances", body)

    assert pointers(refused) == ["/cash_flows/3/tax_wan"]
