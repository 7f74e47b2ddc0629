"""project-svc as a caller sees it: bodies built from a valid default, and the few calls that every test makes."""

from typing import Any

import httpx

from shared.testing.http import post

ROOT = "/api/project/v1"
PROJECTS, PLANS, MILESTONES = f"{ROOT}/projects", f"{ROOT}/milestone-plans", f"{ROOT}/milestones"
REPORTS, RATES, SCHEDULES = f"{ROOT}/progress-reports", f"{ROOT}/rates", f"{ROOT}/schedules"
PERMITS = f"{ROOT}/permits"


def a_project(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The body of a new project; `number` makes its code and name its own."""
    return {
        "code": f"2203-620200-04-01-{number:06}",
        "name": f"市第{number}中学教学楼改造",
        "kind": "new",
        "sector": "education",
        "region": "620200",
        "plan_year": 2022,
        "total_investment_wan": "5000",
        "annual_plan_wan": "2000",
        "funding": [{"source": "special_bond", "amount_wan": "3000"}, {"source": "local_budget", "amount_wan": "2000"}],
        "sponsor_post": "VM-SOC",
        "lead_department": "市教育局",
        "responsible_person": "张某",
        "listed_on": "2022-01-01",
        **changes,
    }


def a_start(on: str = "2022-04-10", **changes: Any) -> dict[str, Any]:
    """The proof of a first start on a day."""
    return {
        "started_on": on,
        "permit": {"kind": "construction_permit", "number": "620200202204100101", "issued_on": on},
        "photo": {"reference": "现场照片 1", "taken_on": on},
        "contract": "施工合同 2022-01",
        **changes,
    }


def a_resumption(on: str = "2022-03-20", **changes: Any) -> dict[str, Any]:
    """The proof that works were taken up again on a day."""
    permit = {"kind": "resumption_report", "number": "复工〔2022〕1 号", "issued_on": on}
    return {"started_on": on, "permit": permit, "photo": {"reference": "现场照片 1", "taken_on": on}, **changes}


def an_order(on: str = "2022-07-01", **changes: Any) -> dict[str, Any]:
    """An approved suspension or resumption."""
    return {
        "effective_on": on,
        "reason": "资金未落实",
        "approver": "市政府常务会议",
        "approved_on": on,
        "document": "嘉政办发〔2022〕1 号",
        **changes,
    }


def a_node(key: str, due_on: str, *after: str, **changes: Any) -> dict[str, Any]:
    """A node of a plan that comes after others."""
    predecessors = [{"key": each} for each in after]
    return {
        "key": key,
        "name": f"节点 {key}",
        "stage": "structure",
        "baseline_due_on": due_on,
        "predecessors": predecessors,
        **changes,
    }


class ProjectsApi:
    """Calls that are expected to succeed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a POST made."""
        response = await post(self.client, path, body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def seen(self, path: str, **query: Any) -> dict[str, Any]:
        """What a GET shows."""
        response = await self.client.get(path, params=query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def project(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        return await self.made(PROJECTS, a_project(number, **changes))

    async def plan(self, project: str, *nodes: dict[str, Any]) -> list[dict[str, Any]]:
        """The milestones of a new plan."""
        made = await self.made(PLANS, {"project": project, "nodes": list(nodes)})
        return list(made["milestones"])

    async def milestone(self, due_on: str, number: int = 1) -> dict[str, Any]:
        """The only milestone of a project of its own."""
        project = await self.project(number)
        return (await self.plan(project["id"], a_node("a", due_on)))[0]

    async def complete(self, milestone: str, on: str) -> dict[str, Any]:
        return await self.made(f"{MILESTONES}/{milestone}/completions", {"actual_on": on, "reference": "验收单 1"})

    async def re_baseline(self, milestone: str, due_on: str) -> dict[str, Any]:
        body = {"due_on": due_on, "reason": "用地调整", "approver": "市政府", "approved_on": "2022-07-01"}
        return await self.made(f"{MILESTONES}/{milestone}/re-baselines", body)
