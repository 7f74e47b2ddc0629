"""Standings over HTTP and the facts of levels entered and left, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from indicator_svc.packaged import scheme, speech_figures
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_observation
from shared.testing.outbox import facts_of

Work = Callable[[], Awaitable[list[dict[str, Any]]]]


def levels_told(facts: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """(period, from, to)."""
    return [(fact["period"], fact["previous_level"], fact["level"]) for fact in facts if fact["fact"] == "standing-changed"]


async def test_a_low_item_is_told_with_its_evidence(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4", synthetic=True)
    told = next(fact for fact in await work() if fact["fact"] == "standing-changed")
    assert (told["region"], told["indicator"], told["level"], told["previous_level"]) == ("620200", "E02", "orange", None)
    assert (told["value"], told["target"], told["gap_pp"], told["unit"]) == ("6.4", "8", "1.6", "%")
    assert (told["lead_department"], told["portfolio"], told["synthetic"]) == ("市工业和信息化局", "VM-IND", True)
    assert told["why"][0] == {"rule": "gap", "level": "orange", "evidence": "目标8%，实际6.4%，差1.6个百分点，为橙色"}
    standing = (await api.listed("standings", region="620200", period="2022-Q2"))[0]
    assert (standing["level"], standing["since"], standing["why"]) == ("orange", "2022-Q2", told["why"])


async def test_a_level_is_told_when_it_is_entered_and_when_it_is_left_and_not_in_between(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    assert levels_told(await work()) == [("2022-Q2", None, "orange")]
    await api.observe("6.4", status="verified")
    assert levels_told(await work()) == []
    await api.observe("8.1", status="verified")
    assert levels_told(await work()) == [("2022-Q2", "orange", "green")]
    await api.observe("8.2", status="verified")
    assert levels_told(await work()) == []


@pytest.mark.parametrize(("first", "then"), [("6.4", "6.3"), ("*", "6.4"), ("6.4", "*")])
async def test_new_evidence_for_a_low_level_is_told_once(api: IndicatorsApi, work: Work, first: str, then: str) -> None:
    """Among them the figure that comes after its period has begun on the level of the one before."""
    await api.publish(a_scheme())
    await api.observe("6.4", period="2022-M03")
    await api.observe(first)
    before = [fact["why"] for fact in await work() if fact["fact"] == "standing-changed" and fact["period"] == "2022-Q2"]
    await api.observe(then)
    (told,) = [fact for fact in await work() if fact["fact"] == "standing-changed"]
    assert told["value"] == (None if then == "*" else then)
    assert told["why"] not in before
    assert levels_told(await work()) == []


async def test_an_item_that_is_on_target_is_not_told(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("8")
    assert levels_told(await work()) == []
    assert [each["level"] for each in await api.listed("standings")] == ["green"]


async def test_only_watched_regions_stand(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("1", region="620100")
    await work()
    assert {each["region"] for each in await api.listed("standings")} == {"620200"}


async def test_the_unknown_changes_no_level(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4", period="2022-M03")
    await work()
    await api.observe("*")
    told = levels_told(await work())
    assert told == [("2022-Q2", "orange", "orange")], "the warning goes on in the new period"
    standing = (await api.listed("standings", period="2022-Q2"))[0]
    assert (standing["level"], standing["level_by_figure"], standing["since"]) == ("orange", None, "2022-Q1")
    assert "未知既不算低，也不算恢复" in standing["why"][0]["evidence"]


async def test_a_level_falls_by_one_step_a_period_and_a_corrected_quarter_moves_the_next(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("1", period="2022-M03")
    await api.observe("9")
    assert levels_told(await work()) == [("2022-Q1", None, "red"), ("2022-Q2", "red", "orange")]
    await api.observe("9", period="2022-M03", status="verified")
    assert levels_told(await work()) == [("2022-Q1", "red", "green"), ("2022-Q2", "orange", "green")]


async def test_the_speechs_masked_figures_raise_nothing(api: IndicatorsApi, work: Work) -> None:
    await api.publish(scheme("city-31"))
    for figure in speech_figures()["observations"]:
        await api.made("observations", figure)
    assert levels_told(await work()) == []
    assert {each["level"] for each in await api.listed("standings", region="620200")} == {"green"}


async def test_standings_are_narrowed_by_level(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe_all(an_observation("6.4"), an_observation("9", period="2022-M03"))
    await work()
    assert [each["period"] for each in await api.listed("standings", level=["orange", "red"])] == ["2022-Q2"]
    assert await api.listed("standings", scheme="S-2") == []


@pytest.mark.parametrize("query", [{"level": "purple"}, {"region": "1"}, {"period": "2022-13"}, {"sort": "level"}])
async def test_a_list_of_standings_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await client.get(f"{API}/standings", params=query)).status_code == 422


async def test_nobody_reads_without_a_key(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/standings", headers={"Authorization": ""})
    assert is_problem(answer, 401, "auth.invalid-key")


async def test_facts_of_one_item_keep_their_order(api: IndicatorsApi, work: Work, runtime: Runtime) -> None:
    await api.publish(a_scheme())
    for value in ("6.4", "1", "9"):
        await api.observe(value)
        await work()
    told = [fact for fact in await facts_of(runtime.database) if fact["fact"] == "standing-changed"]
    assert [fact["level"] for fact in told] == ["orange", "red", "green"]


async def test_a_standing_is_read_as_it_was_on_a_day(api: IndicatorsApi, work: Work, clock: FakeClock) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    await work()
    before = await api.listed("standings", as_of="2022-07-01T09:00:00+08:00")
    clock.advance(timedelta(days=1))
    await api.observe("9", status="verified")
    await work()
    then = await api.listed("standings", region="620200", as_of="2022-07-01")
    now = await api.listed("standings", region="620200", as_of="2022-07-02T09:00:00+08:00")
    assert then == before
    assert [(each["level"], each["value"], each["rank"]) for each in then] == [("orange", "6.4", 1)]
    assert [(each["level"], each["value"]) for each in now] == [("green", "9")]
    assert await api.listed("standings", level="green", as_of="2022-07-01") == []
    assert await api.listed("standings", as_of="2022-06-30") == []
    assert {**now[0], "updated_at": None} == {**(await api.listed("standings"))[0], "updated_at": None}


async def test_standings_of_a_day_to_come_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/standings", params={"as_of": "2023-01-01"})
    assert is_problem(answer, 422, "as-of.in-future")
