"""The alerts: how many of what level, the gravest, and to whom each was pushed."""

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Final

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.main_job.receivers import LABEL
from diaodu_embedded.report.page import LEVELS, heading, level_text, origin, post
from diaodu_embedded.report.sheet import Column, Sheet

ALERTS_OF_A_RULE: Final = 4
GRAVE: Final = tuple(level for level in LEVELS if level != "green")


async def print_alerts(console: Console, suite: SuiteClient) -> None:
    """Print the part of the report that alert-svc answers for."""
    heading(console, "四、预警与推送")
    alerts = [each async for each in suite.every("alert", "alerts") if each["state"] != "closed"]
    rules = {each["code"]: each["name"] async for each in suite.every("alert", "rules", state="published")}
    _print_counts(console, alerts, rules)
    columns = (
        Column("等级", 4),
        Column("规则", 20),
        Column("内容"),
        Column("责任", 18),
        Column("已推送至", 14),
        Column("标注", 4),
    )
    sheet = Sheet(console.width, f"最严重的预警与推送对象（每类前 {ALERTS_OF_A_RULE} 条，真实数据在前）", *columns)
    for alert in _gravest(alerts):
        told = await _told(suite, alert)
        sheet.add(level_text(alert["level"]), rules[alert["rule"]], alert["reason"], _responsible(alert), told, origin(alert))
        sheet.rule_off()
    console.print(sheet)


def _gravest(alerts: list[Document]) -> list[Document]:
    """The first few of every rule: real data before generated, the gravest first, of equals the latest period first."""
    ordered = sorted(alerts, key=lambda alert: alert["period"], reverse=True)
    ordered.sort(key=lambda alert: (alert["rule"], alert["synthetic"], GRAVE.index(alert["level"])))
    return [each for _, group in groupby(ordered, key=lambda alert: alert["rule"]) for each in list(group)[:ALERTS_OF_A_RULE]]


def _print_counts(console: Console, alerts: list[Document], rules: Mapping[str, str]) -> None:
    counts = Counter((alert["rule"], alert["level"]) for alert in alerts)
    levels = [Column(LEVELS[level][0], 4, right=True) for level in GRAVE]
    sheet = Sheet(console.width, f"未关闭的预警（{len(alerts)} 条）", Column("规则", 22), *levels, Column("合计", 4, right=True))
    for rule in sorted({rule for rule, _ in counts}):
        numbers = [counts[rule, level] for level in GRAVE]
        sheet.add(rules[rule], *(str(number) for number in numbers), str(sum(numbers)))
    console.print(sheet)


def _responsible(alert: Document) -> str:
    """Who answers for it, one a line; nobody does for a library as a whole, or for an item that its scheme leaves unclaimed."""
    return "\n".join(post(each["code"]) for each in alert["responsible"]) or "—"


async def _told(suite: SuiteClient, alert: Document) -> str:
    """The names of those who took a push about an alert, as its case file has them."""
    entries = [each async for each in suite.every("alert", f"alerts/{alert['id']}/history")]
    taken = [each["receiver"]["description"] for each in entries if each["outcome"] == "delivered"]
    return "\n".join(sorted({_who(description) for description in taken})) or "—"


def _who(description: str) -> str:
    """A receiver's name without what it wants to hear of."""
    return description.removesuffix(LABEL).partition("：")[0]
