"""The embedded suite as a child process: started, waited for, stopped by its own id."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

READY: Final = "ready "
LOOK_EVERY_SECONDS: Final = 0.02
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
LINES_SHOWN: Final = 20


class ChildFailed(Exception):
    """The process ended, or did not get ready in time; says what it printed last."""


class EmbeddedChild:
    """`python -m diaodu_embedded run` on a data directory and a free port. Entered, it is ready; left, it has ended."""

    def __init__(self, data_dir: Path, variables: Mapping[str, str]) -> None:
        self.url = ""
        self.data_dir = data_dir
        self.log = data_dir / "suite.log"
        self.seconds_to_ready = 0.0
        self._variables = {"PORT": "0", "HOST": "127.0.0.1", **variables, "DATA_DIR": str(data_dir)}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def key(self) -> str:
        """The first key, which the suite wrote at its first start."""
        return (self.data_dir / "admin.key").read_text(encoding="ascii").strip()

    @property
    def pid(self) -> int:
        """The id of the running process. Raises ChildFailed when there is none."""
        if self._process is None:
            raise ChildFailed("the suite is not running")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it says that it is ready. Raises ChildFailed."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        began = time.monotonic()
        with self.log.open("wb") as output:
            command = [sys.executable, "-m", "diaodu_embedded", "run"]
            self._process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **self._variables})  # noqa: S603 - our own program
        self.url = self._wait_ready(self._process, began + START_SECONDS)
        self.seconds_to_ready = time.monotonic() - began
        self._variables["PORT"] = self.url.rpartition(":")[2]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and wait until it has; answers its exit status. One that does not listen is killed."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        self.stop(signal.SIGKILL)

    def resident_mib(self) -> float:
        """How much memory it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> str:
        while time.monotonic() < deadline and process.poll() is None:
            said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            if url := next((line.removeprefix(READY) for line in said if line.startswith(READY)), None):
                return url
            try:
                process.wait(LOOK_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self.kill()
        last = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:]
        raise ChildFailed("the suite did not get ready:\n" + "\n".join(last))
