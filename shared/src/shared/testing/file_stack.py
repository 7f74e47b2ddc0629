"""The suite without servers, yet in several processes: they share a SQLite file per service, and the file of the bus."""

import sqlite3
from contextlib import closing
from pathlib import Path

from shared.testing.processes import Processes


class FileStack(Processes):
    """Everything lies in a folder of its own."""

    @property
    def files(self) -> list[Path]:
        """Every database, and the bus."""
        return sorted(self._folder.glob("*.db"))

    @property
    def bus_url(self) -> str:
        return (self._folder / "bus.db").as_uri()

    def database_url(self, service: str) -> str:
        return f"sqlite+aiosqlite:///{self._folder / service}.db"

    def integrity(self) -> dict[str, str]:
        """What SQLite itself finds wrong with each file: `ok`, or what."""
        return {file.name: integrity_of(file) for file in self.files}


def integrity_of(file: Path) -> str:
    """`PRAGMA integrity_check` of a database file."""
    with closing(sqlite3.connect(file, timeout=30)) as database:
        return "; ".join(row[0] for row in database.execute("PRAGMA integrity_check"))
