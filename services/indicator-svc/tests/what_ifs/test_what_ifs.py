"""Kept what-ifs over HTTP, on both databases: computed anew, for their readers only, apart from the official figures."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_client, is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item, an_observation
from shared.testing.outbox import facts_of

WHAT_IFS = f"{API}/what-ifs"
NOBODY = "01890a5d-0000-7000-8000-000000000000"
EFFICACY = an_item(method="efficacy", params={})


def a_what_if(*changes: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    supposed = changes or (("620200", "E02", "11"),)
    return {
        "name": "规上工业冲一冲",
        "scheme": "S-1",
        "period": "2022-H1",
        "changes": [dict(zip(("region", "indicator", "value"), each, strict=True)) for each in supposed],
        **fields,
    }


@pytest.fixture
async def field(api: IndicatorsApi) -> IndicatorsApi:
    """Three cities by efficacy: 10, 6 and 2."""
    await api.publish(a_scheme(EFFICACY))
    await api.observe_all(an_observation("6"), an_observation("10", region="620100"), an_observation("2", region="620300"))
    return api


async def test_a_what_if_computes_best_worst_places_and_totals_anew(field: IndicatorsApi, runtime: Runtime) -> None:
    told, official = await facts_of(runtime.database), await field.read("scoreboards", scheme="S-1", period="2022-Q2")
    kept = await field.made("what-ifs", a_what_if(("620200", "E02", "18")))
    assert (kept["period"], kept["visibility"], kept["may"]["change"]["allowed"]) == ("2022-Q2", "private", True)
    found = await field.read(f"what-ifs/{kept['id']}/result")
    rows = {row["region"]: row for row in found["rows"]}
    own, first = rows["620200"], rows["620100"]
    assert (own["rank_before"], own["rank_after"], own["total_before"], own["total_after"]) == (2, 1, "80", "100")
    assert (first["rank_after"], first["total_after"], first["points_gained"]) == (2, "80", "-20")
    assert rows["620300"]["items"] == [], "the worst stays the worst"
    assert "不是官方数据" in kept["notice"]
    assert "不是官方数据" in found["notice"]
    assert (await field.read("scoreboards", scheme="S-1", period="2022-Q2"))["rows"] == official["rows"]
    assert await facts_of(runtime.database) == told


async def test_a_base_that_moved_since_is_said_and_the_result_stays_as_it_was(field: IndicatorsApi, clock: FakeClock) -> None:
    kept = await field.made("what-ifs", a_what_if())
    before = await field.read(f"what-ifs/{kept['id']}/result")
    clock.advance(timedelta(hours=1))
    await field.observe("7", status="verified")
    after = await field.read(f"what-ifs/{kept['id']}/result")
    assert (before["base_moved"], before["base_note"]) == (False, "")
    assert (after["base_moved"], after["rows"]) == (True, before["rows"])
    assert "已有变化" in after["base_note"]


async def test_a_private_what_if_is_for_its_author_and_a_shared_one_for_all_to_read(
    field: IndicatorsApi, app: FastAPI, runtime: Runtime
) -> None:
    kept = await field.made("what-ifs", a_what_if())
    where = f"{WHAT_IFS}/{kept['id']}"
    async with a_client(app, runtime.database, name="another") as other:
        assert is_problem(await other.get(where), 404, "what-if.not-found")
        assert is_problem(await other.get(f"{where}/result"), 404, "what-if.not-found")
        assert (await other.get(WHAT_IFS)).json()["items"] == []
        shared = await field.client.patch(where, json={"visibility": "shared"}, headers={"If-Match": '"v1"'})
        assert (shared.status_code, shared.headers["etag"]) == (200, '"v2"')
        assert (await other.get(f"{where}/result")).status_code == 200
        assert [each["id"] for each in (await other.get(WHAT_IFS)).json()["items"]] == [kept["id"]]
        read = {"If-Match": '"v2"'}
        assert is_problem(await other.patch(where, json={"name": "改名"}, headers=read), 403, "what-if.not-the-author")
        assert is_problem(await other.delete(where, headers=read), 403, "what-if.not-the-author")


async def test_a_what_if_is_changed_and_removed_by_the_version_that_was_read(field: IndicatorsApi) -> None:
    kept = await field.made("what-ifs", a_what_if())
    where = f"{WHAT_IFS}/{kept['id']}"
    client = field.client
    assert is_problem(await client.patch(where, json={"name": "改名"}), 428, "precondition.if-match-required")
    assert is_problem(await client.delete(where, headers={"If-Match": '"v9"'}), 412, "precondition.stale-version")
    bad = {"changes": a_what_if(("620200", "E01", "1"))["changes"]}
    assert is_problem(await client.patch(where, json=bad, headers={"If-Match": '"v1"'}), 422, "what-if.changes-faulty")
    assert (await client.delete(where, headers={"If-Match": '"v1"'})).status_code == 204
    assert is_problem(await client.get(where), 404, "what-if.not-found")


async def test_every_fault_of_the_changes_is_told_at_once(field: IndicatorsApi) -> None:
    changes = (("620200", "E01", "1"), ("622900", "E02", "1"), ("620200", "E02", "1"), ("620200", "E02", "2"))
    answer = await post(field.client, WHAT_IFS, a_what_if(*changes))
    assert is_problem(answer, 422, "what-if.changes-faulty")
    assert pointers(answer) == ["/changes/0", "/changes/1", "/changes/3"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scheme": "S-9"}, "scheme.not-in-force"),
        ({"period": "2022-Q3"}, "scoreboard.period-not-over"),
        ({"as_of": "2030-01-01T00:00:00+08:00"}, "what-if.as-of-in-future"),
        ({"changes": []}, "validation.failed"),
        ({"visibility": "everybody"}, "validation.failed"),
    ],
)
async def test_a_what_if_that_cannot_be_is_not_kept(field: IndicatorsApi, fields: dict[str, Any], code: str) -> None:
    assert is_problem(await post(field.client, WHAT_IFS, a_what_if(**fields)), 422, code)
    assert await field.listed("what-ifs", scheme="S-1") == []


async def test_a_what_if_that_nobody_made_is_not_found(field: IndicatorsApi) -> None:
    assert is_problem(await field.client.get(f"{WHAT_IFS}/{NOBODY}/result"), 404, "what-if.not-found")
    assert is_problem(await field.client.get(WHAT_IFS, params={"period": "Q2"}), 422, "validation.failed")
