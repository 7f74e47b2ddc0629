"""The main job from its first write to the moment at which nothing is left to do."""

import time
from collections.abc import Callable
from typing import Final

from diaodu_embedded.client import SuiteClient
from diaodu_embedded.main_job.bonds import fill_library, import_bonds, screen_library
from diaodu_embedded.main_job.figures import compute_boards, publish_schemes, report_figures
from diaodu_embedded.main_job.obstacles import raise_obstacles
from diaodu_embedded.main_job.projects import register_projects
from diaodu_embedded.main_job.settled import Ledger, until_settled

PATIENCE_SECONDS: Final = 180.0
TOLD_EVERY_SECONDS: Final = 2.0
SERVICE_NAMES: Final = {"indicator": "指标", "project": "项目", "bond": "专债", "alert": "预警"}

Tell = Callable[[str], None]


async def run_main_job(suite: SuiteClient, tell: Tell, patience: float = PATIENCE_SECONDS) -> Ledger:
    """Write everything that is not there, then wait for what follows. Raises Refused, BatchItemRefused, NotSettled."""
    await write_everything(suite, tell)
    last, next_at = "", 0.0

    def say(ledger: Ledger) -> None:
        nonlocal last, next_at
        line = f"记录 {ledger.facts} 条事实，预警 {ledger.alerts} 条，已推送 {ledger.delivered} 次，待推送 {ledger.pushes} 次"
        if line != last and time.monotonic() >= next_at:
            tell(line)
            last, next_at = line, time.monotonic() + TOLD_EVERY_SECONDS

    ledger = await until_settled(suite, patience, say)
    recorded = "、".join(f"{name} {ledger.recorded[service]}" for service, name in SERVICE_NAMES.items())
    tell(f"已全部处理：事实 {ledger.facts} 条（{recorded}），遗漏 {ledger.lost} 条，搁置 {ledger.parked} 条")
    return ledger


async def write_everything(suite: SuiteClient, tell: Tell) -> None:
    """The writes of the main job, in the order in which a city would make them."""
    tell(f"指标：发布 {await publish_schemes(suite)} 个评价方案")
    tell(f"指标：新报 {await report_figures(suite)} 条真实数据（2004—2012 年面板与讲话）")
    tell(f"指标：计算 {len(await compute_boards(suite))} 份计分榜")
    tell(f"项目：台账 {await register_projects(suite)} 个项目及其节点计划、月报")
    tell(f"项目：堵点 {await raise_obstacles(suite)} 个（合成）")
    tell(f"专债：台账 {await import_bonds(suite)} 只已发行债券")
    tell(f"专债：项目库 {await fill_library(suite)} 个项目、入库目标与谋划任务")
    tell(f"专债：新审查 {await screen_library(suite)} 个项目")
