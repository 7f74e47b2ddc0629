"""Dry runs of drafts over HTTP, on both databases."""

from typing import Any

import pytest

from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item
from shared.testing.outbox import facts_of

SCHEMES = f"{API}/schemes"
NOBODY = "01890a5d-0000-7000-8000-000000000000"


async def tried(api: IndicatorsApi, scheme: dict[str, Any], *periods: str) -> dict[str, Any]:
    draft = await api.made("schemes", scheme)
    answer = await post(api.client, f"{SCHEMES}/{draft['id']}/dry-runs", {"periods": list(periods)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_draft_says_who_would_move_and_why(api: IndicatorsApi, runtime: Runtime) -> None:
    """Capped at the target, the two are equal; with more for more, the better one leads."""
    await api.publish(a_scheme())
    await api.observe_all(
        *(
            {"region": region, "indicator": "E02", "period": "2022-M06", "value": value, "publisher": "市统计局"}
            for region, value in (("620100", "8"), ("620200", "10"))
        )
    )
    told = await facts_of(runtime.database)
    run = await tried(api, a_scheme(an_item(params={"target": "8", "cap": "1.5"}, weight="80")), "2022-H1", "2022-Q1")
    assert (run["edition"], run["compared_with"], run["faults"]) == (2, 1, [])
    half, quarter = run["periods"]
    rows = {row["region"]: row for row in half["rows"]}
    lanzhou, home = rows["620100"], rows["620200"]
    assert (half["period"], half["movers"], quarter["movers"]) == ("2022-Q2", 1, 0)
    assert (lanzhou["total_before"], lanzhou["total_after"], lanzhou["rank_before"], lanzhou["rank_after"]) == ("100", "80", 1, 2)
    assert (home["total_after"], home["delta"], home["rank_after"], home["moves"]) == ("100", "0", 1, False)
    assert lanzhou["items"][0]["causes"] == ["权重由100改为80", "参数cap由默认值改为1.5"]
    assert lanzhou["explanation"] == "兰州市：按草案总分80、第2位，较现行方案-20分、原第1位；来自E02-20。"
    assert rows["620300"]["pending"] == ["E02"]
    assert "总分与名次待定" in rows["620300"]["explanation"]
    assert await facts_of(runtime.database) == told, "nothing is told"
    assert (await api.row("620100"))["total"] == "100", "and nothing is kept"


async def test_the_first_draft_has_nothing_to_be_compared_with(api: IndicatorsApi) -> None:
    await api.observe("4")
    run = await tried(api, a_scheme(legal_basis=""), "2022-Q2")
    assert (run["compared_with"], [fault["code"] for fault in run["faults"]]) == (None, ["scheme.legal-basis-missing"])
    home = next(row for row in run["periods"][0]["rows"] if row["region"] == "620200")
    assert (home["total_before"], home["total_after"], home["rank_after"]) == (None, "50", 1)
    assert "没有可比的总分" in home["explanation"]


async def test_a_draft_that_cannot_be_computed_is_not_tried(api: IndicatorsApi) -> None:
    draft = await api.made("schemes", a_scheme(an_item(params={}), an_item(indicator="E99")))
    answer = await post(api.client, f"{SCHEMES}/{draft['id']}/dry-runs", {"periods": ["2022-Q2"]})
    assert is_problem(answer, 422, "scheme.not-publishable")
    assert pointers(answer) == ["/items/0/params/target", "/items/1/indicator"]


async def test_only_a_draft_is_tried(api: IndicatorsApi) -> None:
    published = await api.publish(a_scheme())
    answer = await post(api.client, f"{SCHEMES}/{published['id']}/dry-runs", {"periods": ["2022-Q2"]})
    assert is_problem(answer, 409, "scheme.not-draft")
    assert is_problem(await post(api.client, f"{SCHEMES}/{NOBODY}/dry-runs", {"periods": ["2022-Q2"]}), 404, "scheme.not-found")


@pytest.mark.parametrize(
    ("periods", "code"),
    [
        (["2022-Q3"], "scoreboard.period-not-over"),
        (["2022-M05"], "scoreboard.period-not-evaluated"),
        ([], "validation.failed"),
        (["Q2"], "validation.failed"),
    ],
)
async def test_a_period_that_cannot_be_tried_is_refused(api: IndicatorsApi, periods: list[str], code: str) -> None:
    draft = await api.made("schemes", a_scheme())
    answer = await post(api.client, f"{SCHEMES}/{draft['id']}/dry-runs", {"periods": periods})
    assert is_problem(answer, 422, code)
