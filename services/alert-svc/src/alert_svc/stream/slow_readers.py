"""Cuts off a client that takes what it is sent too slowly: its connection would hold memory for as long as it likes."""

import asyncio
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class CutSlowReaders:
    """Gives each message of one path a time to leave in; the client comes back with its last id."""

    def __init__(self, app: ASGIApp, *, path: str, deadline: timedelta) -> None:
        self._app = app
        self._path = path
        self._seconds = deadline.total_seconds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            # TimeoutError is an OSError: to Starlette it is a client that left.
            await asyncio.wait_for(send(message), self._seconds)

        mine = scope["type"] == "http" and scope["path"] == self._path
        await self._app(scope, receive, send_in_time if mine else send)
