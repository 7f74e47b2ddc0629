"""Changes between two instants over HTTP, on both databases."""

from datetime import timedelta

import httpx
import pytest

from shared.testing.clock import FakeClock
from shared.testing.http import is_problem
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

CHANGES = f"{API}/board-changes"
RANKED = an_item(method="rank", params={"step": "0.1"})


async def test_what_changed_since_the_last_meeting_adds_up(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.publish(a_scheme(RANKED))
    await api.observe("6.4")
    await api.observe("7", region="620100")
    clock.advance(timedelta(days=1))
    await api.observe("7.5", status="verified")
    await api.observe("9", region="620300")
    changes = await api.read("board-changes", scheme="S-1", period="2022-H1", since="2022-07-01")
    assert (changes["period"], changes["edition_before"], changes["edition_after"]) == ("2022-Q2", 1, 1)
    home = next(row for row in changes["rows"] if row["region"] == "620200")
    assert (home["before"], home["after"], home["delta"]) == ("90", "90", "0")
    assert home["causes"] == {"scheme": "0", "revision": "10", "own_value": "0", "others": "-10"}
    assert home["ranks"] == {"before": 2, "scheme": 2, "revision": 1, "own_value": 1, "after": 2}
    assert [(item["indicator"], item["value_before"], item["value_after"]) for item in home["items"]] == [("E02", "6.4", "7.5")]
    assert home["explanation"].startswith("嘉峪关市：总分由90到90（0），名次保持第2位；其中本市数据修订+10、其他地区变动-10")
    pending = next(row for row in changes["rows"] if row["region"] == "620400")
    assert (pending["delta"], pending["causes"]) == (None, None)


async def test_a_new_edition_is_a_cause_of_its_own(api: IndicatorsApi, clock: FakeClock) -> None:
    await api.publish(a_scheme())
    await api.observe("6")
    clock.advance(timedelta(days=1))
    await api.publish(a_scheme(an_item(params={"target": "6"})))
    changes = await api.read(
        "board-changes", scheme="S-1", period="2022-Q2", since="2022-07-01", until="2022-07-02T09:00:00+08:00"
    )
    home = next(row for row in changes["rows"] if row["region"] == "620200")
    assert home["causes"] == {"scheme": "25", "revision": "0", "own_value": "0", "others": "0"}
    assert "评价办法调整+25" in home["explanation"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"since": "2022-06-30"}, "scheme.not-in-force"),
        ({"since": "2022-07-01", "until": "2022-06-30"}, "change.instants-reversed"),
        ({"since": "2022-07-01", "until": "2023-01-01"}, "as-of.in-future"),
        ({"since": "2022-07-01", "period": "2022-M05"}, "scoreboard.period-not-evaluated"),
        ({"since": "yesterday"}, "validation.failed"),
        ({}, "validation.failed"),
    ],
)
async def test_a_comparison_that_cannot_be_is_refused(api: IndicatorsApi, query: dict[str, str], code: str) -> None:
    await api.publish(a_scheme())
    answer = await api.client.get(CHANGES, params={"scheme": "S-1", "period": "2022-Q2", **query})
    assert is_problem(answer, 422, code)


async def test_nobody_compares_without_a_key(client: httpx.AsyncClient) -> None:
    answer = await client.get(CHANGES, headers={"Authorization": ""})
    assert is_problem(answer, 401, "auth.invalid-key")
