"""Receivers over HTTP, on both databases."""

from typing import Any

import httpx
import pytest

from alert_svc.endpoints.service import purge_expired_secrets
from shared.kit.runtime import Runtime
from shared.testing.alerts_api import API, AlertsApi
from shared.testing.facts import FactTeller, an_overdue
from shared.testing.http import a_client, is_problem, pointers, post
from shared.testing.receiver import WebhookReceiver

PATH = f"{API}/endpoints"
NOBODY = "0197c0de-0000-7000-8000-00000000ffff"
ENDPOINT = {"url": "http://127.0.0.1:9/hook", "description": "移动端后台"}


async def test_the_secret_is_shown_once(client: httpx.AsyncClient) -> None:
    created = await post(client, PATH, ENDPOINT)
    assert created.status_code == 201
    assert created.json()["secret"].startswith("whsec_")
    read = await client.get(created.headers["location"])
    assert "secret" not in read.json()
    assert read.headers["etag"] == created.headers["etag"]
    assert all("secret" not in one for one in (await client.get(PATH)).json()["items"])


@pytest.mark.parametrize(
    "url", ["https://hooks.example.cn/in", "http://127.0.0.1.evil.cn/", "http://a:b@127.0.0.1/", "http://169.254.169.254/", "x"]
)
async def test_a_receiver_that_is_not_registered_is_refused(url: str, client: httpx.AsyncClient) -> None:
    answer = await post(client, PATH, {**ENDPOINT, "url": url})
    is_problem(answer, 422, "endpoint.receiver-refused")
    assert pointers(answer) == ["/url"]
    assert (await client.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    "body", [{}, {**ENDPOINT, "levels": ["green-ish"]}, {**ENDPOINT, "secret": "mine"}, {**ENDPOINT, "url": 1}]
)
async def test_a_malformed_receiver_is_refused(body: dict[str, Any], client: httpx.AsyncClient) -> None:
    assert (await post(client, PATH, body)).status_code == 422


async def test_a_receiver_is_changed_by_whoever_saw_its_present_version(client: httpx.AsyncClient) -> None:
    created = await post(client, PATH, ENDPOINT)
    where, etag = created.headers["location"], created.headers["etag"]
    is_problem(await client.patch(where, json={"levels": ["red"]}), 428, "precondition.if-match-required")
    changed = await client.patch(where, json={"levels": ["red"], "state": "disabled"}, headers={"If-Match": etag})
    assert (changed.json()["levels"], changed.json()["disabled_because"]) == (["red"], "by_hand")
    assert changed.json()["may"]["test"] == {"allowed": False, "reason": "推送接收方已停用。"}
    is_problem(await client.patch(where, json={"levels": []}, headers={"If-Match": etag}), 412, "precondition.stale-version")


@pytest.mark.parametrize("body", [{"url": "http://10.0.0.1/"}, {"url": None}, {"state": "deleted"}, {"version": 3}])
async def test_a_change_that_makes_no_receiver_is_refused(body: dict[str, Any], client: httpx.AsyncClient) -> None:
    created = await post(client, PATH, ENDPOINT)
    headers = {"If-Match": created.headers["etag"]}
    assert (await client.patch(created.headers["location"], json=body, headers=headers)).status_code == 422


async def test_a_disabled_receiver_is_not_tested(client: httpx.AsyncClient) -> None:
    created = await post(client, PATH, ENDPOINT)
    where = created.headers["location"]
    await client.patch(where, json={"state": "disabled"}, headers={"If-Match": created.headers["etag"]})
    is_problem(await post(client, f"{where}/tests", None), 409, "endpoint.disabled")


async def test_a_removed_receiver_is_gone_and_owed_nothing(
    facts: FactTeller, alerts: AlertsApi, client: httpx.AsyncClient, receiver: WebhookReceiver
) -> None:
    endpoint = await alerts.register(receiver)
    await facts.tell(an_overdue())
    where = f"{PATH}/{endpoint['id']}"
    is_problem(await client.delete(where), 428, "precondition.if-match-required")
    is_problem(await client.delete(where, headers={"If-Match": '"v9"'}), 412, "precondition.stale-version")
    assert (await client.delete(where, headers={"If-Match": '"v1"'})).status_code == 204
    is_problem(await client.get(where), 404, "endpoint.not-found")
    owed = (await client.get(f"{API}/deliveries")).json()["items"]
    assert [one["state"] for one in owed] == ["cancelled"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"description": "x"}),
        ("DELETE", "", None),
        ("POST", "/tests", None),
        ("POST", "/secret-rotations", {}),
    ],
)
async def test_a_receiver_that_does_not_exist_is_not_found(
    method: str, path: str, body: dict[str, Any] | None, client: httpx.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "k"} if method == "POST" else {"If-Match": '"v1"'}
    answer = await client.request(method, f"{PATH}/{NOBODY}{path}", json=body, headers=headers)
    is_problem(answer, 404, "endpoint.not-found")


async def test_a_reader_may_read_and_is_told_why_he_may_not_change(app: Any, client: httpx.AsyncClient, runtime: Runtime) -> None:
    created = await post(client, PATH, ENDPOINT)
    async with a_client(app, runtime.database, "alert:read") as reader:
        read = await reader.get(created.headers["location"])
        assert read.json()["may"]["change"]["allowed"] is False
        is_problem(await post(reader, PATH, ENDPOINT), 403, "auth.missing-scope")


async def test_secrets_that_sign_no_more_are_forgotten(client: httpx.AsyncClient, runtime: Runtime) -> None:
    created = await post(client, PATH, ENDPOINT)
    await post(client, f"{created.headers['location']}/secret-rotations", {"overlap_hours": 0})
    await purge_expired_secrets(runtime.database)
    assert (await post(client, f"{created.headers['location']}/secret-rotations", {})).status_code == 201
