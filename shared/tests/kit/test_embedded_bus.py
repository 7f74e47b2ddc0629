"""The file log apart from the contract of the bus: its file, its memory of repeats, its purge, and kills."""

import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from shared.kit.bus import Ack, BusError, BusUnavailable
from shared.kit.bus_factory import UnknownBus, open_bus
from shared.kit.clock import SHANGHAI
from shared.kit.embedded_bus import EmbeddedBus
from shared.kit.embedded_schema import UnsuitablePlace, filesystem_of, refuse_network_filesystem
from shared.testing.eventually import eventually, seconds
from shared.tests.kit.bus_records import PATIENCE, TOPIC, a_record, next_offsets, read, read_batch, values

KILLS = 6
WRITER = """
import asyncio, sys
from shared.kit.bus import OutRecord
from shared.kit.bus_factory import open_bus

async def write(url, run):
    bus = open_bus(url)
    number = 0
    while True:
        records = [OutRecord("t", b"k%d" % (n % 7), (), b"v", run, str(n)) for n in range(number, number + 5)]
        acks = await bus.publish(records, 10)
        print(*(f"{run}:{record.event_id}:{ack.tp.partition}:{ack.offset}" for record, ack in zip(records, acks)), flush=True)
        number += 5

asyncio.run(write(sys.argv[1], sys.argv[2]))
"""


class Wall:
    """The machine's time, in the test's hand."""

    def __init__(self) -> None:
        self.now = 1_656_637_200.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "bus.db"


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def bus(path: Path, wall: Wall) -> AsyncIterator[EmbeddedBus]:
    bus = EmbeddedBus(path, wall=wall)
    yield bus
    await bus.close(5)


async def test_the_file_and_its_folder_are_made_and_only_the_owner_may_read_it(bus: EmbeddedBus, path: Path) -> None:
    await bus.start(PATIENCE)
    assert _mode(path) == 0o600


async def test_a_file_that_others_could_read_is_closed_to_them(bus: EmbeddedBus, path: Path) -> None:
    _make_readable(path)
    await bus.start(PATIENCE)
    assert _mode(path) == 0o600


async def test_every_commit_is_flushed_and_no_write_ahead_log_is_used(bus: EmbeddedBus, path: Path) -> None:
    await bus.publish([a_record(1)], PATIENCE)
    assert {each.name for each in path.parent.iterdir()} <= {"bus.db", "bus.db-journal"}
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() != ("wal",)
    connection.close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_folder_on_a_network_mount_is_refused(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    with pytest.raises(UnsuitablePlace, match=kind):
        refuse_network_filesystem(tmp_path / "var", mounts)


def test_the_innermost_mount_decides() -> None:
    mounts = "server:/x / nfs4 rw 0 0\ntmpfs /var/lib/dia\\040odu tmpfs rw 0 0\n"
    assert filesystem_of(Path("/var/lib/dia odu/bus"), mounts) == "tmpfs"
    assert filesystem_of(Path("/var/lib/other"), mounts) == "nfs4"


async def test_a_repeat_is_acknowledged_with_the_place_it_has_even_after_a_restart(bus: EmbeddedBus, path: Path) -> None:
    [first] = await bus.publish([a_record(1)], PATIENCE)
    assert isinstance(first, Ack)
    await bus.close(5)
    later = EmbeddedBus(path)
    assert await later.publish([a_record(2), a_record(1)], PATIENCE) == [Ack(first.tp, 1), first]
    await later.close(5)


async def test_a_purge_takes_the_old_and_never_gives_an_offset_out_again(bus: EmbeddedBus, wall: Wall) -> None:
    await bus.publish([a_record(n) for n in range(3)], PATIENCE)
    wall.now += 100
    [kept] = await bus.publish([a_record(3)], PATIENCE)
    assert await bus.purge(datetime.fromtimestamp(wall.now - 1, SHANGHAI)) == 3
    assert await bus.purge(datetime.fromtimestamp(wall.now + 1, SHANGHAI)) == 1
    [after] = await bus.publish([a_record(4)], PATIENCE)
    assert isinstance(kept, Ack)
    assert isinstance(after, Ack)
    assert (kept.offset, after.offset) == (3, 4)


async def test_a_reader_whose_place_was_purged_goes_on_with_the_oldest_record(bus: EmbeddedBus, wall: Wall) -> None:
    await bus.publish([a_record(n) for n in range(3)], PATIENCE)
    wall.now += 100
    await bus.publish([a_record(3)], PATIENCE)
    await bus.purge(datetime.fromtimestamp(wall.now - 1, SHANGHAI))
    assert values(await read(await bus.subscribe("late", [TOPIC], "m"), 1)) == [b"3"]


async def test_what_is_older_than_the_retention_goes_by_itself(path: Path, wall: Wall) -> None:
    first = EmbeddedBus(path, wall=wall)
    await first.publish([a_record(1)], PATIENCE)
    await first.close(5)
    wall.now += 31 * 86_400
    second = EmbeddedBus(path, wall=wall)
    await second.publish([a_record(2)], PATIENCE)
    late = await second.subscribe("late", [TOPIC], "m")
    assert values(await read(late, 1)) == [b"2"]
    await second.close(5)


async def test_a_busy_file_makes_a_publish_unknown_in_time_and_the_loop_runs_on(bus: EmbeddedBus, path: Path) -> None:
    [first] = await bus.publish([a_record(1)], PATIENCE)
    assert isinstance(first, Ack)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    publishing = asyncio.create_task(bus.publish([a_record(2)], 0.5))
    assert not (await bus.health()).ok
    assert [type(result) for result in await publishing] == [BusError]
    assert time.monotonic() - began < 2.0
    other.execute("ROLLBACK")
    other.close()

    async def again() -> list[Ack | BusError]:
        return await bus.publish([a_record(2)], 5.0)

    await eventually(again, is_=[Ack(first.tp, 1)], within=seconds(10))


async def test_close_returns_in_time_while_another_process_holds_the_file(bus: EmbeddedBus, path: Path) -> None:
    await bus.subscribe("readers", [TOPIC], "m")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    await bus.close(0.5)
    assert time.monotonic() - began < 1.0
    other.close()


async def test_a_closed_bus_says_so(bus: EmbeddedBus) -> None:
    await bus.start(PATIENCE)
    await bus.close(5)
    with pytest.raises(BusUnavailable, match="closed"):
        await bus.subscribe("readers", [TOPIC], "m")


async def test_a_member_that_was_evicted_while_frozen_reads_on_from_its_commit(path: Path, wall: Wall) -> None:
    frozen, other = EmbeddedBus(path, wall=wall), EmbeddedBus(path, wall=wall)
    await frozen.publish([a_record(1), a_record(2)], PATIENCE)
    member = await frozen.subscribe("readers", [TOPIC], "frozen")
    batch = await read_batch(member, 2)
    await member.commit(batch.generation, next_offsets(batch.records[:1]))
    wall.now += 11
    await (await other.subscribe("readers", [TOPIC], "other")).close(5)
    assert values(await read(member, 1)) == [b"2"]
    await asyncio.gather(frozen.close(5), other.close(5))


async def test_buses_that_write_at_the_same_time_share_one_gapless_numbering(path: Path) -> None:
    buses = [EmbeddedBus(path) for _ in range(4)]
    records = {at: [a_record(n, source=f"/{at}") for n in range(10)] for at in range(4)}
    rounds = [buses[at].publish(mine[r : r + 5], PATIENCE) for at, mine in records.items() for r in (0, 5)]
    acks = [ack for results in await asyncio.gather(*rounds) for ack in results if isinstance(ack, Ack)]
    assert sorted(ack.offset for ack in acks) == list(range(40))
    await asyncio.gather(*(bus.close(5) for bus in buses))


async def test_writers_that_are_killed_lose_nothing_that_was_acknowledged(path: Path) -> None:
    acknowledged: list[str] = []
    for run in range(KILLS):
        acknowledged += await asyncio.to_thread(_write_until_killed, path, f"run-{run}", 3 + run)
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT source, event_id, part, off FROM bus_log")
    kept = {":".join(map(str, row)) for row in rows}
    assert len(acknowledged) >= KILLS * 15
    assert set(acknowledged) <= kept
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT sum(next_off) FROM bus_partition").fetchone() == (len(kept),)
    connection.close()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _make_readable(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o644)


def _write_until_killed(path: Path, run: str, lines: int) -> list[str]:
    """Two writers at once; the first is killed in full swing after so many lines, the second a line later."""
    command = [sys.executable, "-c", WRITER, f"file://{path}"]
    writers = [subprocess.Popen([*command, f"{run}-{at}"], stdout=subprocess.PIPE, text=True) for at in range(2)]  # noqa: S603 - this file's program
    seen: list[str] = []
    for writer in writers:
        assert writer.stdout is not None
        seen += [ack for _ in range(lines) for ack in writer.stdout.readline().split()]
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        seen += [ack for line in rest.splitlines(keepends=True) if line.endswith("\n") for ack in line.split()]
    return seen


@pytest.mark.parametrize("url", ["bus.db", "file://host/bus.db", "file:bus.db", "kafka://", "amqp://h:1", ""])
def test_a_url_that_names_no_bus_is_refused(url: str) -> None:
    with pytest.raises(UnknownBus):
        open_bus(url)
