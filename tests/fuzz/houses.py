"""The four services without their workers, each on both databases, with somebody who has a key and somebody who has none."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from diaodu_embedded.services import SERVICES
from shared.testing.databases import Templates
from shared.testing.http import a_client, anonymous
from shared.testing.postgres_server import PostgresServer
from shared.testing.runtimes import Migrated, a_runtime
from tests.fuzz.asked import Asked, Door


@asynccontextmanager
async def a_house(door: Door, migrated: Migrated, folder: Path) -> AsyncIterator[Asked]:
    """The service behind a door, as it is on 2022-07-01."""
    service = next(each for each in SERVICES if each.name == door.service)
    async with a_runtime(service.settings_type, migrated, folder) as runtime:
        app = service.create_app(runtime)
        tables = MetaData()
        async with runtime.database.engine.connect() as connection:
            await connection.run_sync(tables.reflect)
        async with a_client(app, runtime.database) as client, anonymous(app) as nobody:
            yield Asked(door, client, nobody, runtime.database, tables)


class Houses:
    """Opened when somebody first knocks, and left open: what is refused leaves a service as it was for the next."""

    def __init__(self, templates: Templates, folders: pytest.TempPathFactory, until_the_end: AsyncExitStack) -> None:
        self._templates = templates
        self._folders = folders
        self._until_the_end = until_the_end
        self._open: dict[tuple[str, bool], Asked] = {}

    async def behind(self, door: Door, server: PostgresServer | None) -> Asked:
        """The house on a database of this server, or on SQLite."""
        place = (door.service, server is not None)
        if place not in self._open:
            folder = self._folders.mktemp(door.service)

            async def migrated(package: str) -> str:
                if server is None:
                    return await self._templates.sqlite(package, folder / "house.db")
                return server.url(await self._templates.postgres(package, server))

            self._open[place] = await self._until_the_end.enter_async_context(a_house(door, migrated, folder))
        return self._open[place]
