"""Rates with their denominators, and the milestones that are overdue, with days and investment."""

from decimal import Decimal
from typing import Final

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.report.page import heading, note, origin, percent, post, yi
from diaodu_embedded.report.sheet import Column, Sheet

OVERDUE_ROWS: Final = 15
RATES: Final = ("start_and_resume", "new_start", "resumption")


async def print_projects(console: Console, suite: SuiteClient) -> None:
    """Print the part of the report that project-svc answers for."""
    board = await suite.get("project", "rates")
    heading(console, f"二、项目调度（截至 {board['as_of']}）")
    _print_rates(console, board)
    late = [
        each
        async for each in suite.every("project", "milestones", state="open", due_before=board["as_of"])
        if each["days_overdue"] > 0
    ]
    _print_overdue(console, late)


def _print_rates(console: Console, board: Document) -> None:
    counts = [Column(name, 14, right=True) for name in ("开复工率", "新建开工率", "复工率")]
    money = (Column("投资完成率", 10, right=True), Column("序时差（百分点）", 16, right=True))
    title = f"开复工率与投资完成率（时间进度 {percent(board['elapsed_percent'])}）"
    sheet = Sheet(console.width, title, Column("包抓领导", 20), *counts, *money, Column("标注", 8))
    for group in board["groups"]:
        _add_rates(sheet, post(group["label"]), group["rates"])
    sheet.rule_off()
    total = board["total"]
    _add_rates(sheet, "合计", total)
    console.print(sheet)
    note(
        console,
        f"未开（复）工 {len(total['start_and_resume']['missing'])} 个；前期项目 {len(total['preparatory'])} 个另列，不计入各率",
    )


def _add_rates(sheet: Sheet, label: str, rates: Document) -> None:
    counts = [f"{rate['numerator']}/{rate['denominator']} {percent(rate['percent'])}" for rate in (rates[name] for name in RATES)]
    invested = rates["investment"]
    gap = "—" if invested["gap_pp"] is None else f"{Decimal(invested['gap_pp']):+.1f}"
    sheet.add(label, *counts, percent(invested["percent"]), gap, "含合成" if rates["data_label"] else "—")


def _print_overdue(console: Console, late: list[Document]) -> None:
    investments = {each["project"]: each["total_investment_wan"] for each in late}
    known = [Decimal(wan) for wan in investments.values() if wan is not None]
    unknown = len(investments) - len(known)
    total = f"总投资 {yi(str(sum(known, Decimal())))} 亿元" + (f"，另有 {unknown} 个项目投资未公布" if unknown else "")
    title = f"逾期节点（{len(late)} 个，涉及 {len(investments)} 个项目，{total}；列出前 {OVERDUE_ROWS} 个，真实项目在前）"
    columns = (Column("项目"), Column("节点", 14), Column("到期日", 10), Column("逾期天数", 8, right=True))
    people = (Column("总投资（亿元）", 14, right=True), Column("包抓领导", 18), Column("牵头单位", 14), Column("标注", 8))
    sheet = Sheet(console.width, title, *columns, *people)
    for each in sorted(late, key=_urgency)[:OVERDUE_ROWS]:
        sheet.add(
            *(each["project_name"], each["name"], each["current_due_on"], str(each["days_overdue"])),
            *(yi(each["total_investment_wan"]), post(each["sponsor_post"]), each["lead_department"], origin(each)),
            style="red" if each["lamp"] == "red" else "yellow",
        )
    console.print(sheet)
    if any(each["date_basis"] == "assumed" for each in late):
        note(console, "日期假定：讲话只点名项目，到期日和牵头单位均为演示所设", style="dim")


def _urgency(milestone: Document) -> tuple[bool, int]:
    """Real ones before generated ones, the longest overdue first."""
    return milestone["synthetic"], -milestone["days_overdue"]
