"""A second PostgreSQL that follows a first one, byte for byte, and can take its place."""

import os
import shutil
from typing import Self

from shared.testing.postgres_server import FAST, SYSTEM_USER, PostgresServer, server_binary


class PostgresStandby(PostgresServer):
    """Entered, it follows: from then on the primary answers a commit only when both have it, so that none is lost with one."""

    def __init__(self, primary: PostgresServer, options: tuple[str, ...] = FAST) -> None:
        super().__init__(options)
        self._primary = primary

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self._folder, SYSTEM_USER)
        at = ("-h", "127.0.0.1", "-p", str(self._primary.port), "-U", "postgres")
        self._run(server_binary("pg_basebackup"), *at, "-D", str(self._data), "-R", "-X", "stream", "--checkpoint=fast")
        self.start()
        self._primary.psql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self._primary.psql("SELECT pg_reload_conf()")
        return self

    def promote(self) -> None:
        """Take the primary's place; waits until it has."""
        self._run(server_binary("pg_ctl"), "promote", "-D", str(self._data), "-w", "-t", "60")

    @property
    def follows(self) -> bool:
        """Whether the primary waits for it now."""
        return self._primary.psql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").strip() == "1"
