"""The servers, databases and buses that every test of this repository may ask for, and which tests coverage is measured in."""

import pytest

pytest_plugins = ["shared.testing.databases", "shared.testing.plugin"]

MEASURED = ("shared/tests/", "services/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run in this process on the embedded edge: on the real servers the same lines run again."""
    for item in items:
        real = item.get_closest_marker("postgres") or item.get_closest_marker("kafka")
        if item.nodeid.startswith(MEASURED) and not real:
            item.add_marker("measured")
