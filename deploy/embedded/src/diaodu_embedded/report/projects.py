"""Rates with their denominators, and the milestones that are overdue, with days and investment."""

from rich.console import Console
from rich.table import Table

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.report.page import heading, mark, shown, table, yi

OVERDUE_ROWS = 15


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
    title = f"开复工率与投资完成率（时间进度 {shown(board['elapsed_percent'])}%）"
    counts = ("开复工率", "新建开工率", "复工率")
    rows = table(title, "口径", *counts, "投资完成率", "序时差", "", right=(*counts, "投资完成率", "序时差"))
    for group in board["groups"]:
        _add_rates(rows, group["label"], group["rates"])
    rows.add_section()
    _add_rates(rows, "合计", board["total"])
    console.print(rows)


def _add_rates(rows: Table, label: str, rates: Document) -> None:
    counts = [_count_rate(rates[name]) for name in ("start_and_resume", "new_start", "resumption")]
    invested = rates["investment"]
    gap = "—" if invested["gap_pp"] is None else f"{invested['gap_pp']} 个百分点"
    rows.add_row(label, *counts, _percent(invested["percent"]), gap, "含合成" if rates["data_label"] else "")


def _count_rate(rate: Document) -> str:
    return f"{rate['numerator']}/{rate['denominator']} {_percent(rate['percent'])}"


def _percent(value: str | None) -> str:
    return "—" if value is None else f"{value}%"


def _print_overdue(console: Console, late: list[Document]) -> None:
    investments = {each["project"]: each["total_investment_wan"] for each in late}
    rows = table(
        f"逾期节点（共 {len(late)} 个，涉及 {len(investments)} 个项目）",
        *("项目", "节点", "到期日", "逾期天数", "总投资（亿元）", "包抓", "牵头单位", ""),
        right=("逾期天数", "总投资（亿元）"),
    )
    for each in sorted(late, key=_urgency)[:OVERDUE_ROWS]:
        rows.add_row(
            *(each["project_name"], each["name"], each["current_due_on"], str(each["days_overdue"])),
            *(yi(each["total_investment_wan"]), each["sponsor_post"], each["lead_department"], mark(each["synthetic"])),
            style="red" if each["lamp"] == "red" else "yellow",
        )
    console.print(rows)


def _urgency(milestone: Document) -> tuple[bool, int]:
    """Real ones before generated ones, the longest overdue first."""
    return milestone["synthetic"], -milestone["days_overdue"]
