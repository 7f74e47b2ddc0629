"""One stack of containers for the whole run."""

from collections.abc import Iterator

import pytest

from shared.testing.databases import cannot_test_without
from shared.testing.postgres_server import ServerMissing
from tests.compose.composed import Composed, ComposedSuite


@pytest.fixture(scope="session")
def composed() -> Iterator[Composed]:
    try:
        stack = Composed()
    except ServerMissing as missing:
        cannot_test_without(missing)
    with stack:
        yield stack


@pytest.fixture(scope="session")
def suite(composed: Composed) -> ComposedSuite:
    return ComposedSuite(composed)
