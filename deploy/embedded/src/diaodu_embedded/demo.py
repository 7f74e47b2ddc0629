"""`make demo`: the main job on real input, and what a dispatch meeting would look at afterwards."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from diaodu_embedded.child import EmbeddedChild
from diaodu_embedded.client import SuiteClient
from diaodu_embedded.main_job.figures import refused_figures
from diaodu_embedded.main_job.job import Tell, run_main_job
from diaodu_embedded.main_job.receivers import received_by, registered_receivers
from diaodu_embedded.main_job.settled import Ledger
from diaodu_embedded.report.alerts import print_alerts
from diaodu_embedded.report.bonds import print_bonds
from diaodu_embedded.report.figures import print_figures
from diaodu_embedded.report.projects import print_projects
from diaodu_embedded.report.queues import print_queues

CLOCK_START: Final = "2022-07-01T09:00:00+08:00"


async def run_demo(data_dir: Path, console: Console, say: Callable[[str], None]) -> None:
    """Run the suite in a process of its own, do the main job, print the report; `say` gets the one line of JSON at the end."""
    began = time.monotonic()

    def tell(what: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} 秒[/dim]  {what}", highlight=False, soft_wrap=True)

    tell("正在启动整套系统 …")
    child = EmbeddedChild(data_dir, {"CLOCK_START": CLOCK_START})
    await asyncio.to_thread(child.start)
    try:
        tell(f"已就绪 {child.url}（{child.seconds_to_ready:.1f} 秒），数据目录 {data_dir}")
        ledger = await _work(child, console, tell)
        tell(f"占用内存 {child.resident_mib():.0f} MiB")
    finally:
        await asyncio.to_thread(child.stop)
    say(_summary(ledger, time.monotonic() - began))


async def _work(child: EmbeddedChild, console: Console, tell: Tell) -> Ledger:
    async with SuiteClient(child.url, child.key) as suite, registered_receivers(suite) as receivers:
        ledger = await run_main_job(suite, tell)
        refused = await refused_figures(suite)
        tell(received_by(receivers))
        await print_figures(console, suite, refused)
        await print_projects(console, suite)
        await print_queues(console, suite)
        await print_bonds(console, suite)
        await print_alerts(console, suite)
    return ledger


def _summary(ledger: Ledger, seconds: float) -> str:
    return json.dumps(
        {
            "facts": ledger.facts,
            "alerts": ledger.alerts,
            "pushes_delivered": ledger.delivered,
            "lost": ledger.lost,
            "seconds": round(seconds, 1),
        }
    )
