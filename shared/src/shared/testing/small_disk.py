"""A real file system that is soon full: a few megabytes of memory, mounted (which needs root)."""

import errno
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shared.testing.postgres_server import ServerMissing

BLOCK: Final = 4096


class SmallDisk:
    """Entered, it is mounted on `path`; `fill` leaves not a byte, `free` gives everything back."""

    def __init__(self, path: Path, megabytes: int) -> None:
        self.path = path
        self._megabytes = megabytes

    def __enter__(self) -> Self:
        self.path.mkdir(parents=True, exist_ok=True)
        options = f"size={self._megabytes}m,mode=700"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.path)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServerMissing(f"A small file system could not be mounted, which needs root: {done.stderr.strip()}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        subprocess.run(["umount", str(self.path)], check=True)

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"

    def fill(self) -> None:
        """Write until nothing more is taken."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (BLOCK, 1):
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Have room again."""
        self._ballast.unlink()
