"""Rules as data: the packaged set, what may be published, and what holds when."""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from alert_svc.rules.models import DEFINITIONS
from alert_svc.rules.published import published_rules
from alert_svc.rules.rules import Comparison, Condition, NumberedRule, fill, holds, in_force
from alert_svc.rules.service import check
from alert_svc.rules.words import HEARD, heard, vocabulary
from alert_svc.subscriptions import SUBSCRIPTIONS
from shared.contracts.catalogue import TYPES
from shared.contracts.facts import Level
from shared.contracts.indicator import Evidence
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.facts import FactTeller, a_completion, a_standing, an_overdue
from shared.testing.http import is_problem, pointers, post

PACKAGED = {rule["code"]: rule for rule in published_rules()}
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"


def a_proposal(code: str = "milestone.overdue", **changes: Any) -> dict[str, Any]:
    """A new version of a packaged rule, changed as said."""
    rule = copy.deepcopy(PACKAGED[code])
    return {"code": code, "name": rule["name"], "effective_from": "2022-07-01", "definition": {**rule["definition"], **changes}}


def numbered(code: str, number: int, since: date) -> NumberedRule:
    return NumberedRule(code, number, since, DEFINITIONS.validate_python(PACKAGED[code]["definition"]))


@pytest.mark.parametrize("code", PACKAGED)
def test_a_packaged_rule_passes_the_check_that_publishing_makes(code: str) -> None:
    assert check(numbered(code, 1, date(2022, 1, 1))) == []


def test_the_packaged_rules_are_those_of_the_main_job() -> None:
    assert sorted(PACKAGED) == [
        "entry.blocked",
        "entry.late",
        "indicator.low",
        "indicator.unclaimed",
        "library.short",
        "milestone.due-soon",
        "milestone.overdue",
        "obstacle.overdue",
        "permit.lapsing",
        "plan.impossible",
        "receiver.given-up",
        "screening.not-passed",
        "stop.resumption-overdue",
        "stop.status-stale",
        "window.closing",
    ]


def test_rules_can_be_about_every_fact_that_the_service_hears() -> None:
    assert {TYPES[fact] for fact in HEARD} == set(SUBSCRIPTIONS.handlers) == set(vocabulary())


def test_the_version_that_began_last_holds() -> None:
    first, second, later = (numbered("library.short", n, date(2022, m, 1)) for n, m in ((1, 1), (2, 6), (3, 9)))
    assert in_force([later, second, first], date(2022, 7, 1)) == [second]
    assert in_force([later, second, first], date(2022, 9, 1)) == [later]
    assert in_force([first], date(2021, 12, 31)) == []


@pytest.mark.parametrize(
    ("is_", "than", "value", "held"),
    [
        (Comparison.EQ, "red", "red", True),
        (Comparison.NE, "red", "blue", True),
        (Comparison.IN, ("a", "b"), "b", True),
        (Comparison.IN, ("a", "b"), "c", False),
        (Comparison.GT, "0", "0.000001", True),
        (Comparison.GT, "0", "0", False),
        (Comparison.GE, "10", "10.0", True),
        (Comparison.LT, "9", "10", False),
        (Comparison.LE, "9", "9", True),
        (Comparison.EQ, "true", True, True),
        (Comparison.NE, "red", None, False),
    ],
)
def test_a_condition_compares_text_or_decimals_and_an_unknown_word_satisfies_none(
    is_: Comparison, than: str | tuple[str, ...], value: object, held: bool
) -> None:
    assert holds(Condition("word", is_, than), {"word": value}) is held


def test_an_unknown_word_reads_as_unknown_in_a_sentence() -> None:
    assert fill("数值 {value}", {"value": None}) == "数值 未知"


@pytest.mark.parametrize("template", ["{value.__class__}", "{value[0]}", "{value!r}", "{value:>9}", "{0}", "{", "}"])
async def test_a_template_with_anything_but_a_word_is_not_published(template: str, client: httpx.AsyncClient) -> None:
    proposal = a_proposal()
    proposal["definition"]["signals"][0]["text"] = template
    drafted = await post(client, f"{API}/rules", proposal)
    answer = await client.post(f"{API}/rules/{drafted.json()['id']}/publications", headers={"Idempotency-Key": "k"})
    is_problem(answer, 422, "rule.unsound")
    assert "/definition/signals/0/text" in pointers(answer)


GONE = object()
SIGNAL = ["signals", 0]


def broken(path: list[str | int], value: object) -> dict[str, Any]:
    """A new version with one part of its definition replaced, or taken away."""
    proposal = a_proposal()
    place = proposal["definition"]
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return proposal


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        ([*SIGNAL, "fact"], "cn.diaodu.project.unheard-of.v1", "/definition/signals/0/fact", "rule.unknown-fact"),
        ([*SIGNAL, "text"], "{no_such_word}", "/definition/signals/0/text", "rule.unknown-word"),
        (["period"], "{days_overdue}", "/definition/period", "rule.unknown-word"),
        ([*SIGNAL, "level"], {"level": "red", "word": "stage"}, "/definition/signals/0/level", "rule.level-unclear"),
        (SIGNAL, GONE, "/definition/signals", "rule.never-raises"),
        (
            [*SIGNAL, "when"],
            [{"word": "days_overdue", "is_": "gt", "than": "many"}],
            "/definition/signals/0/when/0/than",
            "rule.bad-condition",
        ),
        (["examples", 3], GONE, "/definition/signals/2", "rule.not-shown"),
        (["examples", 0, "expect", "level"], "blue", "/definition/examples/0/expect", "rule.example-differs"),
        (["examples", 0, "data", "milestone_id"], GONE, "/definition/examples/0/data", "rule.example-malformed"),
        (["examples", 0, "fact"], "cn.diaodu.alert.raised.v1", "/definition/examples/0/fact", "rule.unknown-fact"),
        (["responsible", "portfolio"], "no_such_word", "/definition/responsible/portfolio", "rule.unknown-word"),
    ],
)
async def test_an_unsound_rule_is_not_published_and_the_answer_says_where(
    path: list[str | int], value: object, pointer: str, code: str, client: httpx.AsyncClient
) -> None:
    drafted = await post(client, f"{API}/rules", broken(path, value))
    assert drafted.status_code == 201, drafted.text
    answer = await post(client, f"{API}/rules/{drafted.json()['id']}/publications", None)
    problem = is_problem(answer, 422, "rule.unsound")
    assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in problem["errors"]]
    assert (await client.get(f"{API}/rules/{drafted.json()['id']}")).json()["state"] == "draft"


async def test_a_published_version_takes_the_place_of_the_one_before_from_its_day_on(
    client: httpx.AsyncClient, facts: FactTeller, alerts: AlertsApi
) -> None:
    proposal = a_proposal()
    proposal["definition"]["signals"][0]["level"]["map"]["0"] = "orange"
    for example in proposal["definition"]["examples"]:
        if example["expect"] and example["expect"]["level"] == "yellow":
            example["expect"]["level"] = "orange"
    drafted = (await post(client, f"{API}/rules", proposal)).json()
    assert (drafted["state"], drafted["number"]) == ("draft", 2)
    await facts.tell(an_overdue(milestone_id="before"))
    published = await post(client, f"{API}/rules/{drafted['id']}/publications", None)
    assert published.json()["state"] == "published"
    await facts.tell(an_overdue(milestone_id="after"))
    levels = {alert["object"]["id"]: (alert["level"], alert["rule_number"]) for alert in await alerts.all()}
    assert levels == {"before": ("yellow", 1), "after": ("orange", 2)}


async def test_a_published_version_cannot_be_published_again(client: httpx.AsyncClient) -> None:
    first = (await client.get(f"{API}/rules", params={"code": "library.short"})).json()["items"][0]
    assert first["may"]["publish"] == {"allowed": False, "reason": "该版本已发布。"}
    is_problem(await post(client, f"{API}/rules/{first['id']}/publications", None), 409, "rule.already-published")


async def test_a_rule_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{API}/rules/{NOBODY}"), 404, "rule.not-found")
    is_problem(await post(client, f"{API}/rules/{NOBODY}/publications", None), 404, "rule.not-found")


async def test_the_list_shows_the_packaged_rules_as_published(client: httpx.AsyncClient) -> None:
    listed = (await client.get(f"{API}/rules", params={"state": "published"})).json()["items"]
    assert [rule["code"] for rule in listed] == sorted(PACKAGED)
    assert (await client.get(f"{API}/rules", params={"state": "unheard-of"})).status_code == 422


ENDLESS = {"definition": {**PACKAGED["milestone.overdue"]["definition"], "clause": "长" * 4001}}


@pytest.mark.parametrize("change", [{"code": "Bad Code"}, {"definition": {}}, {"effective_from": "soon"}, {"more": 1}, ENDLESS])
async def test_a_malformed_rule_is_refused(change: dict[str, Any], client: httpx.AsyncClient) -> None:
    answer = await post(client, f"{API}/rules", {**a_proposal(), **change})
    assert answer.status_code == 422, answer.text


NO_TARGET = Evidence(rule="no-gap", level=Level.GREEN, evidence="实际比值0.0932，未设目标，按位次判断")
LAST = Evidence(rule="rank", level=Level.RED, evidence="11个有数据的地区中列第11位，为红色")
NOTHING_KNOWN: dict[str, Any] = {"value": None, "target": None, "gap_pp": None, "rank": None, "peers": 0}


async def test_the_reason_of_a_low_indicator_says_each_thing_once_and_nothing_that_does_not_exist(
    facts: FactTeller, alerts: AlertsApi
) -> None:
    figures: dict[str, Any] = {
        "unit": "比值",
        "value": Decimal("0.09324"),
        "target": None,
        "gap_pp": None,
        "rank": 11,
        "peers": 11,
    }
    await facts.tell(a_standing(indicator_name="财政收入之比", period="2007", why=(NO_TARGET, LAST), **figures))
    (alert,) = await alerts.all()
    said = "实际比值0.0932，未设目标，按位次判断；11个有数据的地区中列第11位，为红色"
    assert alert["reason"] == f"嘉峪关市财政收入之比2007年为红色：{said}"


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"value": Decimal("7.10"), "target": Decimal("7.0"), "rank": 3}, "（7.1%，目标7%，位次3/14）"),
        ({"value": Decimal("7.1"), "target": None, "rank": None}, "（7.1%）"),
        (NOTHING_KNOWN, ""),
    ],
)
def test_figures_in_brackets_leave_out_what_is_unknown(figures: dict[str, Any], said: str) -> None:
    assert heard(a_standing(Level.GREEN, **figures), sequence=1).words["figures_said"] == said


async def test_an_assumed_due_day_says_so(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_overdue(date_basis="assumed"))
    (alert,) = await alerts.all()
    assert "应于2022年6月20日（假定日期）完成" in alert["reason"]


@pytest.mark.parametrize(("days_late", "said"), [(8, "逾期8天"), (0, "按期"), (-3, "提前3天")])
def test_a_completion_says_how_late_it_was_in_words(days_late: int, said: str) -> None:
    assert heard(a_completion(days_late=days_late), sequence=1).words["lateness_said"] == said


async def test_each_level_of_a_standing_is_the_level_of_its_alert(facts: FactTeller, alerts: AlertsApi) -> None:
    for level in (Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED):
        await facts.tell(a_standing(level, indicator=f"E-{level}"))
    assert {alert["object"]["id"]: alert["level"] for alert in await alerts.all()} == {
        f"620200/E-{level}": level for level in ("blue", "yellow", "orange", "red")
    }
