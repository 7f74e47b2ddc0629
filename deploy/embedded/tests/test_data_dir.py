import asyncio
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from diaodu_embedded.clock import ClockKeeper, clock_for
from diaodu_embedded.data_dir import DataDir, DataDirTaken
from shared.kit.clock import SHANGHAI, SystemClock
from shared.kit.settings import ConfigurationError

JULY = datetime(2022, 7, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[DataDir]:
    held = DataDir.open(tmp_path / "var")
    yield held
    held.release()


def test_the_first_key_is_made_once_and_only_its_owner_can_read_it(data_dir: DataDir) -> None:
    first = data_dir.admin_key()
    assert data_dir.admin_key() == first
    assert data_dir.admin_key_file.read_text() == first.text
    assert stat.S_IMODE(data_dir.admin_key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.path.stat().st_mode) == 0o700


def test_a_key_file_that_holds_something_else_is_refused_and_not_overwritten(data_dir: DataDir) -> None:
    data_dir.admin_key_file.write_text("rk_production_oops")
    with pytest.raises(ConfigurationError):
        data_dir.admin_key()
    assert data_dir.admin_key_file.read_text() == "rk_production_oops"


def test_the_signing_key_outlives_a_restart(data_dir: DataDir) -> None:
    assert data_dir.signing_key() == data_dir.signing_key()
    assert len(data_dir.signing_key()) >= 32


def test_a_second_process_is_kept_out_of_a_data_directory(data_dir: DataDir) -> None:
    with pytest.raises(DataDirTaken):
        DataDir.open(data_dir.path)


def test_a_data_directory_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    DataDir.open(tmp_path).release()
    again = DataDir.open(tmp_path)
    again.release()
    assert again.path == tmp_path


def test_each_service_has_a_database_of_its_own(data_dir: DataDir) -> None:
    assert data_dir.database_url("alert") != data_dir.database_url("bond")
    assert data_dir.bus_url.startswith("file:///")


def test_without_a_start_the_clock_is_the_machines(data_dir: DataDir) -> None:
    assert type(clock_for(data_dir, None)) is SystemClock


def test_the_clock_starts_where_it_is_told_to(data_dir: DataDir) -> None:
    assert JULY <= clock_for(data_dir, JULY).now() < JULY + timedelta(minutes=1)


def test_the_clock_does_not_go_back_at_a_restart(data_dir: DataDir) -> None:
    left_off = JULY + timedelta(hours=3)
    data_dir.note_instant(left_off)
    assert clock_for(data_dir, JULY).now() >= left_off


def test_a_later_start_moves_the_clock_on(data_dir: DataDir) -> None:
    data_dir.note_instant(JULY - timedelta(days=30))
    assert clock_for(data_dir, JULY).now() >= JULY


def test_a_note_that_cannot_be_read_counts_as_none(data_dir: DataDir) -> None:
    (data_dir.path / "clock").write_text("garbage")
    assert data_dir.last_instant() is None


async def test_an_instant_that_cannot_be_noted_stops_nothing(data_dir: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_instant: datetime) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(data_dir, "note_instant", full)
    stop = asyncio.Event()
    keeping = asyncio.create_task(ClockKeeper(SystemClock(), data_dir).run(stop))
    done, _ = await asyncio.wait([keeping], timeout=0.1)
    assert not done
    stop.set()
    await asyncio.wait_for(keeping, 5)
