"""Servers, fixtures and stand-ins for tests."""
