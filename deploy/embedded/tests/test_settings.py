from datetime import datetime
from pathlib import Path

import pytest

from diaodu_embedded.settings import load_embedded_settings
from shared.kit.clock import SHANGHAI
from shared.kit.settings import ConfigurationError


def test_nothing_has_to_be_set() -> None:
    settings = load_embedded_settings({})
    assert (settings.host, settings.port, settings.clock_start) == ("127.0.0.1", 8080, None)
    assert settings.data_dir == Path.cwd() / "var"


def test_port_data_dir_and_clock_are_taken_from_the_environment(tmp_path: Path) -> None:
    settings = load_embedded_settings(
        {"PORT": "9000", "DATA_DIR": str(tmp_path), "CLOCK_START": "2022-07-01T09:00:00+08:00", "PATH": "/bin"}
    )
    assert (settings.port, settings.data_dir) == (9000, tmp_path)
    assert settings.clock_start == datetime(2022, 7, 1, 9, tzinfo=SHANGHAI)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_embedded_settings({"CLOCK_START": "", "PORT": ""}).port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "http"), ("CLOCK_START", "2022-07-01T09:00:00"), ("CLOCK_START", "July"), ("LOG_LEVEL", "loud")],
)
def test_a_wrong_variable_is_named_and_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_embedded_settings({name: value})
    assert [fault.split("：")[0] for fault in refused.value.faults] == [name]


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_embedded_settings({"PORT": "-1", "LOG_LEVEL": "loud"})
    assert len(refused.value.faults) == 2
