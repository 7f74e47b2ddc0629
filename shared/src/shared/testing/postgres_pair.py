"""A PostgreSQL and its standby, as an installation runs them: one fails, the other takes over."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from shared.testing.postgres_server import FAST
from shared.testing.postgres_standby import PostgresStandby
from shared.testing.proxied_servers import ProxiedPostgres
from shared.testing.toxiproxy import Toxiproxy


class PostgresPair(ProxiedPostgres):
    """The primary, whose standby follows while this is entered. Clients reach whichever of them may be written to.

    `one_address`: through a proxy that leads to it, or else by a URL that names both.
    """

    def __init__(self, toxiproxy: Toxiproxy, options: tuple[str, ...] = FAST, *, one_address: bool) -> None:
        super().__init__(toxiproxy, options)
        self.standby = PostgresStandby(self, options)
        self._one_address = one_address
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        super().__enter__()
        self._exit.push(super().__exit__)
        try:
            self._exit.enter_context(self.standby)
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._exit.close()

    def url(self, database: str) -> str:
        if self._one_address:
            return super().url(database)
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in (self.port, self.standby.port))
        return f"postgresql+asyncpg://postgres@/{database}?{hosts}&target_session_attrs=read-write"

    def fail_over(self) -> None:
        """The primary dies as in a power cut, and stays dead; the standby takes its place."""
        self.kill()
        self.standby.promote()
        self.link.lead_to(f"127.0.0.1:{self.standby.port}")
