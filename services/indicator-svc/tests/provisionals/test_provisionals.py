"""From a fact of project-svc to a provisional figure, through the inbox, on both databases."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from indicator_svc.subscriptions import SUBSCRIPTIONS
from shared.kit.inbox import Inbox
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.facts import FactTeller, some_rates
from shared.testing.http import is_problem, pointers
from shared.testing.indicators_api import API, IndicatorsApi

RATE = {"indicator": "B01-start-rate", "period": "2022-M06"}


@pytest.fixture
def facts(runtime: Runtime, clock: FakeClock) -> FactTeller:
    return FactTeller(Inbox(runtime.database, SUBSCRIPTIONS, "diaodu.indicator"), clock)


async def beside(api: IndicatorsApi) -> dict[str, dict[str, Any]]:
    """Indicator → its provisional figure beside the official one."""
    answer = await api.read("provisional-figures", region="620200", period="2022-M06")
    return {each["indicator"]: each for each in answer["items"]}


async def test_rates_become_provisional_figures_that_name_their_fact(api: IndicatorsApi, facts: FactTeller) -> None:
    record = facts.record(some_rates(), event_id="0197c0de-0000-7000-8000-00000000fac7")
    await facts.inbox.take(record)
    start, pace = await api.listed("observations", sort="-indicator")
    assert (start["value"], start["provenance"], start["status"], start["publisher"]) == (
        "48.4375",
        "provisional",
        "flash",
        "project-svc",
    )
    assert "0197c0de-0000-7000-8000-00000000fac7" in start["note"]
    assert pace["value"] == "2.420833"


async def test_a_second_delivery_records_nothing_and_a_late_fact_changes_nothing(api: IndicatorsApi, facts: FactTeller) -> None:
    newer = facts.record(some_rates(new_started=32), sequence=1)
    await facts.inbox.take(newer)
    await facts.inbox.take(newer)
    await facts.tell(some_rates(computed_at="2022-07-01T07:00:00+08:00"))
    figures = await api.listed("observations", indicator="B01-start-rate")
    assert [(each["value"], each["revision"]) for each in figures] == [("50", 1)]


async def test_an_official_figure_stands_and_the_provisional_one_is_shown_beside_it(
    api: IndicatorsApi, facts: FactTeller, clock: FakeClock
) -> None:
    await api.observe("50", status="final", **RATE)
    clock.advance(timedelta(hours=1))
    await facts.tell(some_rates())
    shown = await beside(api)
    start, pace = shown["B01-start-rate"], shown["B01-pace-gap"]
    assert (start["value"], start["official_value"], start["difference"]) == ("48.4375", "50", "-1.5625")
    assert (pace["value"], pace["official_observation"], pace["difference"]) == ("2.420833", None, None)


async def test_a_region_without_facts_has_no_provisional_figures(api: IndicatorsApi) -> None:
    assert await beside(api) == {}


async def test_provisional_figures_are_asked_for_by_region_and_period(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/provisional-figures", params={"region": "620200"})
    is_problem(answer, 422, "validation.failed")
    assert pointers(answer) == ["query:period"]
