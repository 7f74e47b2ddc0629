"""The alerts: how many of what level, the gravest, and to whom each was pushed."""

from collections import Counter

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.main_job.receivers import LABEL
from diaodu_embedded.report.page import LEVELS, heading, level_text, mark, table

ALERT_ROWS = 15
RULES = {
    "indicator.low": "指标偏低",
    "milestone.overdue": "节点逾期",
    "milestone.due-soon": "节点临期",
    "library.short": "项目库不足",
    "screening.not-passed": "审查未通过",
}


async def print_alerts(console: Console, suite: SuiteClient) -> None:
    """Print the part of the report that alert-svc answers for."""
    heading(console, "四、预警与推送")
    alerts = [each async for each in suite.every("alert", "alerts") if each["state"] != "closed"]
    _print_counts(console, alerts)
    rows = table("最严重的预警与推送对象", "等级", "规则", "内容", "责任", "已推送至", "")
    for alert in sorted(alerts, key=lambda alert: alert["synthetic"])[:ALERT_ROWS]:
        responsible = "、".join(each["code"] for each in alert["responsible"])
        receivers = await _told(suite, alert)
        rule = RULES.get(alert["rule"], alert["rule"])
        rows.add_row(level_text(alert["level"]), rule, alert["reason"], responsible, receivers, mark(alert["synthetic"]))
    console.print(rows)


def _print_counts(console: Console, alerts: list[Document]) -> None:
    counts = Counter((alert["rule"], alert["level"]) for alert in alerts)
    grave = [level for level in LEVELS if level != "green"]
    rows = table(f"未关闭的预警（{len(alerts)} 条）", "规则", *(LEVELS[level][0] for level in grave), "合计")
    for rule in sorted({rule for rule, _ in counts}):
        numbers = [counts[rule, level] for level in grave]
        rows.add_row(RULES.get(rule, rule), *(str(number) for number in numbers), str(sum(numbers)))
    console.print(rows)


async def _told(suite: SuiteClient, alert: Document) -> str:
    """The names of those who took a push about an alert, as its case file has them."""
    entries = [each async for each in suite.every("alert", f"alerts/{alert['id']}/history")]
    taken = [each["receiver"] for each in entries if each["outcome"] == "delivered"]
    return "、".join(sorted({receiver["description"].removesuffix(LABEL) for receiver in taken})) or "—"
