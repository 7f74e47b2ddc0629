"""The sample service."""

from shared.testing.sample.fixtures import client, runtime

__all__ = ["client", "runtime"]
