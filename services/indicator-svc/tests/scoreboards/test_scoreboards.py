"""Scoreboards over HTTP, kept boards and what is told of them, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from indicator_svc.packaged import panel_figures, scheme
from indicator_svc.schemes.definition import read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.service import recompute_stale
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item, an_observation
from shared.testing.outbox import facts_of

SCOREBOARDS = f"{API}/scoreboards"
NOBODY = "01890a5d-0000-7000-8000-000000000000"
Work = Callable[[], Awaitable[list[dict[str, Any]]]]


def boards_told(facts: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(fact["period"], fact["scheme_version"]) for fact in facts if fact["fact"] == "scoreboard-computed"]


async def test_a_board_ranks_who_has_a_figure_and_leaves_the_others_pending(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    await api.observe_all(an_observation("6.4"), an_observation("8", region="620100"), an_observation("*", region="620300"))
    board = await api.read("scoreboards", scheme="S-1", period="2022-H1")
    first, second = board["rows"][:2]
    assert (first["region"], first["rank"], first["published"], first["region_name"]) == ("620100", 1, "100.00", "兰州市")
    assert (second["region"], second["rank"], second["total"], second["main"]) == ("620200", 2, "80", "80")
    assert {row["rank_state"] for row in board["rows"][2:]} == {"pending"}
    assert board["period"] == "2022-Q2"


async def test_every_score_carries_its_inputs_parameters_and_sources(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    figure = await api.observe("6.4")
    item = (await api.row("620200"))["items"][0]
    assert (item["params"], item["inputs"]["x"], item["sources"]) == ({"target": "8"}, "6.4", [figure["id"]])
    assert "完成率80%" in item["explanation"]
    assert (item["method"], item["target"], item["provenance"], item["figure_period"]) == ("target", "8", "published", "2022-M06")


async def test_a_held_figure_is_pending_until_it_is_confirmed(api: IndicatorsApi) -> None:
    await api.publish(
        a_scheme(
            an_item(indicator="gdp_current", method="linear", params={"full": "1000"}),
            year=2005,
            through_year=2006,
            evaluated="Y",
        )
    )
    level = {"indicator": "gdp_current", "status": "final"}
    await api.observe("100", period="2004", **level)
    jump = await api.observe("500", period="2005", **level)
    pending = await api.row("620200", period="2005")
    assert (pending["total"], pending["items"][0]["explanation"]) == (None, "数值异常，待确认，本项待定。")
    await api.made(f"observations/{jump['id']}/confirmations", {"reason": "已核对"})
    assert (await api.row("620200", period="2005"))["total"] == "50"


async def test_the_real_panel_makes_boards_with_its_errors_pending(api: IndicatorsApi, work: Work) -> None:
    await api.publish(scheme("panel-gansu"))
    await api.observe_all(*panel_figures())
    assert [period for period, _ in boards_told(await work())] == ["2005", "2006", "2007", "2008"]
    board = await api.read("scoreboards", scheme="PANEL-GANSU", period="2005")
    rows = {row["region"]: row for row in board["rows"]}
    assert rows["620800"]["rank_state"] == "pending"
    assert "gdp_current-growth" in rows["620800"]["pending"]
    assert {rows[region]["items"][0]["availability"] for region in ("622900", "623000")} == {"missing"}
    assert sorted(row["rank"] for row in rows.values() if row["rank"] is not None) == list(range(1, 12))
    assert rows["620200"]["items"][0]["provenance"] == "derived"
    next_year = await api.row("620800", scheme="PANEL-GANSU", period="2006")
    assert "gdp_current-growth" in next_year["pending"], "growth over a doubtful level is as doubtful"
    assert (await api.row("620800", scheme="PANEL-GANSU", period="2007"))["rank_state"] == "ranked"


def figures_of_the_half_year(city: dict[str, Any]) -> list[dict[str, Any]]:
    """A figure for all that CITY-31 looks at and that is out by the half of the year, for each city, each a little better."""
    scheme = read_scheme(("id", "CITY-31", 1), SchemeIn.model_validate(city).definition())
    codes = sorted(code for code in scheme.needs if not code.startswith("B05"))
    places = list(enumerate((*scheme.peers, scheme.province), start=1))
    return [
        an_observation(str(place), region=region, indicator=code, period="2022-Q2") for code in codes for place, region in places
    ]


async def test_the_31_item_scheme_ranks_its_cities_at_the_half_of_the_year(api: IndicatorsApi) -> None:
    """What comes out once a year (the commendations of B05) must not keep a quarterly board pending until December."""
    await api.publish(scheme("city-31"))
    await api.observe_all(*figures_of_the_half_year(scheme("city-31")))
    board = await api.read("scoreboards", scheme="CITY-31", period="2022-H1")
    assert sorted(row["rank"] for row in board["rows"]) == list(range(1, 15))
    home = next(row for row in board["rows"] if row["region"] == "620200")
    assert (home["pending"], home["weight_scored"]) == ([], "100")
    skipped = [item["indicator"] for item in home["items"] if item["availability"] == "not_due"]
    assert skipped == ["B05"]
    assert home["warnings"] == ["1项指标本期尚未到发布期（B05），各地区均不评价"]


async def test_a_new_figure_tells_of_a_changed_board_once(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    assert boards_told(await work()) == []
    await api.observe("6.4")
    assert boards_told(await work()) == [("2022-Q2", 1)]
    assert await work() == []
    await api.observe("6.4", status="verified")
    told = await work()
    assert len(boards_told(told)) == 1, "the sources of the score are new"
    await api.observe("9", period="2022-M03")
    assert boards_told(await work()) == [("2022-Q1", 1)]


async def test_a_figure_between_the_boards_changes_only_the_boards_that_exist(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4", period="2022-M05")
    assert boards_told(await work()) == []


async def test_publishing_computes_the_boards_for_which_there_are_figures(api: IndicatorsApi, work: Work) -> None:
    await api.observe("6.4")
    await work()
    await api.publish(a_scheme())
    assert boards_told(await work()) == [("2022-Q2", 1)]
    await api.publish(a_scheme(an_item(params={"target": "6"})))
    assert boards_told(await work()) == [("2022-Q2", 2)]


async def test_a_kept_board_is_told_once_however_often_it_is_asked_for(api: IndicatorsApi, runtime: Runtime) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    made = await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    again = await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    assert (again["id"], again["version"]) == (made["id"], made["version"])
    assert await api.read(f"scoreboards/{made['id']}") == made
    told = await facts_of(runtime.database)
    assert boards_told(told) == [("2022-Q2", 1)]
    assert told[0]["rows"][0] == {"region": "620200", "total": "80", "rank": 1, "rank_state": "ranked"}


async def test_two_workers_at_once_tell_of_a_board_once(api: IndicatorsApi, runtime: Runtime) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    await api.observe("7", region="620100")
    await asyncio.gather(*(recompute_stale(runtime.database, "620200") for _ in range(4)), return_exceptions=True)
    await recompute_stale(runtime.database, "620200")
    told = await facts_of(runtime.database)
    assert len({str(fact["rows"]) for fact in told}) == len(told), "no board is told twice"
    assert told[-1]["rows"][0]["region"] == "620100"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"scheme": "S-9", "period": "2022-Q2"}, 422, "scheme.not-in-force"),
        ({"scheme": "S-1", "period": "2022-Q2", "as_of": "2022-06-30"}, 422, "scheme.not-in-force"),
        ({"scheme": "S-1", "period": "2022-M05"}, 422, "scoreboard.period-not-evaluated"),
        ({"scheme": "S-1", "period": "2021-Q2"}, 422, "scoreboard.period-not-evaluated"),
        ({"scheme": "S-1", "period": "2022-Q3"}, 422, "scoreboard.period-not-over"),
        ({"scheme": "S-1", "period": "2022-Q2", "as_of": "2023-01-01"}, 422, "as-of.in-future"),
        ({"scheme": "S-1"}, 422, "validation.failed"),
        ({"scheme": "S-1", "period": "Q2"}, 422, "validation.failed"),
    ],
)
async def test_a_board_that_cannot_be_is_refused(api: IndicatorsApi, query: dict[str, str], status: int, code: str) -> None:
    await api.publish(a_scheme())
    assert is_problem(await api.client.get(SCOREBOARDS, params=query), status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"scheme": "S-9", "period": "2022-Q2"}, 422, "scheme.not-in-force"),
        ({"scheme": "S-1", "period": "2022-Q3"}, 422, "scoreboard.period-not-over"),
        ({"scheme": "S-1"}, 422, "validation.failed"),
    ],
)
async def test_a_board_that_cannot_be_is_not_kept(
    api: IndicatorsApi, runtime: Runtime, body: dict[str, str], status: int, code: str
) -> None:
    await api.publish(a_scheme())
    is_problem(await post(api.client, SCOREBOARDS, body), status, code)
    assert await facts_of(runtime.database) == []


async def test_a_board_that_was_never_kept_is_not_found(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(f"{SCOREBOARDS}/{NOBODY}"), 404, "scoreboard.not-found")


async def test_a_kept_board_is_read_as_it_was_on_a_day(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    made = await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    clock.advance(timedelta(days=1))
    await api.observe("8", status="verified")
    await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    now, then = await api.read(f"scoreboards/{made['id']}"), await api.read(f"scoreboards/{made['id']}", as_of="2022-07-01")
    assert (now["rows"][0]["total"], then["rows"][0]["total"], then["id"]) == ("100", "80", made["id"])
    answer = await api.client.get(f"{SCOREBOARDS}/{made['id']}", params={"as_of": "2022-06-30"})
    assert is_problem(answer, 422, "scheme.not-in-force")


async def test_a_kept_board_says_that_it_is_stale_until_a_worker_comes_to_it(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    kept = await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    assert (await api.read(f"scoreboards/{kept['id']}"))["stale"] is False, "it was computed with the figure that waits"
    await api.observe("7.0", region="620300")
    stale = await api.read(f"scoreboards/{kept['id']}")
    assert (stale["stale"], stale["rows"]) == (True, kept["rows"])
    await work()
    again = await api.read(f"scoreboards/{kept['id']}")
    assert again["stale"] is False
    assert again["rows"] != kept["rows"]


async def test_a_kept_board_says_that_a_new_edition_of_its_scheme_waits(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    kept = await api.made("scoreboards", {"scheme": "S-1", "period": "2022-Q2"})
    await work()
    await api.publish(a_scheme(an_item(params={"target": "6"})))
    assert (await api.read(f"scoreboards/{kept['id']}"))["stale"] is True
    await work()
    assert (await api.read(f"scoreboards/{kept['id']}"))["stale"] is False
