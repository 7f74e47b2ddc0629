"""Reporting windows over HTTP and the watch over their closings, on both databases."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest

from indicator_svc.windows.watch import watch_windows
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.outbox import facts_of

HOME = "620200"
WINDOW = "reporting-windows/204-1-industry/2022-M06"
NOTICE: dict[str, Any] = {
    "opens_at": "2022-07-01T00:00:00+08:00",
    "closes_at": "2022-07-11T00:00:00+08:00",
    "document": "甘统字〔2022〕18号",
    "issued_on": "2022-07-01",
    "reason": "系统升级",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-{text}:00+08:00")


async def look(runtime: Runtime, clock: FakeClock, *moments: str) -> None:
    for moment in moments:
        clock.set(at(moment))
        await watch_windows(runtime.database, HOME)


async def told(runtime: Runtime) -> list[tuple[str, int | None, int | None]]:
    """(fact, days left, how many figures are missing) of the window of industry for June, in order."""
    mine = [each for each in await facts_of(runtime.database) if each.get("table") == "204-1-industry"]
    return [(each["fact"], each.get("days_left"), len(each["missing"]) if "missing" in each else None) for each in mine]


async def test_a_closing_is_told_at_each_mark_and_once(runtime: Runtime, clock: FakeClock) -> None:
    await look(runtime, clock, "07-01T11:59", "07-01T12:00", "07-01T12:01", "07-05T11:59", "07-05T12:00", "07-04T08:00")
    await look(runtime, clock, "07-07T12:00", "07-05T12:00", "07-08T11:59", "07-08T12:00", "07-08T12:01", "07-20T00:00")
    closings = [("window-closing", days, 2) for days in (7, 3, 1)]
    assert await told(runtime) == [*closings, ("window-closed", None, 2)]


async def test_watches_side_by_side_tell_a_mark_once(runtime: Runtime, clock: FakeClock) -> None:
    await look(runtime, clock, "07-01T09:00")
    clock.set(at("07-05T12:00"))
    await asyncio.gather(*(watch_windows(runtime.database, HOME) for _ in range(4)))
    assert await told(runtime) == [("window-closing", 3, 2)]


async def test_what_closed_before_the_watch_began_is_history(runtime: Runtime, clock: FakeClock) -> None:
    await look(runtime, clock, "07-09T09:00", "07-10T09:00")
    assert await told(runtime) == []
    await look(runtime, clock, "07-01T09:00", "07-05T12:00")
    assert await told(runtime) == [("window-closing", 3, 2)], "the clock had run ahead when the watch began"


async def test_a_list_shrinks_as_figures_come_and_its_end_is_told(api: IndicatorsApi, runtime: Runtime, clock: FakeClock) -> None:
    await look(runtime, clock, "07-05T12:00")
    await api.observe("6.4")
    detail = await api.read(WINDOW)
    assert [(each["indicator"], each["why"], each["period"]) for each in detail["missing"]] == [("L10", "missing", "2022-M06")]
    await look(runtime, clock, "07-06T12:00")
    await api.observe(None, indicator="L10", unknown_reason="not_published")
    await look(runtime, clock, "07-06T13:00", "07-06T14:00", "07-07T12:00")
    assert await told(runtime) == [("window-closing", 3, 2), ("window-filled", None, None), ("window-closing", 1, 0)]
    detail = await api.read(WINDOW)
    assert detail["missing"] == []
    assert [(mark["mark"], mark["missing"], mark["filled_at"] is not None) for mark in detail["marks"]] == [
        ("t-3", 2, True),
        ("t-1", 0, False),
    ]
    assert len((await api.read(WINDOW, as_of="2022-07-05"))["missing"]) == 1
    assert len((await api.read(WINDOW, as_of="2022-07-04"))["missing"]) == 2


async def test_a_closing_that_a_notice_moved_is_watched_afresh_and_back_again_is_not(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    await look(runtime, clock, "07-01T09:00", "07-05T12:00")
    made = await api.made(f"{WINDOW}/revisions", NOTICE)
    assert (made["number"], made["closes_at"]) == (1, "2022-07-11T00:00:00+08:00")
    await look(runtime, clock, "07-05T12:01", "07-08T00:00")
    await api.made(f"{WINDOW}/revisions", NOTICE | {"closes_at": "2022-07-08T12:00:00+08:00"})
    await look(runtime, clock, "07-05T12:00", "07-07T12:00")
    assert await told(runtime) == [
        ("window-closing", 3, 2),
        ("window-rescheduled", None, None),
        ("window-closing", 7, 2),
        ("window-closing", 3, 2),
        ("window-rescheduled", None, None),
        ("window-closing", 1, 2),
    ]
    clock.set(at("07-08T01:00"))
    detail = await api.read(WINDOW)
    assert (detail["closes_at"], detail["document"], len(detail["revisions"])) == (
        "2022-07-08T12:00:00+08:00",
        "甘统字〔2022〕18号",
        2,
    )


async def test_the_open_windows_and_the_next_ones_are_shown_with_the_time_that_is_left(
    api: IndicatorsApi, clock: FakeClock
) -> None:
    clock.set(at("07-05T13:00"))
    shown = await api.read("reporting-windows")
    mine = next(each for each in shown["open"] if each["table"] == "204-1-industry")
    assert (mine["state"], mine["left_said"], mine["seconds_left"]) == ("open", "距关网2天23小时", 3 * 86400 - 3600)
    assert {each["table"] for each in shown["open"]} == {"206-1", "206-2", "206-new", "204-1-industry", "204-1-trade", "205-5"}
    upcoming = {each["table"]: each["period"] for each in shown["upcoming"]}
    assert (upcoming["204-1-industry"], upcoming["202-1"], upcoming["206-2"]) == ("2022-M07", "2022-Q3", "2022-M08")
    before = await api.read("reporting-windows", as_of="2022-06-30T23:59:59+08:00", table="204-1-industry")
    assert (before["open"], [each["period"] for each in before["upcoming"]]) == ([], ["2022-M06"])


async def test_at_the_beginning_of_the_calendar_there_are_only_windows_of_years_that_can_be_named(api: IndicatorsApi) -> None:
    nothing = await api.read("reporting-windows", as_of="1900-01-01")
    first = await api.read("reporting-windows", as_of="1950-01-02")
    assert (nothing["open"], nothing["upcoming"]) == ([], [])
    assert {each["period"] for each in first["upcoming"]} >= {"1950-M02"}


async def test_a_quarter_without_a_default_gets_its_window_by_notice(api: IndicatorsApi, client: httpx.AsyncClient) -> None:
    path = "reporting-windows/202-1/2021-Q4"
    is_problem(await client.get(f"{API}/{path}"), 404, "window.unknown")
    await api.made(f"{path}/revisions", NOTICE)
    assert (await api.read(path))["state"] == "open"


async def test_tables_and_release_days_name_their_sources(client: httpx.AsyncClient) -> None:
    tables = {each["code"]: each for each in (await client.get(f"{API}/reporting-tables")).json()}
    assert (tables["206-2"]["basis"], tables["204-1-trade"]["indicators"]) == ("S19", ["E04"])
    days = (await client.get(f"{API}/release-days", params={"year": 2023})).json()
    merged = [each["released_on"] for each in days if each["statistic"] == "industry" and each["period"] == "2023-M02"]
    assert (len(days), merged) == (27, ["2023-03-15"])


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("reporting-windows", {"table": "999"}, 422),
        ("reporting-windows", {"as_of": "2022-07-02"}, 422),
        ("reporting-windows/999/2022-M06", {}, 404),
        ("reporting-windows/206-1/2022-M01", {}, 422),
        ("reporting-windows/206-1/2022-Q2", {}, 422),
        ("reporting-windows/206-1/2022-M06", {"region": "1"}, 422),
        ("reporting-tables", {"on": "tomorrow"}, 422),
        ("release-days", {"year": "x"}, 422),
    ],
)
async def test_a_read_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, path: str, query: dict[str, str], status: int
) -> None:
    assert (await client.get(f"{API}/{path}", params=query)).status_code == status


@pytest.mark.parametrize(
    ("path", "changes", "status", "code"),
    [
        (WINDOW, {"closes_at": NOTICE["opens_at"]}, 422, "window.closes-before-opening"),
        (WINDOW, {"issued_on": "2022-07-02"}, 422, "window.notice-in-future"),
        (WINDOW, {"document": ""}, 422, "validation.failed"),
        ("reporting-windows/999/2022-M06", {}, 404, "window.table-unknown"),
        ("reporting-windows/206-1/2022-M01", {}, 422, "window.period-not-reported"),
    ],
)
async def test_a_notice_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, path: str, changes: dict[str, str], status: int, code: str
) -> None:
    assert is_problem(await post(client, f"{API}/{path}/revisions", NOTICE | changes), status, code)
