"""The ranking with the city marked, its lowest items, and the figures that wait for somebody to stand for them."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.main_job.figures import CITY_PERIOD, CITY_SCHEME, PANEL_PERIODS, PANEL_SCHEME
from diaodu_embedded.report.page import HOME, LEVELS, heading, level_text, shown, table
from shared.kit.identifiers import region_name

RANK_STATES = {"ranked": "", "pending": "待定"}
TALKS = {"none": "", "edge": "约谈边缘", "summoned": "列入约谈"}
LOWEST_ITEMS = 8
HELD_ROWS = 12
NAMES_ON_A_LINE = 3


async def print_figures(console: Console, suite: SuiteClient, refused: Sequence[Document]) -> None:
    """Print the part of the report that indicator-svc answers for."""
    names = {each["code"]: each["name"] async for each in suite.every("indicator", "indicators")}
    boards = [await suite.get("indicator", "scoreboards", scheme=PANEL_SCHEME, period=period) for period in PANEL_PERIODS]
    heading(console, "一、评价得分与排名（真实历史面板 2005—2008 年）")
    _print_ranking(console, boards[-1])
    _print_ranks_over_time(console, boards)
    await _print_city_scheme(console, suite)
    await _print_lowest(console, suite, names)
    await _print_held(console, suite, names)
    for problem in refused:
        console.print(f"  拒收：{problem['detail']}", style="dim")


def _print_ranking(console: Console, board: Document) -> None:
    rows = table(f"{board['scheme']} {board['period']} 年", "位次", "市州", "总分", "说明", right=("位次", "总分"))
    for row in sorted(board["rows"], key=lambda row: (row["rank"] is None, row["rank"], row["region"])):
        is_home = row["region"] == HOME
        notes = [RANK_STATES[row["rank_state"]], TALKS[row["talk"]]]
        style = "bold reverse" if is_home else ("dim" if row["rank"] is None else "")
        name = f"▶ {row['region_name']}" if is_home else row["region_name"]
        rank = "—" if row["rank"] is None else str(row["rank"])
        rows.add_row(rank, name, shown(row["published"], "待定"), " ".join(filter(None, notes)), style=style)
    console.print(rows)


def _print_ranks_over_time(console: Console, boards: Sequence[Document]) -> None:
    places = []
    for board in boards:
        home = next(row for row in board["rows"] if row["region"] == HOME)
        ranked = sum(row["rank"] is not None for row in board["rows"])
        places.append(f"{board['period']} 年 {shown(home['rank'] and str(home['rank']), '待定')}/{ranked}")
    console.print(f"  本市历年位次：{'，'.join(places)}")


async def _print_city_scheme(console: Console, suite: SuiteClient) -> None:
    board = await suite.get("indicator", "scoreboards", scheme=CITY_SCHEME, period=CITY_PERIOD)
    home = next(row for row in board["rows"] if row["region"] == HOME)
    known = sum(item["value"] is not None for item in home["items"])
    console.print(
        f"  {CITY_SCHEME} {CITY_PERIOD}：{len(home['items'])} 项中 {known} 项有数，其余被遮盖或未公布，"
        f"本市{'待定' if home['rank'] is None else '第 ' + str(home['rank']) + ' 位'}（未知不按 0 计）"
    )


async def _print_lowest(console: Console, suite: SuiteClient, names: dict[str, str]) -> None:
    standings = [each async for each in suite.every("indicator", "standings", region=HOME)]
    judged = [each for each in standings if each["level_by_figure"] is not None]
    latest = max((each["period_end"] for each in judged), default=None)
    now = [each for each in judged if each["period_end"] == latest and each["level"] != "green"]
    order = list(LEVELS)
    rows = table("本市偏低指标", "指标", "报告期", "数值", "位次", "等级", "依据", right=("数值", "位次"))
    for each in sorted(now, key=lambda each: order.index(each["level"]))[:LOWEST_ITEMS]:
        place = f"{each['rank']}/{each['peers']}" if each["rank"] else "—"
        why = "；".join(reason["evidence"] for reason in each["why"])
        value = shown(each["value"]) + (each["unit"] if each["value"] is not None else "")
        rows.add_row(names[each["indicator"]], each["period"], value, place, level_text(each["level"]), why)
    console.print(rows)


async def _print_held(console: Console, suite: SuiteClient, names: dict[str, str]) -> None:
    held = [each async for each in suite.every("indicator", "observations", state="held", sort="region,period")]
    rows = table(f"待确认数据（{len(held)} 条，确认前不计分）", "市州", "报告期", "指标", "存疑原因")
    lines = [list(group) for _, group in groupby(held, key=lambda each: (each["region"], each["period"]))]
    for figures in sorted(lines, key=len, reverse=True)[:HELD_ROWS]:
        named = "、".join(names[each["indicator"]] for each in figures[:NAMES_ON_A_LINE])
        named += f" 等 {len(figures)} 项" if len(figures) > NAMES_ON_A_LINE else ""
        region, period = region_name(figures[0]["region"]), figures[0]["period"]
        rows.add_row(region, period, named, Text(figures[0]["held_because"][0]["evidence"]))
    console.print(rows)
