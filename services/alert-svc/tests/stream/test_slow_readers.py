"""A client that does not read, without a network."""

import asyncio
from datetime import timedelta

import pytest
from starlette.types import Message, Receive, Scope, Send

from alert_svc.stream.slow_readers import CutSlowReaders


async def never(_message: Message) -> None:
    await asyncio.Event().wait()


async def nothing() -> Message:
    return {"type": "http.request"}


async def one_message(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.body"})


async def test_a_client_that_does_not_read_is_cut_off_in_time() -> None:
    guarded = CutSlowReaders(one_message, path="/stream", deadline=timedelta(milliseconds=20))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(guarded({"type": "http", "path": "/stream"}, nothing, never), 5)


async def test_other_paths_are_left_alone() -> None:
    guarded = CutSlowReaders(one_message, path="/stream", deadline=timedelta(milliseconds=20))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(guarded({"type": "http", "path": "/alerts"}, nothing, never), 0.2)
