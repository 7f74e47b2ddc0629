"""Three queues of projects, and which obstacle frees the most investment when it goes."""

from typing import Final

from rich.console import Console

from diaodu_embedded.client import Document, SuiteClient
from diaodu_embedded.report.page import note, origin, post, yi
from diaodu_embedded.report.sheet import Column, Sheet

QUEUE_ROWS: Final = 5
FIX_ROWS: Final = 5


async def print_queues(console: Console, suite: SuiteClient) -> None:
    """Print what has to start, to speed up and can be finished, and what would free the most."""
    board = await suite.get("project", "project-queues", limit=QUEUE_ROWS)
    for queue in board["queues"]:
        if queue["count"]:
            _print_queue(console, queue)
    _print_fixes(console, (await suite.get("project", "obstacle-leverage"))["items"])
    pairs = [each for each in (await suite.get("project", "obstacle-leverage", by="pair"))["items"] if each["freed"]]
    for each in pairs:
        note(console, f"两项一并解决：{each['label']}，可盘活 {len(each['freed'])} 个项目，{yi(each['at_stake_wan'])} 亿元")


def _print_queue(console: Console, queue: Document) -> None:
    blocked = f"，{queue['blocked']} 个有堵点" if queue["blocked"] else ""
    title = f"{queue['label']}：{queue['count']} 个，待完成 {yi(queue['at_stake_wan'])} 亿元{blocked}（列出前 {QUEUE_ROWS} 个）"
    columns = (Column("项目"), Column("包抓领导", 18), Column("牵头单位", 14), Column("待完成（亿元）", 14, right=True))
    pace = (Column("每日须完成（万元）", 18, right=True), Column("堵点由谁解决", 30), Column("标注", 8))
    sheet = Sheet(console.width, title, *columns, *pace)
    for each in queue["projects"]:
        _add_project(sheet, each)
    console.print(sheet)


def _add_project(sheet: Sheet, each: Document) -> None:
    owners = "、".join(f"{held['lead_department']}（{held['kind_label']}）" for held in each["obstacles"])
    per_day = "—" if each["needed_per_day_wan"] is None else each["needed_per_day_wan"]
    sheet.add(
        *(each["name"], post(each["sponsor_post"] or ""), each["lead_department"] or "—"),
        *(yi(each["at_stake_wan"]), per_day, owners or "—", origin(each)),
    )


def _print_fixes(console: Console, fixes: list[Document]) -> None:
    columns = (Column("堵点"), Column("由谁解决", 16), Column("时限", 10), Column("可盘活项目", 10, right=True))
    money = (Column("可盘活年度投资（亿元）", 22, right=True), Column("涉及项目", 8, right=True))
    sheet = Sheet(console.width, f"先解决哪个堵点（{len(fixes)} 个未解决，列出前 {FIX_ROWS} 个）", *columns, *money)
    for each in fixes[:FIX_ROWS]:
        (obstacle,) = each["obstacles"]
        sheet.add(
            *(obstacle["title"], obstacle["lead_department"], obstacle["due_on"]),
            *(str(len(each["freed"])), yi(each["at_stake_wan"]), str(each["touched"])),
        )
    console.print(sheet)
