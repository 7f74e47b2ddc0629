"""Identities of rows and events."""

import uuid_utils


def new_id() -> str:
    """A time-ordered UUID (version 7) as text of 36 characters."""
    return str(uuid_utils.uuid7())
