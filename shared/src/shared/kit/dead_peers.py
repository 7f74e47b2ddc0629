"""Connections to PostgreSQL that notice when the other side is gone without a word, as after a power cut."""

import os
import socket
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

OPTIONS: Final[Mapping[str, int]] = {
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 2,
    "TCP_USER_TIMEOUT": 20_000,
}
"""Seconds until the first probe, between probes, probes; milliseconds that sent data may go unacknowledged (Linux's names)."""


async def connect_noticing_death(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """`asyncpg.connect`, with a connection that fails within some 20 s of the peer's silent end; asyncpg's own waits for ever."""
    connection = await asyncpg.connect(*arguments, **options)
    watch(connection._transport.get_extra_info("socket"))  # noqa: SLF001 - asyncpg shows its socket nowhere else
    return connection


def watch(transport_socket: Any) -> None:
    """Probe an idle connection, and give up data that nobody acknowledges."""
    if transport_socket.family not in (socket.AF_INET, socket.AF_INET6):
        return
    # A copy of the descriptor sets options of the one socket, also where a loop shows only a stand-in for it.
    with socket.socket(fileno=os.dup(transport_socket.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in OPTIONS.items():
            if hasattr(socket, name):
                same.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
