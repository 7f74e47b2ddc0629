"""Who takes too much is told so; the rest go on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter

from shared.kit import limits
from shared.kit.http import Caller, service_router
from shared.kit.limits import Bulkhead, Overloaded, RateExceeded, RateLimit
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import a_client, is_problem
from shared.testing.sample.app import NOTES, create_app


def slow(started: asyncio.Event, go_on: asyncio.Event) -> APIRouter:
    router = service_router("sample", "slow", tag="慢")

    @router.get("")
    async def wait(_caller: Caller) -> str:
        started.set()
        await go_on.wait()
        return "done"

    return router


def with_settings(runtime: Runtime, **changes: Any) -> Runtime:
    settings = runtime.settings.model_copy(update=changes)
    return Runtime(settings, runtime.clock, runtime.database, runtime.bus)


async def test_a_request_that_takes_too_long_is_given_up(runtime: Runtime) -> None:
    quick = with_settings(runtime, request_deadline=timedelta(milliseconds=50))
    async with a_client(create_app(quick, slow(asyncio.Event(), asyncio.Event())), runtime.database) as client:
        answer = await client.get("/api/sample/v1/slow")
        is_problem(answer, 503, "limit.deadline")
        assert answer.headers["retry-after"] == "1"


async def test_beyond_so_many_at_a_time_requests_are_sent_away(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUEUE_SECONDS", 0.05)
    started, go_on = asyncio.Event(), asyncio.Event()
    app = create_app(with_settings(runtime, max_concurrent_requests=1), slow(started, go_on))
    async with a_client(app, runtime.database) as client:
        first = asyncio.create_task(client.get("/api/sample/v1/slow"))
        await started.wait()
        is_problem(await client.get(NOTES), 503, "limit.overloaded")
        assert (await client.get("/livez")).status_code == 200
        go_on.set()
        assert (await first).json() == "done"
        assert (await client.get(NOTES)).status_code == 200


async def test_whoever_comes_beyond_those_in_hand_is_sent_away_before_anything_is_read(runtime: Runtime) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()
    app = create_app(with_settings(runtime, max_open_requests=1), slow(started, go_on))
    async with a_client(app, runtime.database) as client:
        first = asyncio.create_task(client.get("/api/sample/v1/slow"))
        await started.wait()
        refused = await client.get(NOTES)
        is_problem(refused, 503, "limit.overloaded")
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert (await client.get("/readyz")).status_code == 200
        go_on.set()
        assert (await first).json() == "done"
        assert (await client.get(NOTES)).status_code == 200


async def test_no_more_wait_for_a_place_than_are_allowed_to() -> None:
    bulkhead, free = Bulkhead(1, most_waiting=1), asyncio.Event()

    async def stay() -> None:
        async with bulkhead.place():
            await free.wait()

    staying, waiting = asyncio.create_task(stay()), asyncio.create_task(stay())
    await asyncio.wait({staying, waiting}, timeout=0.01)
    with pytest.raises(Overloaded, match="排队已满"):
        async with bulkhead.place():
            pass
    free.set()
    await asyncio.gather(staying, waiting)


async def test_who_would_wait_in_vain_as_things_went_lately_is_sent_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bulkhead = Bulkhead(1, most_waiting=9)
    async with bulkhead.place():
        before = bulkhead.is_full
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)
    monkeypatch.setattr(limits, "QUEUE_SECONDS", 0.001)
    async with bulkhead.place():
        assert (before, bulkhead.is_full) == (False, True)
        with pytest.raises(Overloaded, match="排队已满"):
            async with bulkhead.place():
                pass


async def test_a_place_is_free_again_after_a_failure() -> None:
    bulkhead = Bulkhead(1, most_waiting=1)
    for _ in range(3):
        with pytest.raises(KeyError):
            async with bulkhead.place():
                raise KeyError


async def test_the_rate_of_one_caller_is_limited_and_said(runtime: Runtime) -> None:
    assert isinstance(runtime.clock, FakeClock)
    app = create_app(with_settings(runtime, rate_limit_per_minute=60))
    async with a_client(app, runtime.database) as client, a_client(app, runtime.database) as other:
        answers = [await client.get(NOTES) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 6 + [429]
        assert answers[0].headers["ratelimit-policy"] == '"default";q=60;w=60'
        assert answers[0].headers["ratelimit"].startswith('"default";r=5;')
        is_problem(answers[-1], 429, "limit.rate")
        assert answers[-1].headers["retry-after"] == "1"
        assert (await other.get(NOTES)).status_code == 200
        runtime.clock.advance(timedelta(seconds=1))
        assert (await client.get(NOTES)).status_code == 200


def test_a_bucket_never_holds_more_than_a_burst() -> None:
    clock = FakeClock()
    rate = RateLimit(60, clock)
    clock.advance(timedelta(hours=1))
    for _ in range(6):
        rate.take("a")
    with pytest.raises(RateExceeded):
        rate.take("a")


async def test_who_waits_in_vain_is_told_so_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUEUE_SECONDS", 0.02)
    bulkhead = Bulkhead(1, most_waiting=1)
    async with bulkhead.place():
        with pytest.raises(Overloaded):
            async with bulkhead.place():
                pass
