"""What becomes of facts about stopped enterprises."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.industry import ResumptionFellOverdue, StopChanged, StopStatusReported, StopStatusWentStale
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

STOP: dict[str, Any] = {
    "region": "620200",
    "stop_id": "0197c0de-0000-7000-8000-000000000041",
    "uscc": "91620200YYY0001340",
    "enterprise_name": "某铝业公司",
    "industry": "C3216",
    "stopped_on": date(2022, 5, 10),
    "drag_pp": Decimal("-2.5"),
    "sponsor_post": "VM-IND",
    "lead_department": "市工业和信息化局",
    "responsible_person": "李某",
}


def a_miss() -> ResumptionFellOverdue:
    return ResumptionFellOverdue.model_validate({**STOP, "due_on": date(2022, 7, 20), "days_overdue": 1})


def a_change(act: str, state: str) -> StopChanged:
    changed = {"act": act, "state": state, "changed_on": date(2022, 7, 22), "resume_on": date(2022, 8, 20), "reason": "会议"}
    return StopChanged.model_validate({**STOP, **changed})


@pytest.mark.parametrize(("act", "state"), [("resume", "resumed"), ("exit", "exited")])
async def test_a_missed_day_to_work_again_warns_until_the_stop_ends_whatever_is_replanned(
    facts: FactTeller, alerts: AlertsApi, act: str, state: str
) -> None:
    await facts.tell(a_change("report", "stopped"), a_miss(), a_change("plan", "planned"))
    (overdue,) = await alerts.all(state="open")
    assert (overdue["rule"], overdue["level"]) == ("stop.resumption-overdue", "orange")
    assert overdue["reason"].endswith("，下拉全市增速2.5个百分点")
    await facts.tell(a_change(act, state))
    assert await alerts.all(state="open") == []


async def test_a_stale_status_warns_until_it_is_told(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(StopStatusWentStale.model_validate({**STOP, "due_on": date(2022, 7, 8), "days_overdue": 1}))
    assert [(each["rule"], each["level"]) for each in await alerts.all(state="open")] == [("stop.status-stale", "blue")]
    await facts.tell(StopStatusReported.model_validate({**STOP, "reported_on": date(2022, 7, 10), "progress": "订单"}))
    assert await alerts.all(state="open") == []
