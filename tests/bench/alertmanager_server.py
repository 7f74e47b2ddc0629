"""A real Prometheus Alertmanager of our own, on a free port, with one webhook receiver and a group for every alert."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from shared.testing.eventually import eventually, seconds
from shared.testing.postgres_server import ServerMissing, free_port

STOP_SECONDS: Final = 30.0
LASTS: Final = timedelta(hours=6)
HINT: Final = "Alertmanager is not installed: `go install github.com/prometheus/alertmanager/cmd/alertmanager@v0.28.1`"
CONFIGURATION: Final = """\
route:
  receiver: hook
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: hook
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


def program() -> str:
    """Where the program is: on the path, or where Go installs it. Raises ServerMissing."""
    found = shutil.which("alertmanager") or shutil.which("alertmanager", path=str(Path.home() / "go" / "bin"))
    if found is None:
        raise ServerMissing(HINT)
    return found


class Alertmanager:
    """Entered, it runs and pushes to `url`; `kill` and `start` may be called in between, on the same port and data."""

    def __init__(self, url: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="diaodu-alertmanager-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=30, trust_env=False)
        (self._folder / "alertmanager.yml").write_text(CONFIGURATION.format(url=url), encoding="utf-8")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        await asyncio.to_thread(self._spawn)
        await eventually(self._ready, is_=True, within=seconds(30))

    def _spawn(self) -> None:
        command = [
            program(),
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            "--cluster.listen-address=",
        ]
        with (self._folder / "log").open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)
            self._process = None

    async def accept(self, names: Sequence[str]) -> None:
        """Hand over one firing alert per name; returns when it has taken them all."""
        now = datetime.now(UTC)
        alerts = [
            {
                "labels": {"alertname": "MilestoneFellOverdue", "object": name, "level": "yellow"},
                "annotations": {"summary": f"节点 {name} 逾期"},
                "startsAt": now.isoformat(),
                "endsAt": (now + LASTS).isoformat(),
            }
            for name in names
        ]
        (await self._client.post("/api/v2/alerts", json=alerts)).raise_for_status()

    async def _ready(self) -> bool:
        try:
            return (await self._client.get("/-/ready")).is_success
        except httpx.TransportError:
            return False
