"""Schemes over HTTP, on both databases."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from indicator_svc.packaged import scheme
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, once, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

SCHEMES = f"{API}/schemes"
NOBODY = "01890a5d-0000-7000-8000-000000000000"


async def test_a_draft_is_changed_published_and_then_immutable(api: IndicatorsApi) -> None:
    draft = await api.made("schemes", a_scheme())
    assert (draft["edition"], draft["state"], draft["may"]["publish"]["allowed"]) == (1, "draft", True)
    where = f"{SCHEMES}/{draft['id']}"
    changed = await api.client.patch(where, json={"name": "新名称", "talk_line": None}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json()["name"], changed.json()["items"]) == (200, "新名称", draft["items"])
    published = await api.made(f"schemes/{draft['id']}/publications", {})
    assert (published["state"], published["published_at"]) == ("published", "2022-07-01T09:00:00+08:00")
    version = published["version"]
    late = await api.client.patch(where, json={"name": "再改"}, headers={"If-Match": f'"v{version}"'})
    is_problem(late, 409, "scheme.not-draft")
    is_problem(await post(api.client, f"{where}/publications", {}), 409, "scheme.not-draft")
    assert (await api.read(f"schemes/{draft['id']}"))["name"] == "新名称"


async def test_a_later_edition_supersedes_the_one_in_force(api: IndicatorsApi, clock: FakeClock) -> None:
    first = await api.publish(a_scheme())
    clock.advance(timedelta(days=1))
    second = await api.publish(a_scheme(an_item(params={"target": "6"})))
    assert (second["edition"], second["state"]) == (2, "published")
    states = {each["edition"]: each["state"] for each in await api.listed("schemes", code="S-1")}
    assert states == {1: "superseded", 2: "published"}
    await api.observe("6")
    assert (await api.row("620200"))["total"] == "100"
    answer = await post(api.client, f"{SCHEMES}/{first['id']}/publications", {})
    assert is_problem(answer, 409, "scheme.not-draft")


async def test_a_code_has_one_draft_at_a_time(api: IndicatorsApi) -> None:
    await api.made("schemes", a_scheme())
    assert is_problem(await post(api.client, SCHEMES, a_scheme()), 409, "scheme.draft-exists")


async def test_a_faulty_draft_is_not_published_and_every_fault_is_named(api: IndicatorsApi) -> None:
    faulty = a_scheme(an_item(params={}), an_item(indicator="E99", weight=None), legal_basis="", peers=["620200", "629900"])
    draft = await api.made("schemes", faulty)
    answer = await post(api.client, f"{SCHEMES}/{draft['id']}/publications", {})
    is_problem(answer, 422, "scheme.not-publishable")
    assert pointers(answer) == ["/legal_basis", "/peers/1", "/items/0/params/target", "/items/1/weight", "/items/1/indicator"]
    assert (await api.read(f"schemes/{draft['id']}"))["state"] == "draft"


@pytest.mark.parametrize("name", ["city-31", "panel-gansu"])
async def test_a_packaged_scheme_can_be_published(api: IndicatorsApi, name: str) -> None:
    assert (await api.publish(scheme(name)))["state"] == "published"


async def test_two_schemes_do_not_watch_the_same_indicator(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    other = await api.made("schemes", a_scheme(code="S-2"))
    answer = await post(api.client, f"{SCHEMES}/{other['id']}/publications", {})
    is_problem(answer, 422, "scheme.not-publishable")
    assert pointers(answer) == ["/regions_watched"]
    await api.publish(a_scheme(code="S-3", regions_watched=[]))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"evaluated": "W"}, "/evaluated"),
        ({"rounding": "up"}, "/rounding"),
        ({"bonus_cap": ["5"]}, "/bonus_cap"),
        ({"publish_places": 9}, "/publish_places"),
        ({"code": ""}, "/code"),
        ({"colour": "red"}, "/colour"),
        ({"items": [{"indicator": "E02", "group": "ninth", "method": "rank"}]}, "/items/0/group"),
        ({"standing_rules": {"gap_pp": {"purple": "1"}, "rank_from": {}}}, "/standing_rules/gap_pp/purple/[key]"),
    ],
)
async def test_a_draft_that_cannot_be_read_is_refused(client: httpx.AsyncClient, changes: dict[str, Any], pointer: str) -> None:
    answer = await post(client, SCHEMES, a_scheme(**changes))
    is_problem(answer, 422, "validation.failed")
    assert pointer in pointers(answer)


async def test_a_change_wants_the_version_that_it_is_based_on(api: IndicatorsApi) -> None:
    where = f"{SCHEMES}/{(await api.made('schemes', a_scheme()))['id']}"
    is_problem(await api.client.patch(where, json={"year": 2023}), 428, "precondition.if-match-required")
    is_problem(
        await api.client.patch(where, json={"year": 2023}, headers={"If-Match": '"v7"'}), 412, "precondition.stale-version"
    )
    assert (await api.client.patch(where, json={"year": 2023}, headers={"If-Match": '"v1"'})).headers["etag"] == '"v2"'


async def test_a_scheme_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get(f"{SCHEMES}/{NOBODY}"),
        await client.patch(f"{SCHEMES}/{NOBODY}", json={}, headers={"If-Match": '"v1"'}),
        await post(client, f"{SCHEMES}/{NOBODY}/publications", {}),
    ):
        assert is_problem(answer, 404, "scheme.not-found")


async def test_publishing_takes_no_fields(api: IndicatorsApi) -> None:
    draft = await api.made("schemes", a_scheme())
    answer = await api.client.post(f"{SCHEMES}/{draft['id']}/publications", json={"force": True}, headers=once())
    assert is_problem(answer, 422, "validation.failed")


async def test_a_list_of_schemes_refuses_an_unknown_state(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(SCHEMES, params={"state": "odd"}), 422, "validation.failed")
