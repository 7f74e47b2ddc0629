"""A real PostgreSQL of our own: on a free port, in a folder of its own, stopped by its process id."""

import contextlib
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

START_SECONDS: Final = 60.0
FAST: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
SYSTEM_USER: Final = "postgres"
PORTS: Final = range(10_000, 32_768)


class ServerMissing(Exception):
    """A server that a test needs is not installed; the sentence says what to install."""


def server_binary(name: str) -> Path:
    """The newest installed binary of that name. Raises ServerMissing."""
    versioned = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which(name)
    candidates = [*versioned, *([Path(on_path)] if on_path else [])]
    if not candidates:
        raise ServerMissing("PostgreSQL server binaries are not installed: `apt-get install postgresql` (15 or newer)")
    return candidates[-1] if not versioned else versioned[-1]


def free_port() -> int:
    """A port that nobody listens on at this moment, from below those that the system gives to whoever calls out.

    A server may lose its port while it is stopped and started: to no client, and to another run of tests hardly ever.
    """
    while True:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", secrets.choice(PORTS)))
            return int(probe.getsockname()[1])


class PostgresServer:
    """Started by entering it; `stop`, `kill` and `start` may be called in between, on the same port and data."""

    def __init__(self, options: Sequence[str] = FAST) -> None:
        self.port = free_port()
        self._options = options
        self._folder = Path(tempfile.mkdtemp(prefix="diaodu-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="databases")
        self._spares: dict[str, Future[str]] = {}

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self._folder, SYSTEM_USER)
        self._run(
            server_binary("initdb"), "-D", str(self._data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._beside.shutdown(cancel_futures=True)
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}", *self._options]
        arguments = [part for setting in settings for part in ("-c", setting)]
        command = [*_as_system_user(), str(server_binary("postgres")), "-D", str(self._data), *arguments]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Fast shutdown (SIGINT), or immediate (SIGQUIT)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it as a power cut would end the process."""
        self.stop(signal.SIGKILL)

    def create_database(self, template: str = "template1") -> str:
        """A fresh database; answers its name."""
        name = f"t{next(self._numbers)}"
        self.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def copy_of(self, template: str) -> str:
        """A copy of a database that nobody is connected to; answers its name. The next one is made meanwhile."""
        spare = self._spares.pop(template, None) or self._beside.submit(self.create_database, template)
        name = spare.result()
        self._spares[template] = self._beside.submit(self.create_database, template)
        return name

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected; nobody waits for that."""
        self._beside.submit(self.psql, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, database: str) -> str:
        """How SQLAlchemy reaches a database of this server."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def psql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser."""
        at = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database)
        return self._run(server_binary("psql"), *at, "-v", "ON_ERROR_STOP=1", "-Atqc", statement)

    def _answers(self) -> bool:
        at = ("-h", "127.0.0.1", "-p", str(self.port), "-t", "1")
        return subprocess.run([str(server_binary("pg_isready")), *at], stdout=subprocess.DEVNULL, check=False).returncode == 0

    def _run(self, *command: object) -> str:
        done = subprocess.run(
            [*_as_system_user(), *map(str, command)], capture_output=True, text=True, check=False, cwd=self._folder
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
        return done.stdout


def _as_system_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--init-groups"]
