"""The demonstration as its user runs it."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from diaodu_embedded.demo import run_demo
from diaodu_embedded.main_job.receivers import INTERESTS
from diaodu_embedded.report.page import PAGE_WIDTH, page_console


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """What two demonstrations on one data directory printed and summed up."""

    data_dir = tmp_path_factory.mktemp("demo") / "var"
    return [asyncio.run(_demonstrated(data_dir)) for _ in range(2)]


async def _demonstrated(data_dir: Path) -> tuple[str, dict[str, Any]]:
    printed, said = io.StringIO(), list[str]()
    await run_demo(data_dir, page_console(printed), said.append)
    (summary,) = said
    return printed.getvalue(), json.loads(summary)


def test_the_demonstration_loses_nothing_and_pushes_its_warnings(runs: list[tuple[str, dict[str, Any]]]) -> None:
    _, summary = runs[0]
    assert summary.keys() == {"facts", "alerts", "pushes_delivered", "lost", "seconds"}
    assert summary["lost"] == 0
    assert summary["pushes_delivered"] >= summary["alerts"] > 0


def test_a_second_demonstration_doubles_nothing(runs: list[tuple[str, dict[str, Any]]]) -> None:
    first, second = (summary | {"seconds": None} for _, summary in runs)
    assert second == first


CITIES = ("▶ 嘉峪关市", "临夏回族自治州", "待定：5 项没有数据")
RATES = ("96/155 61.9%", "31/64 48.4%", "65/91 71.4%")
PROJECTS = ("市中医院门诊楼", "日期假定", "（合成）", "未开（复）工 59 个")
BONDS = ("378 只", "缺口 140.00", "全部符合：")


@pytest.mark.parametrize("expected", [*CITIES, *RATES, *PROJECTS, *BONDS])
def test_the_report_shows_what_a_dispatch_meeting_looks_at(runs: list[tuple[str, dict[str, Any]]], expected: str) -> None:
    assert expected in runs[0][0]


@pytest.mark.parametrize(("city", "year", "figure"), [("平凉市", "2005", "4749203万元"), ("嘉峪关市", "2012", "444385万元")])
def test_the_real_errors_of_the_panel_are_shown_as_waiting_for_confirmation(
    runs: list[tuple[str, dict[str, Any]]], city: str, year: str, figure: str
) -> None:
    held = runs[0][0].partition("待确认数据")[2].partition("拒收")[0]
    line = next(line for line in held.splitlines() if line.startswith(f"│ {city}") and f"│ {year} " in line)
    assert "地区生产总值（现价）" in line
    assert figure in held


@pytest.mark.parametrize("clumsy", ["未知%", "未知ratio", "ratio", "未知/", "None", "null", "VM-", "目标 未知"])
def test_the_report_reads_naturally(runs: list[tuple[str, dict[str, Any]]], clumsy: str) -> None:
    assert clumsy not in runs[0][0]


def test_no_line_of_a_table_leaves_the_page(runs: list[tuple[str, dict[str, Any]]]) -> None:
    assert max(cell_len(line) for line in runs[0][0].splitlines() if line.startswith(("│", "┃", "┏", "└"))) <= PAGE_WIDTH


def test_the_report_says_to_whom_alerts_were_pushed(runs: list[tuple[str, dict[str, Any]]]) -> None:
    for printed, _ in runs:
        told = printed.partition("已推送至")[2]
        assert all(interest.name.split("：")[0] in told for interest in INTERESTS)


def test_the_receivers_took_every_push_with_a_good_signature_and_none_again(runs: list[tuple[str, dict[str, Any]]]) -> None:
    (first, summary), (second, _) = runs
    assert f"接收方收到新推送 {summary['pushes_delivered']} 条" in first
    assert "接收方收到新推送 0 条" in second
    assert "签名不符 0 条" in first
