"""A fact that changes its form is published in both for a while: each rule is about one of them, and none warns twice."""

import copy
from datetime import timedelta
from typing import Any

import httpx
import pytest

from alert_svc.rules.published import published_rules
from shared.contracts.catalogue import TYPES
from shared.contracts.project import MilestoneCameDueSoon, MilestoneDueInDays
from shared.kit.inbox import Outcome
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.clock import FakeClock
from shared.testing.facts import FactTeller, a_due_in_days, a_due_soon, an_overdue
from shared.testing.http import is_problem, post
from shared.testing.outbox import facts_of

V1, V2 = TYPES[MilestoneDueInDays], TYPES[MilestoneCameDueSoon]


def about(form: str, since: str) -> dict[str, Any]:
    """The packaged rule about milestones that are due soon, as a proposal that hears another form."""
    rule = copy.deepcopy(next(rule for rule in published_rules() if rule["code"] == "milestone.due-soon"))
    definition = rule["definition"]
    for signal in definition["signals"]:
        signal["fact"] = signal["fact"].replace(V1, form)
    for example in definition["examples"]:
        if example["fact"] == V1:
            example["fact"] = form
            days = example["data"].pop("days_left")
            example["data"] |= {"calendar_days_left": days, "working_days_left": 1}
            example["expect"]["text"] = example["expect"]["text"].replace("还剩3天", "还剩3天（1个工作日）")
    return {"code": rule["code"], "name": rule["name"], "effective_from": since, "definition": definition}


async def publish(client: httpx.AsyncClient, proposal: dict[str, Any]) -> None:
    drafted = await post(client, f"{API}/rules", proposal)
    published = await post(client, f"{API}/rules/{drafted.json()['id']}/publications", None)
    assert published.json()["state"] == "published", published.text


async def raised(runtime: Runtime) -> list[str]:
    return [each["object"]["id"] for each in await facts_of(runtime.database) if each["fact"] == "raised"]


async def test_a_rule_about_the_older_form_warns_once_of_what_comes_in_both(
    facts: FactTeller, alerts: AlertsApi, runtime: Runtime
) -> None:
    assert await facts.tell(a_due_soon()) == [Outcome.HANDLED, Outcome.HANDLED]
    assert (await alerts.only())["reason"].endswith("还剩3天")
    assert len(await raised(runtime)) == 1


async def test_what_was_told_in_the_older_form_alone_still_warns(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(a_due_in_days())
    assert (await alerts.only())["level"] == "blue"


async def test_a_rule_moves_to_the_newer_form_on_its_day_and_nothing_is_warned_of_twice_or_not_at_all(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, runtime: Runtime, clock: FakeClock
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    await publish(client, about(V2, tomorrow.isoformat()))
    await facts.tell(a_due_soon(milestone_id="today"))
    clock.advance(timedelta(days=1))
    await facts.tell(a_due_soon(milestone_id="tomorrow"))
    found = {alert["object"]["id"]: (alert["rule_number"], alert["reason"].rpartition("，")[2]) for alert in await alerts.all()}
    assert found == {"today": (1, "还剩3天"), "tomorrow": (2, "还剩3天（1个工作日）")}
    assert await raised(runtime) == ["today", "tomorrow"]


async def test_a_warning_raised_under_the_older_form_is_closed_under_the_newer(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await facts.tell(a_due_soon())
    await publish(client, about(V2, clock.today().isoformat()))
    await facts.tell(a_due_soon())
    assert len(await alerts.all(state="open")) == 1
    await facts.tell(an_overdue())
    assert [alert["rule"] for alert in await alerts.all(state="open")] == ["milestone.overdue"]


@pytest.mark.parametrize("forms", [(V1, V2), (V2, V1)])
async def test_a_rule_about_both_forms_is_not_published(forms: tuple[str, str], client: httpx.AsyncClient) -> None:
    proposal = about(forms[0], "2022-07-01") if forms[0] == V2 else {**about(V2, "2022-07-01"), "definition": _packaged()}
    proposal["definition"]["signals"].append({**proposal["definition"]["signals"][0], "fact": forms[1]})
    drafted = await post(client, f"{API}/rules", proposal)
    answer = await post(client, f"{API}/rules/{drafted.json()['id']}/publications", None)
    problem = is_problem(answer, 422, "rule.unsound")
    assert ("/definition/signals/4/fact", "rule.two-forms") in [(fault["pointer"], fault["code"]) for fault in problem["errors"]]


def _packaged() -> dict[str, Any]:
    rule = next(rule for rule in published_rules() if rule["code"] == "milestone.due-soon")
    definition: dict[str, Any] = copy.deepcopy(rule["definition"])
    return definition
