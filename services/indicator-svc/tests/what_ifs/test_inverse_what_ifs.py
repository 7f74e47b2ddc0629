"""The inverse over HTTP, on both databases."""

from typing import Any

import pytest

from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_observation
from shared.testing.outbox import facts_of

INVERSE = f"{API}/inverse-what-ifs"


def a_question(**changes: Any) -> dict[str, Any]:
    return {"scheme": "S-1", "period": "2022-Q2", "region": "620200", **changes}


async def a_field(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    await api.observe_all(an_observation("6.4"), an_observation("7.0", region="620100"), an_observation("5", region="620300"))


async def test_the_least_move_for_each_rank_is_told_and_nothing_is_written(api: IndicatorsApi, runtime: Runtime) -> None:
    await a_field(api)
    told = await facts_of(runtime.database)
    before = await api.read("scoreboards", scheme="S-1", period="2022-Q2")
    answer = await post(api.client, INVERSE, a_question(wanted_scores={"E02": "101"}))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    item = found["items"][0]
    assert (found["rank"], item["step"], item["value"], item["score"]) == (2, "0.1", "6.4", "80")
    assert [(each["steps"], each["value"]) for each in item["ranks"]] == [(6, "7"), (0, "6.4"), (0, "6.4")]
    assert (item["for_score"]["obstacle"], item["for_score"]["reason"]) == ("cap", "本项得分封顶，数值再好也达不到")
    assert "不是官方数据" in found["notice"]
    after = await api.read("scoreboards", scheme="S-1", period="2022-Q2")
    assert after["rows"] == before["rows"]
    assert await facts_of(runtime.database) == told


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scheme": "S-9"}, "scheme.not-in-force"),
        ({"period": "2022-Q3"}, "scoreboard.period-not-over"),
        ({"region": "620400"}, "what-if.region-not-ranked"),
        ({"region": "622900"}, "what-if.region-not-ranked"),
        ({"as_of": "2030-01-01T00:00:00+08:00"}, "what-if.as-of-in-future"),
        ({"steps": {"E99": "0.1"}}, "what-if.not-an-item"),
        ({"wanted_scores": {"E99": "1"}}, "what-if.not-an-item"),
        ({"steps": {"E02": "0"}}, "validation.failed"),
        ({"max_steps": 100_001}, "validation.failed"),
    ],
)
async def test_an_inverse_that_cannot_be_is_refused(api: IndicatorsApi, changes: dict[str, Any], code: str) -> None:
    await a_field(api)
    assert is_problem(await post(api.client, INVERSE, a_question(**changes)), 422, code)
