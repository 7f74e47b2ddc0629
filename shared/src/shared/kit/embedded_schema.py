"""The file of the embedded bus: its tables, how it is opened, and where it may lie."""

import os
import sqlite3
from pathlib import Path

BUSY_TIMEOUT_SECONDS = 5.0
NETWORK_FILESYSTEMS = frozenset(
    "afs beegfs ceph cifs fuse.glusterfs fuse.sshfs gfs2 glusterfs lustre ncpfs nfs nfs4 smb3 smbfs".split()  # noqa: SIM905 - a list
)

# Offsets and generations have tables of their own: neither a purge nor an empty group may let a number come round again.
_TABLES = """
CREATE TABLE IF NOT EXISTS bus_topic (
  name TEXT PRIMARY KEY, partitions INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_partition (
  topic TEXT NOT NULL, part INTEGER NOT NULL, next_off INTEGER NOT NULL,
  PRIMARY KEY (topic, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_log (
  topic TEXT NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL,
  source TEXT NOT NULL, event_id TEXT NOT NULL,
  key BLOB NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL, ts REAL NOT NULL,
  PRIMARY KEY (topic, part, off), UNIQUE (topic, source, event_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_group (
  name TEXT PRIMARY KEY, generation INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_member (
  group_name TEXT NOT NULL, member TEXT NOT NULL, instance TEXT NOT NULL, topics TEXT NOT NULL, lease_until REAL NOT NULL,
  PRIMARY KEY (group_name, member)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_commit (
  group_name TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL, next_off INTEGER NOT NULL, generation INTEGER NOT NULL,
  PRIMARY KEY (group_name, topic, part)
) WITHOUT ROWID;
"""


class UnsuitablePlace(ValueError):
    """The bus file lies where SQLite's locks do not hold."""


def open_database(path: Path) -> sqlite3.Connection:
    """Create or open the log: readable by its owner only, on a local disk, flushed at every commit.

    The journal is TRUNCATE: before SQLite 3.51.3, WAL can corrupt a file that several processes write
    (sqlite.org/wal.html#walresetbug).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    refuse_network_filesystem(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode=TRUNCATE")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
    return connection


def refuse_network_filesystem(directory: Path, mounts: Path = Path("/proc/self/mounts")) -> None:
    """Raise UnsuitablePlace for a directory on a network mount, where this can be told (Linux)."""
    kind = filesystem_of(directory.resolve(), mounts.read_text()) if mounts.exists() else ""
    if kind in NETWORK_FILESYSTEMS:
        raise UnsuitablePlace(f"{directory} is on {kind}: locks over a network lose records, the bus file needs a local disk")


def filesystem_of(directory: Path, mounts: str) -> str:
    """The kind of the mount that covers a directory, from the text of /proc/self/mounts; "" if none does."""
    entries = [line.split() for line in reversed(mounts.splitlines())]
    covering = [(_unescaped(entry[1]), entry[2]) for entry in entries if directory.is_relative_to(_unescaped(entry[1]))]
    return max(covering, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _unescaped(mount_point: str) -> str:
    return mount_point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
