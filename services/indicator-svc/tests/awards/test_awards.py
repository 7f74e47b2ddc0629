"""Awards over HTTP, on both databases."""

import httpx
import pytest

from shared.testing.http import is_problem
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

AWARDS = f"{API}/awards"


async def test_candidates_and_the_summoned_come_with_their_numbers(api: IndicatorsApi) -> None:
    """With C01 for the contribution; each quarter one city is last."""
    items = [an_item(), an_item(indicator="C01", group="contribution", weight=None, method="contribution", params={})]
    await api.publish(
        a_scheme(*items, talk_line={"bottom": 1, "edge_points": "1.00", "edge_places": 1}, awards={"progress_places": 1})
    )
    for period, figures in {"2022-M03": ("2", "3", "8"), "2022-M06": ("2", "6", "4")}.items():
        for region, value in zip(("620100", "620200", "620300"), figures, strict=True):
            await api.observe(value, region=region, period=period)
    await api.observe("12.5", indicator="C01", region="620300", period="2022-Q2")
    found = await api.read("awards", scheme="S-1", period="2022-H1")
    assert (found["period"], found["against"], found["edition"]) == ("2022-Q2", "2022-Q1", 1)
    rows = {row["region"]: row for row in found["rows"]}
    home, last = rows["620200"], rows["620100"]
    assert (home["points_gained"], home["places_gained"], home["awards"]) == ("37.5", 1, ["progress"])
    assert rows["620300"]["awards"] == ["contribution"]
    assert rows["620300"]["talk"] == "edge"
    assert (last["talk"], last["periods_on_the_line"], last["summons_mayor"]) == ("summoned", 2, True)
    assert last["explanation"] == "兰州市：总分25，第3位；较上一报告期得分0、位次未变；处于约谈名次，已连续2期，约谈市长本人。"
    assert rows["620400"]["rank"] is None


async def test_the_first_period_of_a_series_has_nothing_to_progress_from(api: IndicatorsApi) -> None:
    await api.publish(a_scheme())
    await api.observe("6.4", period="2022-M03")
    found = await api.read("awards", scheme="S-1", period="2022-Q1")
    home = next(row for row in found["rows"] if row["region"] == "620200")
    assert (found["against"], home["places_gained"], home["points_gained"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"scheme": "S-9"}, "scheme.not-in-force"),
        ({"period": "2022-M05"}, "scoreboard.period-not-evaluated"),
        ({"period": "2022-Q3"}, "scoreboard.period-not-over"),
        ({"as_of": "2023-01-01"}, "as-of.in-future"),
        ({"period": "Q2"}, "validation.failed"),
    ],
)
async def test_awards_of_a_board_that_cannot_be_are_refused(api: IndicatorsApi, query: dict[str, str], code: str) -> None:
    await api.publish(a_scheme())
    answer = await api.client.get(AWARDS, params={"scheme": "S-1", "period": "2022-Q2", **query})
    assert is_problem(answer, 422, code)


async def test_nobody_reads_awards_without_a_key(client: httpx.AsyncClient) -> None:
    answer = await client.get(AWARDS, headers={"Authorization": ""})
    assert is_problem(answer, 401, "auth.invalid-key")
