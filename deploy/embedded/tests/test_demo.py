"""The demonstration as its user runs it."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from diaodu_embedded.demo import run_demo
from diaodu_embedded.main_job.receivers import INTERESTS


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """What two demonstrations on one data directory printed and summed up."""

    data_dir = tmp_path_factory.mktemp("demo") / "var"
    return [asyncio.run(_demonstrated(data_dir)) for _ in range(2)]


async def _demonstrated(data_dir: Path) -> tuple[str, dict[str, Any]]:
    printed, said = io.StringIO(), list[str]()
    await run_demo(data_dir, Console(file=printed, width=160), said.append)
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


CITIES = ("▶ 嘉峪关市", "临夏回族自治州")
RATES = ("96/155 61.9%", "31/64 48.4%", "65/91 71.4%")


@pytest.mark.parametrize("expected", [*CITIES, *RATES, "待确认数据", "市中医院门诊楼", "合成", "378 只", "缺口 140.00"])
def test_the_report_shows_what_a_dispatch_meeting_looks_at(runs: list[tuple[str, dict[str, Any]]], expected: str) -> None:
    assert expected in runs[0][0]


def test_the_report_says_to_whom_alerts_were_pushed(runs: list[tuple[str, dict[str, Any]]]) -> None:
    assert INTERESTS[1].name.split("：")[0] in runs[1][0]
