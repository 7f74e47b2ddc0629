"""Fixtures for every test of the suite: real servers, fresh databases, isolated buses."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest


@pytest.fixture(params=["embedded"])
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a bus that nobody else uses."""
    yield f"file://{tmp_path / 'bus.db'}"
