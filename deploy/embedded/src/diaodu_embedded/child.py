"""A program of the suite as a child process: started, waited for, stopped by its own id."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

READY: Final = b"ready "
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0


class ChildFailed(Exception):
    """The program ended, or did not get ready in time; says what it printed last."""


class Child:
    """One run of `python -m <module> <arguments>` that prints `ready <url>` when it can be used."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
        self.url = ""
        self._command = tuple(command)
        self._variables = dict(variables)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The id of the running process. Raises ChildFailed when there is none."""
        if self._process is None:
            raise ChildFailed(f"{self._command[0]} has not been started")
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it says that it is ready. Raises ChildFailed."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self._command,
            env={**os.environ, **self._variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**22,
        )
        self._process = process
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read(process.stdout, ready))
        try:
            self.url = await asyncio.wait_for(ready, START_SECONDS)
        except TimeoutError:
            await self.kill()
            raise ChildFailed(f"{' '.join(self._command)} was not ready in time\n{self._tail()}") from None

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and wait until it has; answers its exit status. One that does not listen is killed."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(how)
        try:
            status = await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            status = await self._process.wait()
        if self._reading is not None:
            await self._reading
        self._process = None
        return status

    async def kill(self) -> None:
        """End it as a power cut would end it."""
        await self.stop(signal.SIGKILL)

    async def _read(self, lines: asyncio.StreamReader | None, ready: asyncio.Future[str]) -> None:
        with self._log.open("ab", buffering=0) as log:
            while lines is not None and (line := await lines.readline()):
                log.write(line)
                if line.startswith(READY) and not ready.done():
                    ready.set_result(line.removeprefix(READY).decode().strip())
        if not ready.done():
            ready.set_exception(ChildFailed(f"{' '.join(self._command)} ended before it was ready\n{self._tail()}"))

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
