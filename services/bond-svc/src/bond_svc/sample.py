"""What a demonstration posts: the real issued bonds, and a library of the speech's kind that is labelled synthetic.

Every body is JSON as the API takes it. The library adds up to 860 亿元 against a target of 1000; under the policy of July 2022
its projects pass, fail and stay undetermined, each for a reason of its own (`expected` in `data/sample-library.csv`).
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, Final

from bond_svc.balances.rules import BondTerms, Repayment, YearFlow, balance
from shared.kit.decimals import exact_arithmetic, plain, round_half_up

REGION: Final = "620200"
ORIGIN: Final = "中国地方政府债券信息公开平台（leyixu26/celma-lgb，MIT）"
SYNTHETIC: Final = "（合成）"
DUE_ON: Final = "2022-07-31"
WAN_IN_YI: Final = Decimal(10_000)
TERM_YEARS: Final = 20
GRACE_YEARS: Final = 3
RATE_PCT: Final = Decimal("3.20")
COST_SHARE, TAX_SHARE = Decimal("0.20"), Decimal("0.03")


def issued_bonds() -> list[dict[str, Any]]:
    """The 378 rows of Gansu's register, items for `POST /issued-bonds/batch`."""
    return [{**row, "origin": ORIGIN} for row in _table("gansu-government-bonds-2009-2026.csv")]


def planning_tasks() -> list[dict[str, Any]]:
    """A planning task for each department, 1000 亿元 in all, items for `POST /planning-tasks/batch`."""
    return [
        {
            "region": REGION,
            "department": row["department"],
            "portfolio": row["portfolio"],
            "task_wan": _wan(row["task_yi"]),
            "due_on": DUE_ON,
            "synthetic": True,
        }
        for row in _table("sample-planning-tasks.csv")
    ]


def library_projects() -> list[dict[str, Any]]:
    """The synthetic library, items for `POST /library-projects/batch`."""
    return [_project(row) for row in _table("sample-library.csv")]


def expected_outcomes() -> dict[str, str]:
    """Code → how the project's screening comes out in July 2022: pass, fail or undetermined."""
    return {row["code"]: row["expected"] for row in _table("sample-library.csv")}


def _table(name: str) -> list[dict[str, str]]:
    text = (resources.files("bond_svc") / "data" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _wan(yi: str) -> str:
    return plain(Decimal(yi) * WAN_IN_YI)


def _project(row: Mapping[str, str]) -> dict[str, Any]:
    flows = _cash_flows(Decimal(row["demand_yi"]) * WAN_IN_YI, Decimal(row["cover"]))
    income = sum((Decimal(each["income_wan"]) for each in flows), Decimal())
    body: dict[str, Any] = {
        "region": REGION,
        "code": row["code"],
        "state": "reserve",
        "name": f"{row['name']}{SYNTHETIC}",
        "description": row["description"],
        "field": row["field"],
        "sub_field": row["sub_field"] or None,
        "lead_department": row["lead_department"],
        "portfolio": row["portfolio"],
        "total_investment_wan": _wan(row["total_yi"]),
        "bond_demand_wan": _wan(row["demand_yi"]),
        "capital_wan": _wan(row["capital_yi"]),
        "public_interest": True,
        "income_lines": [{"name": row["income_name"], "nature": row["income_nature"] or None, "total_wan": plain(income)}],
        "rate_pct": plain(RATE_PCT),
        "term_years": TERM_YEARS,
        "repayment": Repayment.GRACE.value,
        "grace_years": GRACE_YEARS,
        "cash_flows": flows,
        "synthetic": True,
    }
    return body | _left_out(row["left_out"])


def _left_out(what: str) -> dict[str, Any]:
    return {"": {}, "no_income": {"income_lines": [], "cash_flows": None}}.get(what, {what: None})


def _cash_flows(principal: Decimal, cover: Decimal) -> list[dict[str, Any]]:
    """Income from the end of the grace period on, in equal years, that covers the debt about `cover` times."""
    terms = BondTerms(principal, RATE_PCT, TERM_YEARS, Repayment.GRACE, grace_years=GRACE_YEARS)
    nothing = [YearFlow(year, Decimal(), Decimal(), Decimal()) for year in range(1, TERM_YEARS + 1)]
    debt = balance(terms, nothing)
    with exact_arithmetic():
        net = debt.debt_service_wan * cover / (TERM_YEARS - GRACE_YEARS)
        income = round_half_up(net / (1 - COST_SHARE - TAX_SHARE), 2)
    return [
        {
            "year": year.year,
            "income_wan": plain(earned := income if year.year > GRACE_YEARS else Decimal()),
            "operating_cost_wan": plain(round_half_up(earned * COST_SHARE, 2)),
            "tax_wan": plain(round_half_up(earned * TAX_SHARE, 2)),
            # The interest of the building years is capitalised: the funding plan pays it.
            "funded_debt_service_wan": plain(Decimal() if earned else year.interest_wan),
        }
        for year in debt.years
    ]
