"""The suite as production runs it, in processes of this machine: per service an api and a worker, on PostgreSQL and Kafka."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from shared.contracts.catalogue import SERVICES, dead_letter_topic_of, topic_of
from shared.kit.api_keys import new_key
from shared.kit.bus_factory import open_bus
from shared.testing.postgres_server import PostgresServer

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0


class Brokers(Protocol):
    """A broker, or several."""

    replication: int

    @property
    def servers(self) -> str:
        """The bootstrap addresses."""
        ...


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


@dataclass
class Stack:
    """Entered, it is migrated, keyed and running; `start` adds replicas, `Running.kill` takes one away."""

    postgres: PostgresServer
    kafka: Brokers
    services: Sequence[str] = SERVICES
    settings: dict[str, str] = field(default_factory=dict)
    """More environment, e.g. `ALERT_RECEIVER_HOSTS`."""

    def __post_init__(self) -> None:
        self.key = new_key("test").text
        self.urls: dict[str, str] = {}
        self.databases = {service: self.postgres.create_database() for service in self.services}
        self.processes: list[Running] = []
        self._exit = ExitStack()
        self._folder = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="diaodu-stack-")))
        self._prefix = f"{self._folder.name[-8:]}."

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
    def bus_url(self) -> str:
        """Topics and groups of this stack's own on the shared broker."""
        return f"kafka://{self.kafka.servers}?prefix={self._prefix}&replication={self.kafka.replication}"

    def start(self, service: str, role: str) -> Running:
        """Start an api or a worker, and wait until it says that it is ready."""
        log = self._folder / f"{service}-{role}-{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(self._command(service, role), stdout=output, stderr=output, env=self._environment(service))
        started = Running(service, role, log, process)
        self.processes.append(started)
        started.url = self._wait_ready(started)
        if role == "api":
            self.urls[service] = started.url
        return started

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
        done = subprocess.run(
            self._command(service, *arguments), env=self._environment(service), capture_output=True, text=True, check=False
        )
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

    def _command(self, service: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", f"{service}_svc", *arguments]

    def _environment(self, service: str) -> dict[str, str]:
        prefix = f"{service.upper()}_"
        own = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": self.postgres.url(self.databases[service]),
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
