"""The embedded suite: how soon it is ready, and what memory it holds after the demonstration."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from diaodu_embedded.child import EmbeddedChild
from diaodu_embedded.client import SuiteClient
from diaodu_embedded.demo import CLOCK_START
from diaodu_embedded.main_job.job import run_main_job
from diaodu_embedded.main_job.receivers import registered_receivers
from tests.bench.measures import Measure, Spread

BARE_PROGRAM: Final = """
import asyncio, sys
import aiosqlite, alembic.command, fastapi, httpx, pydantic_settings, uvicorn
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy import text

async def main():
    engine = create_async_engine(f"sqlite+aiosqlite:///{sys.argv[1]}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    await engine.dispose()
    print("ready", open("/proc/self/status").read().partition("VmRSS:")[2].split()[0], flush=True)

fastapi.FastAPI()
asyncio.run(main())
"""
"""The libraries that the suite stands on, one table in one database, and nothing of ours."""


def measure_embedded(runs: int) -> list[Measure]:
    """`runs` first starts on an empty folder, alternating with the bare program; then one demonstration's memory."""
    ready, bare, bare_mib = [], [], 0.0
    for _ in range(runs):
        seconds, bare_mib = _bare_start()
        bare.append(seconds)
        with tempfile.TemporaryDirectory(prefix="diaodu-bench-") as folder, EmbeddedChild(Path(folder), {}) as child:
            ready.append(child.seconds_to_ready)
    ours, theirs = Spread.of(ready), Spread.of(bare)
    return [
        Measure(f"embedded: first start until ready, median of {runs}", "s", ours.middle, theirs.middle, "≤ 4 s"),
        Measure("embedded: slowest of them", "s", ours.most, theirs.most, "≤ 4 s"),
        Measure("embedded: resident after the demo", "MiB", asyncio.run(_resident_after_the_demo()), bare_mib, "≤ 250 MiB"),
    ]


def _bare_start() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="diaodu-bench-") as folder:
        began = time.monotonic()
        command = [sys.executable, "-c", BARE_PROGRAM, str(Path(folder) / "bare.db")]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return time.monotonic() - began, int(said.split()[1]) / 1024


async def _resident_after_the_demo() -> float:
    with tempfile.TemporaryDirectory(prefix="diaodu-bench-") as folder:
        child = EmbeddedChild(Path(folder), {"CLOCK_START": CLOCK_START})
        await asyncio.to_thread(child.start)
        try:
            async with SuiteClient(child.url, child.key) as suite, registered_receivers(suite):
                await run_main_job(suite, lambda _: None)
                return child.resident_mib()
        finally:
            await asyncio.to_thread(child.stop)
