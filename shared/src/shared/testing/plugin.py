"""Fixtures for every test of the suite: real servers, fresh databases, isolated buses."""
