"""The processes of a suite on this machine: per service an api and a worker, started, killed and stopped by a test."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shared.contracts.catalogue import SERVICES, dead_letter_topic_of, topic_of
from shared.kit.api_keys import new_key
from shared.kit.bus_factory import open_bus

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0


@dataclass
class Running:
    """One process of the stack."""

    service: str
    role: str
    log: Path
    process: subprocess.Popen[bytes]
    url: str = ""

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


class Processes(ABC):
    """Entered, the suite is migrated, keyed and running; `start` adds replicas, `Running.kill` takes one away.

    `settings` are more environment, e.g. `ALERT_RECEIVER_HOSTS`; a change counts for processes that are started after it.
    """

    def __init__(self, services: Sequence[str] = SERVICES, settings: Mapping[str, str] | None = None) -> None:
        self.services = services
        self.settings = dict(settings or {})
        self.key = new_key("test").text
        self.urls: dict[str, str] = {}
        self.processes: list[Running] = []
        self._exit = ExitStack()
        self._folder = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="diaodu-stack-")))

    def __enter__(self) -> Self:
        asyncio.run(self._make_topics())
        key_file = self._folder / "admin.key"
        key_file.write_text(self.key)
        for service in self.services:
            self.run(service, "migrate")
            self.run(service, "keys", "import", str(key_file))
        for service in self.services:
            self.start(service, "api")
            self.start(service, "worker")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        alive = [each for each in self.processes if each.alive]
        for each in alive:
            each.process.send_signal(signal.SIGTERM)
        for each in alive:
            try:
                each.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                each.kill()
        self._exit.close()

    @property
    @abstractmethod
    def bus_url(self) -> str:
        """The bus that all of them share."""

    @abstractmethod
    def database_url(self, service: str) -> str:
        """How SQLAlchemy reaches what a service keeps."""

    def start(self, service: str, role: str) -> Running:
        """Start an api or a worker, and wait until it says that it is ready."""
        started = self.launch(service, role)
        self.await_ready(started)
        return started

    def launch(self, service: str, role: str, by: Sequence[str] = ()) -> Running:
        """Start one and do not wait; `by` is another program that runs it."""
        log = self._folder / f"{service}-{role}-{len(self.processes)}.log"
        with log.open("wb") as output:
            command = [sys.executable, *(by or ("-m", f"{service}_svc")), role]
            process = subprocess.Popen(command, stdout=output, stderr=output, env=self._environment(service))
        launched = Running(service, role, log, process)
        self.processes.append(launched)
        return launched

    def await_ready(self, launched: Running) -> None:
        """Wait until one that was launched says that it is ready; an api is reached there from now on."""
        launched.url = self._wait_ready(launched)
        if launched.role == "api":
            self.urls[launched.service] = launched.url

    def newest(self, service: str, role: str) -> Running:
        """The process of a service in that role that was started last and is alive."""
        return self.alive(service, role)[-1]

    def alive(self, service: str, role: str) -> list[Running]:
        """The processes of a service in that role that are alive, in the order of their start."""
        return [each for each in self.processes if (each.service, each.role) == (service, role) and each.alive]

    def worker(self, service: str) -> Running:
        """The newest worker of a service that is alive."""
        return self.newest(service, "worker")

    def run(self, service: str, *arguments: str) -> str:
        """Run a command of a service to its end; what it printed."""
        command = [sys.executable, "-m", f"{service}_svc", *arguments]
        done = subprocess.run(command, env=self._environment(service), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{service} {arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _wait_ready(self, started: Running) -> str:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for line in started.log.read_text(errors="replace").splitlines():
                if line.startswith("ready "):
                    return line.removeprefix("ready ")
            try:
                started.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError(f"{started.service} {started.role}: {started.log.read_text(errors='replace')[-3000:]}")

    def _environment(self, service: str) -> dict[str, str]:
        prefix = f"{service.upper()}_"
        own = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": self.database_url(service),
            "BUS_URL": self.bus_url,
            "SIGNING_KEY": "only-for-tests-and-long-enough-to-pass-0123",
            "HTTP_PORT": "0",
            "WORKER_HEALTH_PORT": "0",
            "LOG_LEVEL": "warning",
        }
        more = {name: value for name, value in self.settings.items() if name.startswith(prefix)}
        return {**os.environ, **{prefix + name: value for name, value in own.items()}, **more}

    async def _make_topics(self) -> None:
        bus = open_bus(self.bus_url)
        names = [name for service in SERVICES for name in (topic_of(service), dead_letter_topic_of(service))]
        await bus.ensure_topics(dict.fromkeys(names, None))
        await bus.close(5)
