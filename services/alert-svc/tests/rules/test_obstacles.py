"""What becomes of facts about obstacles."""

from datetime import date
from decimal import Decimal
from typing import Any

from shared.contracts.obstacle import ObstacleEnded, ObstacleFellOverdue
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

OBSTACLE: dict[str, Any] = {
    "region": "620200",
    "obstacle_id": "0197c0de-0000-7000-8000-000000000061",
    "kind": "land",
    "kind_name": "用地",
    "title": "门诊楼用地未批复",
    "project_ids": ("0197c0de-0000-7000-8000-0000000000aa",) * 4,
    "project_names": ("门诊楼", "住院楼", "急救中心", "连廊"),
    "annual_plan_wan": Decimal("2600.000000"),
    "unknown_plans": 1,
    "lead_department": "市自然资源局",
    "responsible_person": "赵某",
    "due_on": date(2022, 6, 20),
}


async def test_an_obstacle_warns_from_its_missed_day_until_it_is_gone_whatever_day_it_was_put_off_to(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(ObstacleFellOverdue.model_validate({**OBSTACLE, "days_overdue": 1}))
    later = {**OBSTACLE, "due_on": date(2022, 6, 25), "days_overdue": 1}
    await facts.tell(ObstacleFellOverdue.model_validate(later))
    raised = await alerts.all(state="open")
    assert {(each["rule"], each["level"]) for each in raised} == {("obstacle.overdue", "orange")}
    assert {each["code"] for each in raised[0]["responsible"]} == {"赵某", "市自然资源局"}
    assert {each["period"] for each in raised} == {"2022-06-20", "2022-06-25"}
    assert "卡住门诊楼、住院楼、急救中心等4个项目，年度计划投资2600万元，另有1个项目计划未知" in raised[0]["reason"]
    ended = {**OBSTACLE, "due_on": date(2022, 6, 25), "state": "resolved", "ended_on": date(2022, 7, 1), "reason": "已批复"}
    await facts.tell(ObstacleEnded.model_validate(ended))
    assert await alerts.all(state="open") == []
