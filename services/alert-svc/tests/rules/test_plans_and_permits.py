"""A plan that cannot be kept, and a permit about to lapse, are warned of until that ends."""

from datetime import date
from typing import Any

from shared.contracts.project import PermitExpired, PermitExpiresSoon, PermitSettled, PlanBecameImpossible, PlanRecovered
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

PROJECT: dict[str, Any] = {
    "region": "620200",
    "project_id": "0197c0de-0000-7000-8000-0000000000aa",
    "project_code": None,
    "project_name": "市中医院门诊楼",
    "total_investment_wan": None,
    "lead_department": "市卫生健康委",
    "sponsor_post": "VM-SOC",
    "responsible_person": "王某",
}
PERMIT: dict[str, Any] = {
    **PROJECT,
    "permit_id": "0197c0de-0000-7000-8000-0000000000bb",
    "permit_type": "approval",
    "permit_name": "核准文件",
    "number": "嘉发改核〔2020〕1 号",
    "issued_on": date(2020, 9, 30),
    "expires_on": date(2022, 9, 30),
    "clause": "国务院令第673号",
}


def an_impossible_plan() -> PlanBecameImpossible:
    end = {"milestone_id": "m", "milestone_name": "主体完工", "because": "主体完工", "advice": ""}
    days = {"deadline": date(2022, 10, 1), "earliest_on": date(2022, 10, 3), "working_days": 0}
    return PlanBecameImpossible.model_validate({**PROJECT, **end, **days})


async def test_an_impossible_plan_is_warned_of_until_it_recovers(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_impossible_plan())
    alert = await alerts.only()
    assert (alert["rule"], alert["level"], alert["object"]["type"]) == ("plan.impossible", "orange", "plan")
    assert "比期限2022年10月1日晚2天（均为非工作日）" in alert["reason"]
    await facts.tell(PlanRecovered(**PROJECT, reason="计划调整后各期限均可满足"))
    assert (await alerts.only())["state"] == "closed"


async def test_a_lapsing_permit_turns_red_when_it_has_lapsed_and_ends_when_it_is_settled(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(PermitExpiresSoon(**PERMIT, calendar_days_left=64, working_days_left=45, apply_by=date(2022, 8, 18)))
    alert = await alerts.only()
    assert (alert["rule"], alert["level"], alert["period"]) == ("permit.lapsing", "yellow", "2022-09-30")
    assert "还剩64天（45个工作日），须延期的最迟于2022年8月18日申请" in alert["reason"]
    await facts.tell(PermitExpired(**PERMIT))
    assert (await alerts.only())["level"] == "red"
    await facts.tell(PermitSettled(**PERMIT, reason="换发"))
    assert (await alerts.only())["state"] == "closed"
