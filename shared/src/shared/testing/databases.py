"""Fixtures: every test that asks for a database runs on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from shared.kit.clock import SystemClock
from shared.kit.db import Database
from shared.kit.migrations import upgrade
from shared.testing.postgres_server import PostgresServer, ServerMissing

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run."""
    try:
        server = PostgresServer()
        server.__enter__()
    except ServerMissing as missing:
        cannot_test_without(missing)
    yield server
    server.__exit__(None, None, None)


def cannot_test_without(missing: ServerMissing) -> None:
    """In CI nothing real is left out; elsewhere a missing server is said loudly."""
    if os.environ.get("CI"):
        pytest.fail(str(missing))
    pytest.skip(str(missing))


@pytest.fixture(params=BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, empty database."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.copy_of("template1")
    yield server.url(name)
    server.drop_database(name)


class Templates:
    """Migrated databases to copy from: a migration runs once per run and database, not once per test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], str] = {}

    async def sqlite(self, package: str, target: Path) -> str:
        if ("sqlite", package) not in self._made:
            template = self._folder / f"{package}.db"
            await _migrate(f"sqlite+aiosqlite:///{template}", package)
            self._made["sqlite", package] = str(template)
        shutil.copyfile(self._made["sqlite", package], target)
        return f"sqlite+aiosqlite:///{target}"

    async def postgres(self, package: str, server: PostgresServer) -> str:
        if ("postgres", package) not in self._made:
            template = server.create_database()
            await _migrate(server.url(template), package)
            self._made["postgres", package] = template
        return server.copy_of(self._made["postgres", package])


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def migrated(
    database_kind: str, database_templates: Templates, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Awaitable[str]]]:
    """`url = await migrated("alert_svc.migrations")`: a fresh database at that package's newest migration."""
    server: PostgresServer | None = request.getfixturevalue("postgres_server") if database_kind == "postgres" else None
    made: list[str] = []

    async def make(package: str) -> str:
        if server is None:
            made.append(package)
            return await database_templates.sqlite(package, tmp_path / f"{package}-{len(made)}.db")
        made.append(await database_templates.postgres(package, server))
        return server.url(made[-1])

    yield make
    if server is not None:
        for name in made:
            server.drop_database(name)


async def _migrate(url: str, package: str) -> None:
    database = Database(url, clock=SystemClock())
    await upgrade(database, package)
    await database.close()
