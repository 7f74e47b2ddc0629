"""The servers, databases and buses that every test of this repository may ask for; see `shared/testing/plugin.py`."""

pytest_plugins = ["shared.testing.plugin"]
