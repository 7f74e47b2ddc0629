"""The library against its target, the findings of the screenings, and the ledger of issued bonds."""

from decimal import Decimal

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.report.page import heading, mark, table, yi

OUTCOMES = {"pass": "通过", "fail": "不通过", "undetermined": "不能判断"}
VERDICTS = {"hit": "触碰", "undetermined": "待补充"}
FINDINGS_SHOWN = 4


async def print_bonds(console: Console, suite: SuiteClient) -> None:
    """Print the part of the report that bond-svc answers for."""
    heading(console, "三、专项债券")
    await _print_library(console, suite)
    await _print_findings(console, suite)
    sums = await suite.get("bond", "issued-bond-sums")
    special = sum((Decimal(each["amount_wan"]) for each in sums["items"] if each["bond_type"] == "special"), Decimal())
    console.print(f"  已发行债券台账：{sums['bonds']} 只，{yi(sums['amount_wan'])} 亿元，其中专项债券 {yi(str(special))} 亿元")


async def _print_library(console: Console, suite: SuiteClient) -> None:
    summary = await suite.get("bond", "library-summary")
    title = f"专债项目库：{yi(summary['total_investment_wan'])} 亿元，目标 {yi(summary['target_wan'])} 亿元，"
    title += f"缺口 {yi(summary['gap_wan'])} 亿元" if summary["short"] else "已达目标"
    amounts = ("谋划任务", "已入库", "缺口")
    rows = table(title, "分管领域", "牵头单位", *amounts, "项目数", right=(*amounts, "项目数"))
    for line in summary["by_department"]:
        cells = [yi(line[name]) if line[name] is not None else "—" for name in ("task_wan", "total_investment_wan", "gap_wan")]
        rows.add_row(line["portfolio"], line["department"], *cells, str(line["projects"]))
    console.print(rows)
    if summary["synthetic"]:
        console.print("  含合成的演示数据", style="dim")


async def _print_findings(console: Console, suite: SuiteClient) -> None:
    rows = table("合规审查（R01—R04）", "项目", "总投资（亿元）", "结论", "触碰或待补充的规则", "", right=("总投资（亿元）",))
    async for project in suite.every("bond", "library-projects"):
        if project["screening_id"] is not None:
            screening = await suite.get("bond", f"library-projects/{project['id']}/screenings/{project['screening_id']}")
            rows.add_row(
                *(project["name"], yi(project["total_investment_wan"]), OUTCOMES[screening["outcome"]]),
                *(_findings(screening), mark(project["synthetic"])),
            )
    console.print(rows)


def _findings(screening: Document) -> str:
    found = [each for each in screening["findings"] if each["outcome"] in VERDICTS]
    lines = [f"{each['rule']} {VERDICTS[each['outcome']]}：{each['message']}" for each in found[:FINDINGS_SHOWN]]
    return "\n".join(lines) or "全部符合"
