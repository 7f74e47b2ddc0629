"""The servers, databases and buses that every test of this repository may ask for."""

pytest_plugins = ["shared.testing.databases", "shared.testing.plugin"]
