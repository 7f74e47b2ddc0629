"""The catalogue over HTTP, its packaged rows, and the periods that a statistic has."""

import csv
from importlib import resources
from typing import Any

import httpx
import pytest

from indicator_svc.indicators.rules import ReleaseCalendar
from shared.kit.migrations import differences
from shared.kit.periods import Frequency, Period
from shared.kit.runtime import Runtime
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi

INDICATORS = f"{API}/indicators"


def an_indicator(**changes: Any) -> dict[str, Any]:
    body = {
        "code": "tourism_visitors",
        "name": "接待游客人数",
        "unit": "万人次",
        "frequency": "M",
        "kind": "level",
        "direction": "higher",
        "origin": "市文旅局",
    }
    return body | changes


async def test_the_packaged_catalogue_is_there_from_the_start(api: IndicatorsApi) -> None:
    found = {each["code"]: each for each in await api.listed("indicators")}
    assert len(found) == 74
    assert (found["E02"]["frequency"], found["E02"]["separate_january"], found["E02"]["lead_department"]) == (
        "M",
        False,
        "市工业和信息化局",
    )
    assert (found["gdp_current"]["kind"], found["gdp_current"]["licence"]) == ("level", "MIT")
    assert found["gdp_current-growth"]["derived_from"] == "gdp_current"
    groups = [each["group"] for each in found.values() if each["group"]]
    assert {group: groups.count(group) for group in sorted(set(groups))} == {
        "bonus": 9,
        "contribution": 1,
        "main": 8,
        "six_guarantees": 14,
    }


async def test_the_packaged_catalogue_agrees_with_the_compiled_one(api: IndicatorsApi) -> None:
    table = resources.files("indicator_svc") / "data" / "indicator-catalogue.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        found = await api.read(f"indicators/{row['code']}")
        assert (found["name"], found["unit"], found["frequency"]) == (row["name_zh"], row["unit"], row["frequency"])
        assert (found["lead_department"], found["direction"]) == (row["lead_dept_zh"], row["direction"])


async def test_an_indicator_can_be_registered_and_found(api: IndicatorsApi) -> None:
    made = await api.made("indicators", an_indicator())
    assert await api.read("indicators/tourism_visitors") == made
    assert [each["code"] for each in await api.listed("indicators", frequency="Y", group="bonus")] == ["B05"]


async def test_growth_can_be_derived_from_a_registered_level(api: IndicatorsApi) -> None:
    await api.made("indicators", an_indicator())
    growth = an_indicator(code="tourism-growth", kind="growth", unit="%", derived_from="tourism_visitors")
    assert (await api.made("indicators", growth))["derived_from"] == "tourism_visitors"


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"code": "E01"}, 409, "indicator.exists", "/code"),
        ({"code": "a b"}, 422, "validation.failed", "/code"),
        ({"frequency": "W"}, 422, "validation.failed", "/frequency"),
        ({"kind": "growth", "derived_from": "nothing"}, 422, "indicator.derivation-invalid", "/derived_from"),
        ({"kind": "growth", "derived_from": "E01"}, 422, "indicator.derivation-invalid", "/derived_from"),
        ({"kind": "level", "derived_from": "gdp_current"}, 422, "indicator.derivation-invalid", "/derived_from"),
    ],
)
async def test_an_indicator_that_cannot_be_is_refused(
    client: httpx.AsyncClient, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await post(client, INDICATORS, an_indicator(**changes))
    is_problem(answer, status, code)
    assert pointers(answer) == [pointer]


async def test_an_indicator_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(f"{INDICATORS}/E99"), 404, "indicator.not-found")


async def test_a_list_refuses_a_group_that_does_not_exist(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get(INDICATORS, params={"group": "ninth"}), 422, "validation.failed")


async def test_the_migrations_make_what_the_models_say(runtime: Runtime) -> None:
    from indicator_svc.tables import Base  # noqa: PLC0415 - the models are loaded by the application above

    async with runtime.database.engine.connect() as connection:
        assert await connection.run_sync(differences, Base.metadata) == []


@pytest.mark.parametrize(
    ("frequency", "asked", "own"),
    [
        (Frequency.MONTH, "2022-M06", "2022-M06"),
        (Frequency.MONTH, "2022-H1", "2022-M06"),
        (Frequency.QUARTER, "2022-M06", "2022-Q2"),
        (Frequency.HALF, "2022-Q2", "2022-H1"),
        (Frequency.YEAR, "2022-Q4", "2022"),
    ],
)
def test_a_stretch_of_the_year_has_the_statistics_own_name(frequency: Frequency, asked: str, own: str) -> None:
    assert str(ReleaseCalendar(frequency).period(asked)) == own


@pytest.mark.parametrize(
    ("frequency", "text"), [(Frequency.QUARTER, "2022-M05"), (Frequency.YEAR, "2022-Q2"), (Frequency.MONTH, "2022-M1")]
)
def test_a_stretch_that_the_statistic_does_not_have_is_refused(frequency: Frequency, text: str) -> None:
    with pytest.raises(ValueError, match="报告期"):
        ReleaseCalendar(frequency).period(text)


@pytest.mark.parametrize("text", ["2022-M01"])
def test_january_alone_is_refused_where_it_is_not_released(text: str) -> None:
    with pytest.raises(ValueError, match="1—2月"):
        ReleaseCalendar(Frequency.MONTH, separate_january=False).period(text)


@pytest.mark.parametrize(
    ("frequency", "january", "board", "figure"),
    [
        (Frequency.MONTH, True, "2022-Q2", "2022-M06"),
        (Frequency.QUARTER, True, "2022-M05", "2022-Q1"),
        (Frequency.QUARTER, True, "2022-M02", None),
        (Frequency.YEAR, True, "2022-Q3", None),
        (Frequency.MONTH, False, "2022-M01", None),
        (Frequency.MONTH, True, "2022-M01", "2022-M01"),
    ],
)
def test_a_board_looks_at_the_newest_figure_of_its_year(
    frequency: Frequency, january: bool, board: str, figure: str | None
) -> None:
    latest = ReleaseCalendar(frequency, january).latest_by(Period.parse(board))
    assert (None if latest is None else str(latest)) == figure
