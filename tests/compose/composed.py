"""The suite as an installation runs it: deploy/compose.yaml in containers, with production's settings, behind its gateway."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from shared.testing.postgres_server import ServerMissing, free_port
from shared.testing.receiver import WebhookReceiver
from tests.e2e.running import RESEND, RunningSuite

ROOT: Final = Path(__file__).parents[2]
FILES: Final = (ROOT / "deploy" / "compose.yaml", Path(__file__).with_name("tests.yaml"))
RECEIVER: Final = "receiver.test"
FIRST_NUMBER: Final = 700_001
"""Beyond the projects that the main job registers."""
READY_SECONDS: Final = 240
COMMAND_SECONDS: Final = 900.0
HINT: Final = (
    "no Docker engine with compose answers here: as root, `deploy/offline-images.sh`, or install docker and its compose plugin"
)


class ComposeFailed(Exception):
    """A command of Docker failed; says which, and what it printed last."""


class Composed:
    """Entered, it is built, has its secrets and is up, with two alert workers; left, nothing of it remains but the image."""

    def __init__(self) -> None:
        if not _docker_answers():
            raise ServerMissing(HINT)
        self._folder = Path(tempfile.mkdtemp(prefix="diaodu-compose-"))
        self._project = f"diaodu-test-{os.getpid()}"
        self.port, self.prometheus_port = free_port(), free_port()
        self._environment = {
            **os.environ,
            "DIAODU_IMAGE": "diaodu:test",
            "SECRETS_DIR": str(self._folder / "secrets"),
            "GATEWAY_ADDRESS": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "COMPOSE_PROFILES": "monitoring",
            "PROMETHEUS_PORT": str(self.prometheus_port),
            "RECEIVER_HOSTS": f"{RECEIVER}:*",
            "RECEIVER_HTTP_HOSTS": RECEIVER,
        }
        if not _succeeds("docker", "buildx", "version"):
            self._environment["DOCKER_BUILDKIT"] = "0"

    def __enter__(self) -> Self:
        try:
            self.compose("build", "--quiet", "indicator-migrate")
            self._run(str(ROOT / "deploy" / "make-secrets"))
            self.up()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.compose("down", "--volumes", "--timeout", "10")
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return (self._folder / "secrets" / "admin_api_key").read_text(encoding="ascii").strip()

    def up(self) -> None:
        """Bring up what is not up, and wait until every service is healthy."""
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(READY_SECONDS), "--scale", "alert-worker=2")

    def compose(self, *arguments: str) -> str:
        """One command of docker compose; what it printed. Raises ComposeFailed, with the end of the log of every container."""
        files = [part for file in FILES for part in ("--file", str(file))]
        command = ["docker", "compose", "--project-name", self._project, *files]
        try:
            return self._run(*command, *arguments)
        except ComposeFailed as failure:
            logs = subprocess.run(
                [*command, "logs", "--tail", "30"], env=self._environment, capture_output=True, text=True, check=False
            )
            raise ComposeFailed(f"{failure}\n{logs.stdout[-20_000:]}") from None

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """What Docker says of the running containers of these services (of all, when none is named)."""
        ids = self.compose("ps", "--quiet", *services).split()
        found: list[dict[str, Any]] = json.loads(self._run("docker", "inspect", *ids))
        return found

    def psql(self, database: str, statement: str) -> None:
        self.compose(
            "exec", "-T", "postgres", "psql", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", statement
        )

    def kill(self, service: str) -> None:
        """End a service's oldest container from within, as a crash does: Docker is to start it again by its restart policy."""
        oldest = min(self.containers(service), key=lambda each: datetime.fromisoformat(each["State"]["StartedAt"]))
        os.kill(oldest["State"]["Pid"], signal.SIGKILL)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
        if done.returncode:
            raise ComposeFailed(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout


class ComposedSuite(RunningSuite):
    """What the end-to-end tests do to a suite, done to containers."""

    def __init__(self, composed: Composed) -> None:
        super().__init__(FIRST_NUMBER)
        self.composed = composed
        self.key = composed.key
        self.bridge = _address_of_this_machine()

    def url(self, service: str) -> str:  # noqa: ARG002 - one gateway for all
        return self.composed.url

    def receiver(self) -> WebhookReceiver:
        return WebhookReceiver(host=self.bridge, reached_at=RECEIVER)

    def crash(self, service: str) -> None:
        self.composed.kill(f"{service}-worker")
        self.composed.up()

    def resend(self, service: str) -> None:
        self.composed.psql(service, RESEND)


def _address_of_this_machine() -> str:
    """Where containers reach this machine: the address of Docker's own bridge, which is what `host-gateway` stands for.

    An engine that was not told of an address takes the first of the bridge's network, and names it only once it was restarted.
    """
    command = ("docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
    (found, *_) = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return str(found.get("Gateway") or next(ip_network(found["Subnet"]).hosts()))


def _docker_answers() -> bool:
    return _succeeds("docker", "info") and _succeeds("docker", "compose", "version")


def _succeeds(*command: str) -> bool:
    words: Sequence[str] = command
    return shutil.which(words[0]) is not None and subprocess.run(words, capture_output=True, check=False).returncode == 0
