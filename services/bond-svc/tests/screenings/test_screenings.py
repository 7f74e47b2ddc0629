from typing import Any

import pytest

from shared.testing.bonds_api import API, BondsApi, a_cash_flow
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, pointers, post

TRIMMED_FLOWS = [a_cash_flow(year) for year in range(1, 10)]


def outcomes(screening: dict[str, Any]) -> dict[str, str]:
    return {finding["rule"]: finding["outcome"] for finding in screening["findings"]}


async def test_a_sound_project_passes_and_remembers_it(api: BondsApi) -> None:
    project = await api.propose()

    screening = await api.screen(project["id"])

    after = await api.got(f"library-projects/{project['id']}")
    assert (screening["outcome"], screening["policy_version"], screening["screened_on"]) == ("pass", "CN-2022.1", "2022-07-01")
    assert outcomes(screening) == dict.fromkeys(("R01", "R02", "R03", "R04"), "clear")
    assert (after["screening_outcome"], after["screening_id"]) == ("pass", screening["id"])
    assert (screening["decisive"], screening["project_version"]) == (True, project["version"])


async def test_every_finding_carries_its_clause_and_inputs_and_what_to_supply(api: BondsApi) -> None:
    project = await api.propose(name="雄关广场大型城市雕塑", field="F12", sub_field=None, public_interest=None, rate_pct=None)

    screening = await api.screen(project["id"])

    findings = {finding["rule"]: finding for finding in screening["findings"]}
    assert outcomes(screening) == {"R01": "hit", "R02": "hit", "R03": "undetermined", "R04": "undetermined"}
    assert {finding["severity"] for finding in findings.values()} == {"H"}
    assert all(finding["clause"] and finding["inputs"] and finding["message"] for finding in findings.values())
    assert findings["R02"]["clause"].startswith("财预〔2021〕115号")
    assert findings["R04"]["needed"] == ["填报年利率。"]
    assert findings["R03"]["needed"] == ["说明项目是否属于公益性项目（public_interest）。"]


@pytest.mark.parametrize(
    "missing",
    [
        {"description": None},
        {"field": None},
        {"sub_field": None},
        {"public_interest": None},
        {"income_lines": None},
        {"income_lines": [{"name": "水费收入", "nature": None, "total_wan": "14000"}]},
        {"income_lines": [{"name": "水费收入", "nature": "special_revenue", "total_wan": None}]},
        {"income_lines": [{"name": "", "nature": "special_revenue", "total_wan": "14000"}]},
        {"state": "idea", "bond_demand_wan": None},
        {"rate_pct": None},
        {"term_years": None},
        {"repayment": None},
        {"grace_years": None},
        {"repayment": "custom"},
        {"cash_flows": None},
        {"cash_flows": TRIMMED_FLOWS},
        {"cash_flows": [*TRIMMED_FLOWS, a_cash_flow(10, income_wan=None)]},
        {"cash_flows": [*TRIMMED_FLOWS, a_cash_flow(10, operating_cost_wan=None)]},
        {"cash_flows": [*TRIMMED_FLOWS, a_cash_flow(10, tax_wan=None)]},
    ],
    ids=",".join,
)
async def test_whichever_input_is_taken_away_the_outcome_is_never_pass(api: BondsApi, missing: dict[str, Any]) -> None:
    project = await api.propose(**missing)

    screening = await api.screen(project["id"])

    assert screening["outcome"] == "undetermined"
    assert any(finding["needed"] for finding in screening["findings"])
    is_problem(await api.move(project["id"], "ready"), 409, "bond.library-move-refused")


async def test_a_statement_settles_what_the_words_leave_open(api: BondsApi) -> None:
    project = await api.propose(description="建设园林绿化。")
    asked = await api.screen(project["id"])
    path = f"library-projects/{project['id']}"
    version = (await api.got(path))["version"]

    await api.patch(path, version, clarifications=[{"mention": "园林绿化", "statement": "厂区绿化带 300 平方米。"}])
    answered = await api.screen(project["id"])

    assert (outcomes(asked)["R02"], outcomes(answered)["R02"]) == ("undetermined", "clear")


async def test_a_decision_is_a_fact_with_the_findings_that_are_not_clear(api: BondsApi) -> None:
    project = await api.propose(name="城市雕塑", synthetic=True)
    screening = await api.screen(project["id"])

    (fact,) = await api.facts("screening-decided")

    assert (fact["outcome"], fact["library_project_id"], fact["screening_id"]) == ("fail", project["id"], screening["id"])
    assert [(each["rule"], each["outcome"]) for each in fact["findings"]] == [("R02", "hit")]
    assert (fact["policy_version"], fact["lead_department"], fact["synthetic"]) == ("CN-2022.1", "市住建局", True)


async def test_a_question_about_another_day_or_version_is_answered_and_decides_nothing(api: BondsApi) -> None:
    project = await api.propose(field="F10", sub_field="云计算、数据中心、人工智能、算力设备及辅助设备")

    june = await api.screen(project["id"], on="2022-06-30")
    old = await api.screen(project["id"], policy_version="CN-2021.1")
    nowhere = await api.screen(project["id"], on="2019-01-01")

    assert (june["outcome"], june["policy_version"], june["decisive"]) == ("fail", "CN-2021.1", False)
    assert (old["outcome"], old["screened_on"], old["decisive"]) == ("fail", "2022-07-01", False)
    assert (nowhere["outcome"], nowhere["policy_version"]) == ("undetermined", "-")
    assert await api.facts("screening-decided") == []
    assert (await api.got(f"library-projects/{project['id']}"))["screening_outcome"] is None


async def test_the_same_contents_under_the_same_version_get_the_same_answer_years_later(api: BondsApi, clock: FakeClock) -> None:
    project = await api.propose(name="城市雕塑", description=None)
    first = await api.screen(project["id"])

    clock.set(clock.now().replace(year=2023, month=6))
    again = await api.screen(project["id"], on="2022-07-01", policy_version="CN-2022.1")

    assert again["findings"] == first["findings"]


async def test_a_superseded_version_still_answers(api: BondsApi) -> None:
    policy = (await api.got("policies", on="2022-07-01"))["items"][0]
    project = await api.propose()
    first = await api.screen(project["id"])
    document = policy["document"] | {"coverage": {"required": "2", "floor": "1.1", "ceiling": "5"}}
    kept = {name: policy[name] for name in ("code", "name", "effective_from", "effective_to")}
    draft = await api.made("policies", kept | {"document": document})
    await api.made(f"policies/{draft['id']}/publications", {})

    stricter = await api.screen(project["id"])
    as_before = await api.screen(project["id"], policy_version="CN-2022.1")

    assert (stricter["policy_version"], stricter["outcome"]) == ("CN-2022.3", "fail")
    assert as_before["findings"] == first["findings"]


async def test_the_history_keeps_every_screening_the_newest_first(api: BondsApi, clock: FakeClock) -> None:
    project = await api.propose()
    path = f"library-projects/{project['id']}/screenings"
    first = await api.screen(project["id"])
    clock.set(clock.now().replace(day=2))
    second = await api.screen(project["id"])

    assert [each["id"] for each in (await api.got(path))["items"]] == [second["id"], first["id"]]
    assert await api.got(f"{path}/{first['id']}") == first


async def test_a_screening_of_nothing_or_by_nothing_is_refused(api: BondsApi) -> None:
    project, other = await api.propose(), await api.propose()
    screening = await api.screen(project["id"])
    path = f"{API}/library-projects/{project['id']}/screenings"
    nowhere = f"{API}/library-projects/0197c0de-0000-7000-8000-000000000001/screenings"
    elsewhere = f"{API}/library-projects/{other['id']}/screenings/{screening['id']}"
    malformed = await post(api.client, path, {"on": "tomorrow"})

    is_problem(await post(api.client, nowhere, {}), 404, "bond.library-project-not-found")
    is_problem(await api.client.get(nowhere), 404, "bond.library-project-not-found")
    is_problem(await api.client.get(elsewhere), 404, "bond.screening-not-found")
    is_problem(await post(api.client, path, {"policy_version": "CN-1999.1"}), 404, "bond.policy-not-found")
    is_problem(malformed, 422, "validation.failed")
    assert pointers(malformed) == ["/on"]


async def test_a_draft_screens_nobody(api: BondsApi) -> None:
    policy = (await api.got("policies", on="2022-07-01"))["items"][0]
    await api.made("policies", {name: policy[name] for name in ("code", "name", "effective_from", "effective_to", "document")})
    project = await api.propose()

    refused = await post(api.client, f"{API}/library-projects/{project['id']}/screenings", {"policy_version": "CN-2022.2"})

    is_problem(refused, 404, "bond.policy-not-found")
