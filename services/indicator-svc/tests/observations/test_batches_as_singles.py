"""A batch ends as its items do when they come one by one, whatever stands twice in it and whatever of it fails."""

from random import Random
from typing import Any

import pytest

from shared.testing.http import post
from shared.testing.indicators_api import API, PEERS, IndicatorsApi

SOUND = {2018: "1000000", 2019: "1080000", 2020: "1170000", 2021: "1260000"}


TWINS = ("gdp_current", "retail_sales")
"""Two levels in the same unit, that the checks treat alike."""


def a_level(
    year: int, value: str | None, region: str = "620800", status: str = "final", indicator: str = "gdp_current"
) -> dict[str, Any]:
    figure = {"region": region, "indicator": indicator, "period": str(year), "publisher": "年鉴", "status": status}
    return figure | ({"value": value} if value is not None else {"value": None, "unknown_reason": "masked"})


def a_sound_past() -> list[dict[str, Any]]:
    return [a_level(year, value, region) for region in PEERS[2:9] for year, value in SOUND.items() if year < 2021]


async def states(api: IndicatorsApi, *, of: str = "620800") -> list[tuple[str, int, str | None, str]]:
    found = await api.listed("observations", region=of, indicator="gdp_current")
    return sorted((each["period"], each["revision"], each["value"], each["state"]) for each in found)


async def test_a_doubtful_figure_that_stands_twice_in_a_batch_is_not_in_force(api: IndicatorsApi) -> None:
    await api.observe_all(*a_sound_past())
    await api.observe_all(a_level(2021, "12600000"), a_level(2021, "12600000"))
    assert (await states(api))[-2:] == [("2021", 1, "12600000", "withdrawn"), ("2021", 2, "12600000", "held")]


async def test_a_sound_figure_stays_in_force_when_a_doubtful_one_follows_it_in_the_batch(api: IndicatorsApi) -> None:
    await api.observe_all(*a_sound_past())
    await api.observe_all(a_level(2021, "1260000", status="flash"), a_level(2021, "12600000"))
    assert (await states(api))[-2:] == [("2021", 1, "1260000", "accepted"), ("2021", 2, "12600000", "held")]


async def test_an_item_that_fails_leaves_the_held_figure_held_that_an_item_before_it_replaces(api: IndicatorsApi) -> None:
    await api.observe_all(*a_sound_past())
    await api.observe_all(a_level(2021, "12600000"))
    results = await api.observe_all(
        a_level(2021, "1260000"), a_level(2021, "1250000", status="flash"), a_level(2021, "1270000"), mode="each"
    )
    assert [each["status"] for each in results] == [201, 409, 201]
    assert [state for *_, state in (await states(api))[-3:]] == ["withdrawn", "accepted", "accepted"]


@pytest.mark.parametrize("mode", ["all", "each"])
async def test_a_fault_behind_a_repetition_is_named_at_its_place(api: IndicatorsApi, mode: str) -> None:
    items = [a_level(2021, "1260000"), a_level(2021, "1270000"), a_level(2021, "-1"), a_level(2021, "1280000")]
    answer = await api.client.post(
        "/api/indicator/v1/observations/batch", json={"mode": mode, "items": items}, headers={"Idempotency-Key": f'"{mode}"'}
    )
    if mode == "all":
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/items/2/value"]
        assert await states(api) == []
    else:
        assert [(each["index"], each["status"]) for each in answer.json()["results"]] == [(0, 201), (1, 201), (2, 422), (3, 201)]


@pytest.mark.parametrize("seed", range(4))
async def test_random_batches_end_as_their_items_do_one_by_one(api: IndicatorsApi, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test's own draw
    for _ in range(6):
        figures = [a_random_figure(chance) for _ in range(chance.randint(1, 9))]
        for figure in figures:
            await post(api.client, f"{API}/observations", {**figure, "indicator": TWINS[0]})
        await api.observe_all(*({**figure, "indicator": TWINS[1]} for figure in figures), mode="each")
        singles, batch = [await standing(api, indicator) for indicator in TWINS]
        assert batch == singles
    assert {"accepted", "held"} <= {state for *_, state in singles}


def a_random_figure(chance: Random) -> dict[str, Any]:
    year, region = chance.choice(list(SOUND)), chance.choice(PEERS[:2])
    sound = int(SOUND[year]) + chance.randint(-9, 9) * 1000
    value = chance.choice((str(sound), str(sound * 11), str(sound * 11), None))
    return a_level(year, value, region, chance.choice(("flash", "preliminary", "verified", "verified")))


async def standing(api: IndicatorsApi, indicator: str) -> list[tuple[str, str, int, str | None, str]]:
    found = await api.listed("observations", indicator=indicator)
    return sorted((each["region"], each["period"], each["revision"], each["value"], each["state"]) for each in found)
