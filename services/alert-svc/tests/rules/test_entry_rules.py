"""What becomes of facts about entry into the statistical register."""

from datetime import date
from typing import Any

from alert_svc.rules.entry_words import ENTRY_WORDS
from alert_svc.rules.words import heard
from shared.contracts.entry import (
    EntryBlockerFellOverdue,
    EntryBlockerResolved,
    EntryCameDueSoon,
    EntryFellOverdue,
    EntryStateChanged,
)
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

APPLICATION: dict[str, Any] = {
    "region": "620200",
    "application_id": "0197c0de-0000-7000-8000-000000000031",
    "name": "索通盛源碳材料",
    "subject_type": "project",
    "uscc": None,
    "project_code": None,
    "step": "apply",
    "missing": ("缺少施工合同",),
    "lead_department": "市统计局",
    "portfolio": "VM-ECON",
    "responsible_person": "王某",
}
BLOCKER: dict[str, Any] = {
    "region": "620200",
    "blocker_id": "0197c0de-0000-7000-8000-000000000032",
    "description": "施工许可证未办结",
    "owner_department": "市住建局",
    "due_on": date(2022, 7, 5),
    "application_id": APPLICATION["application_id"],
    "application_name": "索通盛源碳材料",
    "portfolio": "VM-ECON",
    "responsible_person": "王某",
}


def a_notice(**changes: Any) -> EntryCameDueSoon:
    left = {"dossier": "incomplete", "due_on": date(2022, 7, 10), "calendar_days_left": 4, "working_days_left": 2}
    return EntryCameDueSoon.model_validate({**APPLICATION, **left, **changes})


def a_miss(**changes: Any) -> EntryFellOverdue:
    return EntryFellOverdue.model_validate({**APPLICATION, "due_on": date(2022, 7, 10), "days_overdue": 1, **changes})


def a_move(**changes: Any) -> EntryStateChanged:
    moved = {"act": "submit", "previous_state": "to_apply", "state": "applied", "changed_on": date(2022, 7, 12), "due_on": None}
    return EntryStateChanged.model_validate({**APPLICATION, **moved, "reason": "材料齐备", **changes})


async def test_a_window_that_closes_on_an_incomplete_dossier_warns_worsens_and_ends_with_the_next_move(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    await facts.tell(a_notice())
    assert [(each["rule"], each["level"]) for each in await alerts.all(state="open")] == [("entry.late", "yellow")]
    await facts.tell(a_miss())
    (late,) = await alerts.all(state="open")
    assert (late["level"], late["period"]) == ("orange", "2022-07-10")
    await facts.tell(a_move(act="postpone", state="to_apply"))
    assert [each["level"] for each in await alerts.all(state="open")] == ["orange"], "a missed window stays missed"
    await facts.tell(a_move())
    assert await alerts.all(state="open") == []


async def test_a_blocker_that_is_missed_warns_its_department_until_it_is_cleared(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(EntryBlockerFellOverdue.model_validate({**BLOCKER, "days_overdue": 1}))
    (missed,) = await alerts.all(state="open")
    assert "市住建局" in missed["responsible"][0].values()
    await facts.tell(EntryBlockerResolved.model_validate({**BLOCKER, "resolution": "已核发"}))
    assert await alerts.all(state="open") == []


def test_a_long_list_of_what_is_missing_is_cut_and_counted() -> None:
    words = heard(a_notice(missing=("一", "二", "三", "四")), 1).words
    assert words["missing_said"] == "，一；二；三等4项"


def test_every_fact_about_entry_has_its_phrases() -> None:
    for fact in (a_notice(), a_miss(), a_move(), EntryBlockerFellOverdue.model_validate({**BLOCKER, "days_overdue": 1})):
        derive, names = ENTRY_WORDS[type(fact)]
        assert set(derive(fact)) == names
