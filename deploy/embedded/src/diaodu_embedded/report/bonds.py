"""The library against its target, the findings of the screenings, and the ledger of issued bonds."""

from decimal import Decimal
from typing import Final

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.report.page import heading, note, origin, post, yi
from diaodu_embedded.report.sheet import Column, Sheet

OUTCOMES: Final = {"fail": "不通过", "undetermined": "不能判断", "pass": "通过"}
VERDICTS: Final = {"hit": "触碰", "undetermined": "待补充"}


async def print_bonds(console: Console, suite: SuiteClient) -> None:
    """Print the part of the report that bond-svc answers for."""
    heading(console, "三、专项债券")
    await _print_library(console, suite)
    await _print_findings(console, suite)
    sums = await suite.get("bond", "issued-bond-sums")
    special = sum((Decimal(each["amount_wan"]) for each in sums["items"] if each["bond_type"] == "special"), Decimal())
    note(
        console,
        f"已发行债券台账（真实）：{sums['bonds']} 只，{yi(sums['amount_wan'])} 亿元，其中专项债券 {yi(str(special))} 亿元",
    )


async def _print_library(console: Console, suite: SuiteClient) -> None:
    summary = await suite.get("bond", "library-summary")
    title = f"专项债项目库：{yi(summary['total_investment_wan'])} 亿元，目标 {yi(summary['target_wan'])} 亿元，"
    title += f"缺口 {yi(summary['gap_wan'])} 亿元" if summary["short"] else "已达目标"
    title += "（含合成项目）" if summary["synthetic"] else ""
    amounts = [Column(name, 16, right=True) for name in ("谋划任务（亿元）", "已入库（亿元）", "缺口（亿元）")]
    sheet = Sheet(console.width, title, Column("分管领导", 20), Column("牵头单位", 20), *amounts, Column("项目数", 6, right=True))
    for line in summary["by_department"]:
        cells = [yi(line[name]) if line[name] is not None else "—" for name in ("task_wan", "total_investment_wan", "gap_wan")]
        sheet.add(post(line["portfolio"]), line["department"], *cells, str(line["projects"]))
    console.print(sheet)


async def _print_findings(console: Console, suite: SuiteClient) -> None:
    screened = [each async for each in suite.every("bond", "library-projects") if each["screening_id"] is not None]
    screenings = [
        (project, await suite.get("bond", f"library-projects/{project['id']}/screenings/{project['screening_id']}"))
        for project in screened
    ]
    order = list(OUTCOMES)
    screenings.sort(key=lambda pair: order.index(pair[1]["outcome"]))
    counts = "，".join(f"{word} {sum(each['outcome'] == key for _, each in screenings)} 个" for key, word in OUTCOMES.items())
    columns = (Column("结论", 8), Column("项目", 36), Column("总投资（亿元）", 14, right=True), Column("触碰或待补充的规则"))
    sheet = Sheet(console.width, f"合规审查 R01—R04（{counts}）", *columns, Column("标注", 4))
    for project, screening in screenings:
        if found := _findings(screening):
            cells = (OUTCOMES[screening["outcome"]], project["name"], yi(project["total_investment_wan"]))
            sheet.add(*cells, found, origin(project))
    console.print(sheet)
    clear = [project["name"] for project, screening in screenings if not _findings(screening)]
    note(console, f"全部符合：{'、'.join(clear) or '无'}")


def _findings(screening: Document) -> str:
    found = [each for each in screening["findings"] if each["outcome"] in VERDICTS]
    return "\n".join(f"{each['rule']} {VERDICTS[each['outcome']]}：{each['message']}" for each in found)
