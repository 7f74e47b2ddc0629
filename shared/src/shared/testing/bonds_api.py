"""What a caller sees of bond-svc, and the facts that it recorded."""

from dataclasses import dataclass
from typing import Any

import httpx

from shared.kit.db import Database
from shared.testing.http import post
from shared.testing.outbox import facts_of

API = "/api/bond/v1"
REGION = "620200"


def a_cash_flow(year: int, **changes: Any) -> dict[str, Any]:
    return {"year": year, "income_wan": "1400", "operating_cost_wan": "300", "tax_wan": "100"} | changes


def a_library_project(**changes: Any) -> dict[str, Any]:
    """A water-supply project in the reserve that passes every rule of July 2022: 3,0000 万元 against a bond of 6,000."""
    body = {
        "region": REGION,
        "name": "城区供水管网改造工程",
        "description": "改造供水主管网 42 公里，配套建设加压泵站两座。",
        "field": "F07",
        "sub_field": "供水",
        "lead_department": "市住建局",
        "portfolio": "VM-CITY",
        "state": "reserve",
        "total_investment_wan": "30000",
        "bond_demand_wan": "6000",
        "capital_wan": "9000",
        "public_interest": True,
        "income_lines": [{"name": "水费收入", "nature": "special_revenue", "total_wan": "14000"}],
        "rate_pct": "3.20",
        "term_years": 10,
        "repayment": "grace",
        "grace_years": 2,
        "cash_flows": [a_cash_flow(year) for year in range(1, 11)],
    }
    return body | changes


def a_planning_task(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "department": "市住建局", "portfolio": "VM-CITY", "task_wan": "2000000"} | changes


def a_bond_row(**changes: Any) -> dict[str, Any]:
    """A row of the public register, as it is published."""
    body = {
        "issuer": "甘肃省",
        "set_year": "2026",
        "bond_name": "2026年甘肃省政府专项债券（十七期）",
        "bond_code": "809364",
        "issue_date": "2026-06-15",
        "bond_type": "专项债券",
        "tenor_label": "20年",
        "coupon_pct": "2.41",
        "amount_yi": "8.61",
        "new_amount_yi": "8.61",
        "refinance_amount_yi": "0.0",
        "swap_amount_yi": "0.0",
    }
    return body | changes


@dataclass
class BondsApi:
    """The API of bond-svc in the hands of one caller."""

    client: httpx.AsyncClient
    database: Database

    async def made(self, path: str, body: Any) -> dict[str, Any]:
        answer = await post(self.client, f"{API}/{path}", body)
        assert answer.status_code in (200, 201), answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def got(self, path: str, **params: Any) -> dict[str, Any]:
        answer = await self.client.get(f"{API}/{path}", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def propose(self, **changes: Any) -> dict[str, Any]:
        return await self.made("library-projects", a_library_project(**changes))

    async def patch(self, path: str, version: int, **changes: Any) -> httpx.Response:
        return await self.client.patch(f"{API}/{path}", json=changes, headers={"If-Match": f'"v{version}"'})

    async def screen(self, project_id: str, **question: Any) -> dict[str, Any]:
        return await self.made(f"library-projects/{project_id}/screenings", question)

    async def move(self, project_id: str, to: str, reason: str | None = None) -> httpx.Response:
        return await post(self.client, f"{API}/library-projects/{project_id}/moves", {"to": to, "reason": reason})

    async def facts(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The facts recorded so far, or those of one kind (`library-fell-short`)."""
        return [fact for fact in await facts_of(self.database) if kind in (None, fact["fact"])]
