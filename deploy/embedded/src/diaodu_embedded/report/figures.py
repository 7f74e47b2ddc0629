"""The ranking with the city marked, its lowest items, and the figures that wait for somebody to stand for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.main_job.figures import CITY_PERIOD, CITY_SCHEME, PANEL_PERIODS, PANEL_SCHEME, RefusedFigure
from diaodu_embedded.report.page import HOME, LEVELS, heading, level_text, note
from diaodu_embedded.report.sheet import Column, Sheet
from shared.kit.decimals import measured
from shared.kit.identifiers import region_name
from shared.kit.periods import Period

TALKS: Final = {"none": "", "edge": "约谈边缘", "summoned": "列入约谈"}
AVAILABILITIES: Final = {"unknown": "未知", "held": "待确认", "missing": "没有数据", "not_due": "未到发布期"}
LOWEST_ITEMS: Final = 8
HELD_ROWS: Final = 12
NAMES_ON_A_LINE: Final = 3


async def print_figures(console: Console, suite: SuiteClient, refused: Sequence[RefusedFigure]) -> None:
    """Print the part of the report that indicator-svc answers for."""
    names = {each["code"]: each["name"] async for each in suite.every("indicator", "indicators")}
    boards = [await suite.get("indicator", "scoreboards", scheme=PANEL_SCHEME, period=period) for period in PANEL_PERIODS]
    heading(console, "一、评价得分与排名（真实历史面板 2005—2008 年，方案为示例）")
    _print_ranking(console, boards)
    await _print_city_scheme(console, suite)
    await _print_lowest(console, suite, names)
    await _print_held(console, suite, names)
    for each in refused:
        note(console, f"拒收：{names[each.indicator]}——{each.detail}", style="dim")


def _print_ranking(console: Console, boards: Sequence[Document]) -> None:
    before, board = boards[-2], boards[-1]
    columns = (
        Column("位次", 4, right=True),
        Column("市州", 16),
        Column("总分", 6, right=True),
        Column("上年位次", 8, right=True),
    )
    sheet = Sheet(
        console.width, f"{board['period']} 年排名（{board['scheme']}）", *columns, Column("升降", 4), Column("说明", 44)
    )
    earlier = {row["region"]: row["rank"] for row in before["rows"]}
    for row in board["rows"]:
        name = f"▶ {row['region_name']}" if row["region"] == HOME else row["region_name"]
        style = "bold reverse" if row["region"] == HOME else ("dim" if row["rank"] is None else "")
        last = earlier[row["region"]]
        places = (_place(row["rank"]), name, row["published"] or "待定", _place(last), _climb(last, row["rank"]))
        sheet.add(*places, TALKS[row["talk"]] or _why_pending(row), style=style)
    console.print(sheet)
    note(console, f"本市历年位次：{'，'.join(_home_place(each) for each in boards)}")


def _place(rank: int | None) -> str:
    return "—" if rank is None else str(rank)


def _climb(before: int | None, now: int | None) -> str:
    if before is None or now is None:
        return "—"
    return f"↑{before - now}" if now < before else (f"↓{now - before}" if now > before else "持平")


def _why_pending(row: Document) -> str:
    """Why a region has no rank: how many of its items lack a figure, and in what way."""
    lacking = Counter(item["availability"] for item in row["items"] if item["indicator"] in row["pending"])
    return "待定：" + "、".join(f"{count} 项{AVAILABILITIES[why]}" for why, count in sorted(lacking.items())) if lacking else ""


def _home_place(board: Document) -> str:
    home = next(row for row in board["rows"] if row["region"] == HOME)
    ranked = sum(row["rank"] is not None for row in board["rows"])
    return f"{board['period']} 年 {'待定' if home['rank'] is None else home['rank']}/{ranked}"


async def _print_city_scheme(console: Console, suite: SuiteClient) -> None:
    board = await suite.get("indicator", "scoreboards", scheme=CITY_SCHEME, period=CITY_PERIOD)
    home = next(row for row in board["rows"] if row["region"] == HOME)
    known = sum(item["value"] is not None for item in home["items"])
    place = "待定，不按 0 分计" if home["rank"] is None else f"第 {home['rank']} 位"
    period = Period.parse(CITY_PERIOD).label
    said = f"{CITY_SCHEME} {period}：{len(home['items'])} 项中 {known} 项有数，其余在讲话中被遮盖或未公布；本市得分与名次{place}"
    note(console, said)


async def _print_lowest(console: Console, suite: SuiteClient, names: Mapping[str, str]) -> None:
    standings = [each async for each in suite.every("indicator", "standings", region=HOME)]
    judged = [each for each in standings if each["level_by_figure"] is not None]
    latest = max((each["period_end"] for each in judged), default=None)
    low = [each for each in judged if each["period_end"] == latest and each["level"] != "green"]
    columns = (
        Column("等级", 4),
        Column("指标", 38),
        Column("报告期", 8),
        Column("数值", 10, right=True),
        Column("位次", 6, right=True),
    )
    sheet = Sheet(console.width, "本市偏低指标（由低到高）", *columns, Column("始于", 6), Column("依据"))
    order = list(LEVELS)
    for each in sorted(low, key=lambda each: (order.index(each["level"]), -(each["rank"] or 0)))[:LOWEST_ITEMS]:
        value = measured(Decimal(each["value"]), each["unit"])
        place = f"{each['rank']}/{each['peers']}" if each["rank"] else "—"
        why = "；".join(reason["evidence"] for reason in each["why"])
        period = Period.parse(each["period"]).label
        sheet.add(level_text(each["level"]), names[each["indicator"]], period, value, place, each["since"], why)
    console.print(sheet)


async def _print_held(console: Console, suite: SuiteClient, names: Mapping[str, str]) -> None:
    held = [each async for each in suite.every("indicator", "observations", state="held", sort="region,period")]
    title = f"待确认数据（{len(held)} 条，有人确认前不计分，也不丢弃）"
    sheet = Sheet(console.width, title, Column("市州", 10), Column("报告期", 6), Column("指标", 44), Column("存疑原因"))
    groups = [list(group) for _, group in groupby(held, key=lambda each: (each["region"], each["period"]))]
    for figures in sorted(groups, key=len, reverse=True)[:HELD_ROWS]:
        named = "、".join(names[each["indicator"]] for each in figures[:NAMES_ON_A_LINE])
        named += f" 等 {len(figures)} 项" if len(figures) > NAMES_ON_A_LINE else ""
        reasons = figures[0]["held_because"][0]["evidence"]
        sheet.add(region_name(figures[0]["region"]), figures[0]["period"], named, reasons)
    console.print(sheet)
    if len(groups) > HELD_ROWS:
        note(console, f"另有 {len(groups) - HELD_ROWS} 组未列出", style="dim")
