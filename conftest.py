"""The servers, databases and buses that every test may ask for, which tests are measured, and which keep together."""

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["shared.testing.databases", "shared.testing.plugin"]

MEASURED: Final = ("shared/tests/", "services/")
TOGETHER: Final = ("tests/e2e/", "tests/faults/", "tests/fuzz/")
"""Folders whose tests share servers and suites that take long to start: one process runs all of a folder."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run in this process on the embedded edge: on the real servers the same lines run again."""
    for item in items:
        real = item.get_closest_marker("postgres") or item.get_closest_marker("kafka")
        if item.nodeid.startswith(MEASURED) and not real:
            item.add_marker("measured")


def kept_with(nodeid: str) -> str:
    """The folder or file whose tests all run in the process that this test runs in."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", 1)[0])


class KeptTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """`pytest -n 2`: the tests of a file run in one process, and so do those of a folder that shares servers."""

    def _split_scope(self, nodeid: str) -> str:
        return kept_with(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> KeptTogether:
    """In the order of `testpaths`, so that what takes longest is begun first."""
    config.option.loadscopereorder = False
    return KeptTogether(config, log)
