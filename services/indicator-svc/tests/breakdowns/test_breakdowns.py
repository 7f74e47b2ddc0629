"""Sub-tasks and breakdowns over HTTP, on both databases."""

from typing import Any

import httpx
import pytest

from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

NOBODY = "01890a5d-0000-7000-8000-000000000000"
SAID = {"by": "市商务局 张某"}


def a_task(claim: str, **changes: Any) -> dict[str, Any]:
    body = {"claim": claim, "department": "市商务局", "title": "新增限上企业", "due_on": "2022-09-30"}
    return body | {"target": "120", "unit": "户", "additive": True} | changes


async def a_claim(api: IndicatorsApi, accepted: bool = True) -> str:
    """The claim of an item with a target of 200 % for the year."""
    await api.publish(a_scheme(an_item(indicator="L01", method="pace", params={"target": "200"})))
    offer = {"scheme": "S-1", "indicator": "L01", "lead_department": "市人社局", "portfolio": "VM-SOC", "by": "李某"}
    claim = await api.made("claims", offer)
    if accepted:
        await api.made(f"claims/{claim['id']}/acceptances", {"by": "市人社局 周某"})
    identity: str = claim["id"]
    return identity


async def test_a_breakdown_is_shown_beside_the_items_target_and_not_forced(api: IndicatorsApi) -> None:
    claim = await a_claim(api)
    await api.made("sub-tasks", a_task(claim, unit="%", target="120"))
    await api.made("sub-tasks", a_task(claim, unit="%", target="60.5", department="市农业农村局"))
    await api.made("sub-tasks", a_task(claim, unit="%", target="3", additive=False))
    shown = await api.read(f"breakdowns/{claim}")
    assert (shown["unit"], shown["item_target"], shown["difference"]) == ("%", "200", "-19.5")
    assert shown["sums"] == [{"unit": "%", "tasks": 2, "target": "180.5", "reported": None}]


async def test_progress_is_reported_until_the_task_is_done(api: IndicatorsApi) -> None:
    task = await api.made("sub-tasks", a_task(await a_claim(api)))
    path = f"sub-tasks/{task['id']}/progress-reports"
    half = await api.made(path, SAID | {"value": "40"})
    assert (half["state"], half["reported"], half["completed_share"]) == ("open", "40", "33.33")
    unknown = await api.made(path, SAID | {"value": None, "note": "数据未出"})
    assert (unknown["reported"], unknown["completed_share"]) == (None, None)
    done = await api.made(path, SAID | {"value": "120", "done": True})
    assert (done["state"], done["completed_share"], len(done["reports"])) == ("done", "100", 3)
    late = await post(api.client, f"{API}/{path}", SAID | {"value": "121"})
    assert is_problem(late, 409, "sub-task.illegal-move")


async def test_a_withdrawn_task_counts_no_longer_and_stays_on_record(api: IndicatorsApi) -> None:
    claim = await a_claim(api)
    task = await api.made("sub-tasks", a_task(claim))
    await api.made(f"sub-tasks/{task['id']}/withdrawals", SAID | {"reason": "并入他项"})
    assert (await api.read(f"breakdowns/{claim}"))["sums"] == []
    kept = await api.listed("sub-tasks", claim=claim, state="withdrawn")
    assert [(each["id"], each["reports"][0]["note"]) for each in kept] == [(task["id"], "并入他项")]


async def test_a_change_wants_the_version_that_it_is_based_on(api: IndicatorsApi) -> None:
    where = f"{API}/sub-tasks/{(await api.made('sub-tasks', a_task(await a_claim(api))))['id']}"
    is_problem(await api.client.patch(where, json={"target": None}), 428, "precondition.if-match-required")
    stale = await api.client.patch(where, json={"target": None}, headers={"If-Match": '"v9"'})
    is_problem(stale, 412, "precondition.stale-version")
    etag = (await api.client.get(where)).headers["etag"]
    changed = await api.client.patch(where, json={"target": None, "title": "改名"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["target"], changed.json()["title"]) == (200, None, "改名")


async def test_only_who_holds_an_item_breaks_it_down(api: IndicatorsApi) -> None:
    claim = await a_claim(api, accepted=False)
    is_problem(await post(api.client, f"{API}/sub-tasks", a_task(claim)), 409, "claim.not-accepted")
    await api.made(f"claims/{claim}/acceptances", {"by": "市人社局 周某"})
    task = await api.made("sub-tasks", a_task(claim))
    successor = {"by": "李某", "reason": "职责调整", "lead_department": "市商务局", "portfolio": "VM-COMM"}
    await api.made(f"claims/{claim}/transfers", successor)
    answer = await post(api.client, f"{API}/sub-tasks/{task['id']}/progress-reports", SAID | {"value": "1"})
    assert is_problem(answer, 409, "claim.not-accepted")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sub-tasks", a_task(NOBODY)),
        (f"sub-tasks/{NOBODY}/progress-reports", SAID | {"value": None}),
        (f"sub-tasks/{NOBODY}/withdrawals", SAID | {"reason": "误设"}),
    ],
)
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    assert (await post(client, f"{API}/{path}", body)).status_code == 404


@pytest.mark.parametrize("path", [f"sub-tasks/{NOBODY}", f"breakdowns/{NOBODY}"])
async def test_a_read_of_what_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{API}/{path}")).status_code == 404


async def test_a_sub_task_of_two_departments_and_an_odd_list_are_refused(api: IndicatorsApi) -> None:
    claim = await a_claim(api)
    answer = await post(api.client, f"{API}/sub-tasks", a_task(claim, department="甲局、乙局"))
    is_problem(answer, 422, "department.not-one")
    assert (await api.client.get(f"{API}/sub-tasks", params={"state": "lost"})).status_code == 422
