"""Where the embedded suite keeps everything: databases, bus, keys and the last instant of its clock.

One process owns a data directory at a time. Files that hold secrets are readable by their owner only.
"""

import fcntl
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

from shared.kit.api_keys import FullKey, new_key, parse_key
from shared.kit.settings import ConfigurationError

ENVIRONMENT = "embedded"


class DataDirTaken(ConfigurationError):
    """Another process lives in the data directory."""


class DataDir:
    """A data directory, held by this process from `open` until `release`."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make it if need be, and take it. Raises DataDirTaken."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise DataDirTaken([f"DATA_DIR：{path} 正被另一个进程使用，请换一个目录，或先停止该进程。"]) from None
        return cls(path, lock)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._lock)

    def database_url(self, service: str) -> str:
        """Each service has a database of its own, here too."""
        return f"sqlite+aiosqlite:///{self.path / f'{service}.db'}"

    @property
    def bus_url(self) -> str:
        return (self.path / "bus.db").as_uri()

    @property
    def admin_key_file(self) -> Path:
        return self.path / "admin.key"

    def admin_key(self) -> FullKey:
        """The first key, made when there is none. Raises ConfigurationError when the file holds something else."""
        text = self._kept(self.admin_key_file, lambda: new_key(ENVIRONMENT).text)
        key = parse_key(text)
        if key is None or key.environment != ENVIRONMENT:
            raise ConfigurationError([f"{self.admin_key_file}：内容不是本环境的密钥；请恢复该文件，或删除后重启以生成新密钥。"])
        return key

    def signing_key(self) -> str:
        """Signs cursors; kept, so that a cursor outlives a restart."""
        return self._kept(self.path / "signing.key", lambda: secrets.token_urlsafe(48))

    def last_instant(self) -> datetime | None:
        """The last instant that the clock is known to have shown here; None at the first start."""
        try:
            return datetime.fromisoformat((self.path / "clock").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def note_instant(self, instant: datetime) -> None:
        """Remember what the clock shows."""
        _replace(self.path / "clock", instant.isoformat())

    def _kept(self, file: Path, make: Callable[[], str]) -> str:
        if not file.exists():
            _replace(file, make())
        return file.read_text(encoding="ascii").strip()


def _replace(file: Path, text: str) -> None:
    """Write whole or not at all, and readable by the owner only."""
    fresh = file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
