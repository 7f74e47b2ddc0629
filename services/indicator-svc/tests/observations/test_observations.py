"""Observations over HTTP, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from indicator_svc.packaged import panel_figures, speech_figures
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_observation

OBSERVATIONS = f"{API}/observations"
NOBODY = "01890a5d-0000-7000-8000-000000000000"


def a_level(year: int, value: str, region: str = "620800", indicator: str = "gdp_current") -> dict[str, Any]:
    return {"region": region, "indicator": indicator, "period": str(year), "value": value, "publisher": "年鉴", "status": "final"}


async def held(api: IndicatorsApi, **query: Any) -> set[tuple[str, str, str]]:
    return {
        (each["indicator"], each["region"], each["period"]) for each in await api.listed("observations", state="held", **query)
    }


async def test_a_figure_is_recorded_with_all_that_is_said_of_it(api: IndicatorsApi) -> None:
    made = await api.observe("6.4", status="flash", published_at="2022-07-01T08:00:00+08:00")
    assert (made["value"], made["unit"], made["kind"], made["revision"], made["state"]) == ("6.4", "%", "growth", 1, "accepted")
    assert (made["period_end"], made["provenance"], made["recorded_by"]) == ("2022-06-30", "published", made["recorded_by"])
    assert (await api.read(f"observations/{made['id']}")).items() >= made.items()


@pytest.mark.parametrize("mask", ["*", "**", "＊", "1*.3"])
async def test_a_masked_figure_is_unknown_and_not_zero(api: IndicatorsApi, mask: str) -> None:
    made = await api.observe(mask)
    assert (made["value"], made["unknown_reason"], made["state"]) == (None, "masked", "accepted")


async def test_an_empty_figure_is_not_published(api: IndicatorsApi) -> None:
    assert (await api.observe(""))["unknown_reason"] == "not_published"


async def test_the_speechs_figures_are_unknown_and_its_impossible_periods_refused(api: IndicatorsApi) -> None:
    for figure in speech_figures()["observations"]:
        assert (await api.made("observations", figure))["unknown_reason"] == "masked"
    for figure in speech_figures()["contradictory"]:
        problem = is_problem(await post(api.client, OBSERVATIONS, figure), 422, "observation.period-in-future")
        assert "尚未结束" in problem["detail"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"region": "629900"}, 422, "validation.failed", "/region"),
        ({"indicator": "E99"}, 422, "indicator.unknown", "/indicator"),
        ({"period": "2022-M07"}, 422, "observation.period-in-future", "/period"),
        ({"period": "2022"}, 422, "observation.period-in-future", "/period"),
        ({"period": "2022-M01"}, 422, "observation.period-unknown", "/period"),
        ({"indicator": "E01", "period": "2022-M05"}, 422, "observation.period-unknown", "/period"),
        ({"period": "2022-M13"}, 422, "validation.failed", "/period"),
        ({"value": 6.4}, 422, "validation.failed", "/value"),
        ({"value": "1e3"}, 422, "validation.failed", "/value"),
        ({"value": "-100.01"}, 422, "observation.impossible-value", "/value"),
        ({"indicator": "gdp_current", "period": "2021", "value": "-1"}, 422, "observation.impossible-value", "/value"),
        ({"unit": "万元"}, 422, "observation.unit-mismatch", "/unit"),
        ({"kind": "level"}, 422, "observation.kind-mismatch", "/kind"),
        ({"published_at": "2022-07-01T09:00:01+08:00"}, 422, "observation.published-in-future", "/published_at"),
        ({"indicator": "gdp_current-growth", "period": "2021"}, 422, "observation.derived-indicator", "/indicator"),
        ({"colour": "red"}, 422, "validation.failed", "/colour"),
    ],
)
async def test_a_figure_that_cannot_be_is_refused(
    api: IndicatorsApi, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await post(api.client, OBSERVATIONS, an_observation(**changes))
    is_problem(answer, status, code)
    assert pointers(answer) == [pointer]
    assert await api.listed("observations") == []


@pytest.mark.parametrize("changes", [{"value": None}, {"value": "6.4", "unknown_reason": "masked"}])
async def test_a_figure_has_a_value_or_a_reason(api: IndicatorsApi, changes: dict[str, Any]) -> None:
    is_problem(await post(api.client, OBSERVATIONS, an_observation() | changes), 422, "validation.failed")
    assert await api.listed("observations") == []


async def test_the_same_stretch_of_the_year_is_one_period(api: IndicatorsApi) -> None:
    assert (await api.observe("5", indicator="E01", period="2022-H1"))["period"] == "2022-Q2"
    assert (await api.observe("5.1", indicator="E01", period="2022-Q2"))["revision"] == 2


async def test_a_correction_is_appended_and_the_earlier_figure_stays_readable(api: IndicatorsApi, clock: FakeClock) -> None:
    first = await api.observe("6.4")
    clock.advance(timedelta(hours=1))
    second = await api.observe("6.5", status="verified")
    assert (second["revision"], second["id"] == first["id"]) == (2, False)
    assert (await api.read(f"observations/{first['id']}")).items() >= first.items()
    known_then = await api.listed("observations", as_of="2022-07-01T09:30:00+08:00")
    assert [each["value"] for each in known_then] == ["6.4"]
    assert [each["value"] for each in await api.listed("observations", as_of="2022-07-01")] == ["6.4", "6.5"]


async def test_a_figure_is_read_as_it_stood_at_any_instant_with_who_decided_what(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.made("observations", a_level(2004, "100"))
    jump = await api.made("observations", a_level(2005, "500"))
    path, held_at = f"observations/{jump['id']}", clock.now().isoformat()
    clock.advance(timedelta(days=1))
    await api.made(f"{path}/confirmations", {"reason": "统计口径调整，已与省局核对"})
    now = await api.read(path)
    assert [(each["state"], each["by_person"]) for each in now["moves"]] == [("held", False), ("accepted", True)]
    assert (now["state"], now["moves"][-1]["reason"]) == ("accepted", "统计口径调整，已与省局核对")
    then = await api.read(path, as_of=held_at)
    assert (then["state"], len(then["moves"]), then["may"]["confirm"]["allowed"]) == ("held", 1, False), (
        "what may be done is said of now"
    )
    assert "500" in then["moves"][0]["reason"]
    is_problem(await api.client.get(f"{API}/{path}", params={"as_of": "2022-06-30"}), 404, "observation.not-found")


async def test_a_list_knows_the_state_of_then(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.made("observations", a_level(2004, "963426"))
    jump = await api.made("observations", a_level(2005, "4749203"))
    clock.advance(timedelta(hours=1))
    await api.made(f"observations/{jump['id']}/confirmations", {"reason": "已核对"})
    assert await held(api) == set()
    assert await held(api, as_of="2022-07-01T09:30:00+08:00") == {("gdp_current", "620800", "2005")}


async def test_a_figure_does_not_go_back_to_an_earlier_status(api: IndicatorsApi) -> None:
    await api.observe("6.4", status="final")
    answer = await post(api.client, OBSERVATIONS, an_observation("6.5", status="verified"))
    is_problem(answer, 409, "observation.status-went-back")
    assert (await api.observe("6.6", status="final"))["revision"] == 2


async def test_a_five_fold_jump_is_held_with_its_evidence(api: IndicatorsApi) -> None:
    await api.made("observations", a_level(2004, "963426"))
    made = await api.made("observations", a_level(2005, "4749203"))
    assert made["state"] == "held"
    assert [reason["rule"] for reason in made["held_because"]] == ["own-jump"]
    assert "4749203万元" in made["held_because"][0]["evidence"]
    assert made["may"]["confirm"]["allowed"]


@pytest.mark.parametrize("order", [(2004, 2005, 2006), (2006, 2005, 2004), (2005, 2004, 2006), (2005, 2006, 2004)])
async def test_the_same_figure_is_held_whatever_order_the_figures_come_in(api: IndicatorsApi, order: tuple[int, ...]) -> None:
    values = {2004: "963426", 2005: "4749203", 2006: "1255928"}
    for year in order:
        await api.made("observations", a_level(year, values[year]))
    assert await held(api) == {("gdp_current", "620800", "2005")}


async def test_the_real_panel_is_held_where_it_is_wrong(api: IndicatorsApi) -> None:
    results = await api.observe_all(*panel_figures())
    assert {each["status"] for each in results} == {201}
    assert len(results) == 884
    found = await held(api)
    assert {each for each in found if each[1:] == ("620800", "2005")} == {
        (measure, "620800", "2005") for measure in ("gdp_current", "tertiary_share", "fiscal_revenue_to_gdp")
    }
    assert len({each for each in found if each[1:] == ("620200", "2012")}) == 13, "the whole row is another city's"
    assert len(found) == 3 + 13 + 30
    assert await held(api, indicator="retail_sales") == {("retail_sales", "620200", "2012")}


async def test_a_second_load_of_the_panel_holds_the_same_figures(api: IndicatorsApi) -> None:
    figures = [each for each in panel_figures() if each["indicator"] in ("gdp_current", "retail_sales")]
    await api.observe_all(*figures)
    first = await held(api)
    await api.observe_all(*figures)
    assert await held(api) == first


async def test_a_confirmed_figure_is_used_and_not_doubted_again(api: IndicatorsApi) -> None:
    await api.made("observations", a_level(2004, "100"))
    jump = await api.made("observations", a_level(2005, "500"))
    confirmed = await api.made(f"observations/{jump['id']}/confirmations", {"reason": "统计口径调整，已与省局核对"})
    assert (confirmed["state"], confirmed["may"]["confirm"]["allowed"]) == ("accepted", False)
    assert (await api.made("observations", a_level(2006, "510")))["state"] == "accepted"
    assert await held(api) == set()


async def test_a_withdrawn_figure_leaves_the_others_to_be_judged_without_it(api: IndicatorsApi) -> None:
    wrong = await api.made("observations", a_level(2004, "10"))
    right = await api.made("observations", a_level(2005, "100"))
    assert right["state"] == "held"
    await api.made(f"observations/{wrong['id']}/withdrawals", {"reason": "单位填错"})
    assert (await api.read(f"observations/{right['id']}"))["state"] == "accepted"


async def test_a_held_figure_gives_way_to_a_later_revision(api: IndicatorsApi) -> None:
    await api.made("observations", a_level(2004, "963426"))
    wrong = await api.made("observations", a_level(2005, "4749203"))
    corrected = await api.made("observations", a_level(2005, "1103000"))
    assert (corrected["state"], corrected["revision"]) == ("accepted", 2)
    assert (await api.read(f"observations/{wrong['id']}"))["state"] == "withdrawn"


Make = Callable[[IndicatorsApi], Awaitable[str]]


async def accepted(api: IndicatorsApi) -> str:
    return str((await api.observe())["id"])


async def held_one(api: IndicatorsApi) -> str:
    await api.made("observations", a_level(2004, "100"))
    return str((await api.made("observations", a_level(2005, "500")))["id"])


async def withdrawn(api: IndicatorsApi) -> str:
    made = await accepted(api)
    await api.made(f"observations/{made}/withdrawals", {"reason": "报错"})
    return made


@pytest.mark.parametrize(
    ("make", "act", "status"),
    [
        (accepted, "confirmations", 409),
        (held_one, "confirmations", 201),
        (withdrawn, "confirmations", 409),
        (accepted, "withdrawals", 201),
        (held_one, "withdrawals", 201),
        (withdrawn, "withdrawals", 409),
    ],
)
async def test_a_figure_moves_only_where_it_may(api: IndicatorsApi, make: Make, act: str, status: int) -> None:
    made = await make(api)
    before = await api.read(f"observations/{made}")
    answer = await post(api.client, f"{OBSERVATIONS}/{made}/{act}", {"reason": "核对"})
    assert answer.status_code == status
    if status == 409:
        is_problem(answer, 409, "observation.illegal-move")
        assert await api.read(f"observations/{made}") == before


@pytest.mark.parametrize("path", [f"/{NOBODY}/confirmations", f"/{NOBODY}/withdrawals"])
async def test_an_act_on_nothing_finds_nothing(client: httpx.AsyncClient, path: str) -> None:
    problem = is_problem(await post(client, OBSERVATIONS + path, {"reason": "核对"}), 404, "observation.not-found")
    assert problem["detail"]


async def test_a_figure_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(f"{OBSERVATIONS}/{NOBODY}"), 404, "observation.not-found")


async def test_a_day_that_does_not_exist_is_refused(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(OBSERVATIONS, params={"as_of": "2022-02-31"}), 422, "as-of.malformed")


@pytest.mark.parametrize("as_of", ["2022-07-02", "2022-07-01T09:00:01+08:00"])
async def test_the_future_cannot_be_known(client: httpx.AsyncClient, as_of: str) -> None:
    assert is_problem(await client.get(OBSERVATIONS, params={"as_of": as_of}), 422, "as-of.in-future")


@pytest.mark.parametrize(
    "query", [{"state": "odd"}, {"as_of": "yesterday"}, {"region": "1"}, {"sort": "value"}, {"colour": "red"}]
)
async def test_a_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await client.get(OBSERVATIONS, params=query)).status_code == 422


async def test_a_batch_with_a_fault_writes_nothing_and_names_every_one(api: IndicatorsApi) -> None:
    items = [an_observation(), an_observation(period="2022-M07"), an_observation(region="629900", value="x")]
    answer = await post(api.client, f"{OBSERVATIONS}/batch", {"mode": "all", "items": items})
    is_problem(answer, 422, "batch.refused")
    assert {"/items/1/period", "/items/2/region", "/items/2/value"} == set(pointers(answer))
    assert await api.listed("observations") == []


async def test_each_by_itself_the_good_ones_of_a_batch_are_written(api: IndicatorsApi) -> None:
    results = await api.observe_all(
        an_observation(), an_observation(period="2022-M07"), an_observation("*", region="620100"), mode="each"
    )
    assert [each["status"] for each in results] == [201, 422, 201]
    assert [each["region"] for each in await api.listed("observations")] == ["620100", "620200"]


async def test_a_figure_known_only_later_does_not_change_the_board_of_then(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4")
    clock.advance(timedelta(days=2))
    await api.observe("8", status="verified")
    assert (await api.row("620200"))["total"] == "100"
    assert (await api.row("620200", as_of="2022-07-01"))["total"] == "80"
