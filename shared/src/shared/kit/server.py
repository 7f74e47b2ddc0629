"""Serving HTTP until told to stop, and then stopping well.

Uvicorn alone takes the process's signals for itself and waits for ever for an open event stream; here an event says stop, the
application is told that it drains, and what is still open at the deadline is cut off.
"""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from shared.kit.backoff import Backoff

log = structlog.get_logger(__name__)

KEEP_ALIVE_SECONDS: Final = 5
BACKLOG: Final = 2048
COLLECT_EVERY: Final = (20_000, 20, 50)
"""New objects between two looks at the youngest, and looks between two at the older and at the oldest."""


@dataclass(frozen=True, slots=True)
class Draining:
    """How a server goes down: whom to tell, how long to go on taking requests, and when to cut off."""

    tell: Callable[[], None]
    delay: timedelta
    deadline: timedelta


class AddressTaken(Exception):
    """The address to listen on is not to be had; the sentence is Chinese, for the operator."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `stop_on_signals`, so that the rest of the process can close after the server."""
        yield


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def collect_rarely() -> None:
    """Keep Python's collector of cycles off what lives as long as the process, and from running every few hundred objects.

    A batch of facts makes tens of thousands that are gone without it a moment later: it took a fifth of the consumer's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)


def listen(host: str, port: int) -> socket.socket:
    """Take the address, port 0 for any free one. Raises AddressTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends small writes at once only on sockets that say they are TCP; on others the
    # body of an answer waits 40 ms for the acknowledgement of its headers.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise AddressTaken(f"无法监听 {host}:{port}（{error.strerror}）：请换一个端口，或停止占用它的程序。") from error
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


def url_of(listening: socket.socket) -> str:
    """Where to reach a listening socket from this machine."""
    host, port = listening.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name.replace('0.0.0.0', '127.0.0.1')}:{port}"  # noqa: S104 - replaced, not bound


async def serve(
    app: ASGIApp, listening: socket.socket, stop: asyncio.Event, draining: Draining, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve until `stop` is set, then drain. Returns when the last request was answered or cut off."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, int(draining.deadline.total_seconds())),
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="http")
    await _started(server, serving)
    if on_ready is not None and server.started:
        on_ready(url_of(listening))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    draining.tell()
    if not serving.done() and draining.delay:
        await Backoff.standby(asyncio.Event(), draining.delay.total_seconds())
    server.should_exit = True
    await serving


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():
        await asyncio.wait({serving}, timeout=0.01)
