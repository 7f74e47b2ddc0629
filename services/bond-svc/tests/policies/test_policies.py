import asyncio
from typing import Any

import httpx
import pytest

from shared.testing.bonds_api import API, BondsApi
from shared.testing.http import is_problem, pointers, post


async def shipped(api: BondsApi, code: str) -> dict[str, Any]:
    found = await api.got("policies", limit=200)
    policy: dict[str, Any] = next(each for each in found["items"] if each["code"] == code)
    return policy


async def a_draft(api: BondsApi, code: str = "CN-2025", **changes: Any) -> dict[str, Any]:
    """The next edition of a shipped policy, with the same contents unless told otherwise."""
    policy = await shipped(api, "CN-2025")
    kept = {name: policy[name] for name in ("name", "effective_from", "effective_to", "document")}
    return await api.made("policies", kept | {"code": code} | changes)


async def test_the_shipped_policies_are_published_from_the_first_migration_on(api: BondsApi) -> None:
    found = await api.got("policies", count="true")
    states = {each["policy_version"]: each["state"] for each in found["items"]}

    assert [version for version, state in states.items() if state == "published"] == [
        "CN-2020.1",
        "CN-2021.1",
        "CN-2022.1",
        "CN-2023.1",
        "CN-2025.1",
    ]
    assert [version for version, state in states.items() if state == "draft"] == ["CN-2022.2", "CN-2023.2", "CN-2025.2"]
    assert found["total"] == 8
    assert (await api.got("policies", on="2022-07-01"))["items"][0]["policy_version"] == "CN-2022.1"


async def test_the_fields_of_a_department_are_those_of_the_day(api: BondsApi) -> None:
    july = await api.got("fields", department="市住房和城乡建设局")
    later = await api.got("fields", department="市住建局", on="2025-01-01")

    assert (july["on"], july["policy_version"], july["scope"]) == ("2022-07-01", "CN-2022.1", "listed")
    assert [each["code"] for each in july["items"]] == ["F01", "F04", "F07", "F09"]
    assert {each["code"] for each in later["items"]} - {each["code"] for each in july["items"]} == {"F13", "F14"}


async def test_a_field_says_what_it_covers_and_on_which_documents(api: BondsApi) -> None:
    (field,) = [each for each in (await api.got("fields", portfolio="VM-IND"))["items"] if each["code"] == "F11"]

    assert field["legal_basis"] == ["国发〔2022〕12号"]
    assert (field["capital"], field["effective_from"], field["effective_to"]) == (["新能源"], "2022-07-01", None)
    assert "抽水蓄能电站" in field["sub_fields"]


async def test_a_day_without_a_policy_has_no_fields_and_says_why(api: BondsApi) -> None:
    found = await api.got("fields", on="2019-06-01")

    assert (found["items"], found["policy_version"], found["unknown_reason"]) == ([], None, "no_policy_in_force")


async def test_a_published_policy_is_immutable(api: BondsApi) -> None:
    policy = await shipped(api, "CN-2022")

    changed = await api.patch(f"policies/{policy['id']}", policy["version"], name="改名")
    published = await post(api.client, f"{API}/policies/{policy['id']}/publications", {})

    assert not policy["may"]["patch"]["allowed"]
    is_problem(changed, 409, "bond.policy-immutable")
    is_problem(published, 409, "bond.policy-immutable")
    assert await shipped(api, "CN-2022") == policy


async def test_a_draft_changes_until_it_is_published_and_then_supersedes_the_edition_before_it(api: BondsApi) -> None:
    draft = await a_draft(api)
    changed = (await api.patch(f"policies/{draft['id']}", draft["version"], name="2025年政策（修订）")).json()
    published = await api.made(f"policies/{draft['id']}/publications", {})

    assert (draft["policy_version"], draft["state"], changed["name"]) == ("CN-2025.3", "draft", "2025年政策（修订）")
    assert published["state"] == "published"
    assert (await shipped(api, "CN-2025"))["state"] == "superseded"
    assert (await api.got("fields", on="2025-01-01"))["policy_version"] == "CN-2025.3"


async def test_a_patch_keeps_what_it_does_not_name(api: BondsApi) -> None:
    draft = await a_draft(api)
    ended = (await api.patch(f"policies/{draft['id']}", draft["version"], effective_to="2027-12-31")).json()
    reopened = (await api.patch(f"policies/{draft['id']}", ended["version"], effective_to=None)).json()

    assert (ended["effective_to"], ended["document"]) == ("2027-12-31", draft["document"])
    assert reopened["effective_to"] is None


async def test_a_policy_of_another_code_may_not_overlap_a_published_one(api: BondsApi) -> None:
    draft = await a_draft(api, "CN-2026", effective_from="2026-01-01")

    refused = await post(api.client, f"{API}/policies/{draft['id']}/publications", {})

    is_problem(refused, 409, "bond.policy-window-taken")
    assert pointers(refused) == ["/effective_from"]
    assert (await api.got(f"policies/{draft['id']}"))["state"] == "draft"


async def test_an_unsound_draft_is_not_published_and_every_flaw_is_named(api: BondsApi) -> None:
    document = (await shipped(api, "CN-2025"))["document"]
    twice = document | {"fields": document["fields"][:1] * 2, "coverage": document["coverage"] | {"floor": "1.30"}}
    draft = await a_draft(api, document=twice)

    refused = await post(api.client, f"{API}/policies/{draft['id']}/publications", {})

    is_problem(refused, 422, "bond.policy-unsound")
    assert pointers(refused) == ["/document/fields", "/document/coverage"]


async def test_of_two_who_publish_the_same_policy_at_once_one_stays_published(api: BondsApi) -> None:
    drafts = [await a_draft(api), await a_draft(api)]

    answers = await asyncio.gather(*(post(api.client, f"{API}/policies/{each['id']}/publications", {}) for each in drafts))

    states = [(await api.got(f"policies/{each['id']}"))["state"] for each in drafts]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert states.count("published") == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": ""}, "/code"),
        ({"name": None}, "/name"),
        ({"effective_from": "2022-13-01"}, "/effective_from"),
        ({"effective_to": 20221231}, "/effective_to"),
        ({"document": {}}, "/document/scope"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_a_draft_that_is_no_policy_is_refused_at_its_place(api: BondsApi, changes: dict[str, Any], pointer: str) -> None:
    policy = await shipped(api, "CN-2025")
    body = {name: policy[name] for name in ("code", "name", "effective_from", "effective_to", "document")} | changes

    refused = await post(api.client, f"{API}/policies", body)

    is_problem(refused, 422, "validation.failed")
    assert pointer in pointers(refused)


async def test_a_policy_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    nowhere = f"{API}/policies/0197c0de-0000-7000-8000-000000000001"

    is_problem(await client.get(nowhere), 404, "bond.policy-not-found")
    is_problem(await client.patch(nowhere, json={}, headers={"If-Match": '"v1"'}), 404, "bond.policy-not-found")
    is_problem(await post(client, f"{nowhere}/publications", {}), 404, "bond.policy-not-found")


async def test_a_change_needs_the_version_that_it_is_about(api: BondsApi) -> None:
    draft = await a_draft(api)
    path = f"policies/{draft['id']}"

    is_problem(await api.client.patch(f"{API}/{path}", json={"name": "x"}), 428, "precondition.if-match-required")
    is_problem(await api.patch(path, draft["version"] + 1, name="x"), 412, "precondition.stale-version")
    is_problem(await api.patch(path, draft["version"], name=None), 422, "validation.failed")


async def test_bad_filters_are_refused_at_their_place(client: httpx.AsyncClient) -> None:
    for path, wrong in (
        ("policies", {"on": "July"}),
        ("policies", {"state": "gone"}),
        ("fields", {"on": "x"}),
        ("fields", {"dept": "x"}),
    ):
        refused = await client.get(f"{API}/{path}", params=wrong)

        assert refused.status_code == 422
        assert pointers(refused) == [f"query:{name}" for name in wrong]
