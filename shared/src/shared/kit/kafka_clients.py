"""Awaiting a Kafka client without hanging on it, and getting rid of one.

aiokafka 0.14 waits without end in places: `stop` of a producer flushes before it lets go, and an idempotent producer never
gives a batch up (aiokafka#1101). One that is merely dropped keeps its tasks and sockets, and delivers its batches whenever
it can.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.kit.bus import BusUnavailable

log = structlog.get_logger(__name__)

FORCE_SECONDS: Final = 0.5

T = TypeVar("T")


async def bounded(call: Awaitable[T], timeout: float) -> T:
    """Await a client call for so long at the most. Raises BusUnavailable for whatever keeps it from answering."""
    try:
        return await asyncio.wait_for(call, timeout)
    except (KafkaError, TimeoutError, OSError) as error:
        raise BusUnavailable(f"kafka: {error!r}") from error


async def stop(client: Any, timeout: float) -> None:
    """Stop a producer, consumer or admin client; returns within `timeout` seconds, always, and leaves nothing running."""
    stopping = asyncio.create_task(_stopped(client), name="kafka-stop")
    await asyncio.wait({stopping}, timeout=max(timeout - FORCE_SECONDS, timeout / 2))
    if not stopping.done():
        log.warning("kafka.stop_forced", client=type(client).__name__)
        await _force(client, stopping, min(FORCE_SECONDS, timeout / 2))


async def abandon(producer: AIOKafkaProducer, timeout: float) -> None:
    """Stop a producer that failed, without waiting for what it still holds: the fate of that is unknown."""
    _drop_batches(producer)
    await stop(producer, timeout)


async def _stopped(client: Any) -> None:
    try:
        await (client.stop() if hasattr(client, "stop") else client.close())
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("kafka.stop_failed", client=type(client).__name__, error=repr(error))


async def _force(client: Any, stopping: asyncio.Task[None], timeout: float) -> None:
    if isinstance(client, AIOKafkaProducer):
        _drop_batches(client)
    # Closed connections answer every request that is still waited for, and `stop` goes on.
    connections = client.client if isinstance(client, AIOKafkaProducer) else client._client  # noqa: SLF001 - no public name
    closing = asyncio.create_task(connections.close(), name="kafka-force")
    await asyncio.wait({stopping, closing}, timeout=timeout)
    stopping.cancel()


def _drop_batches(producer: AIOKafkaProducer) -> None:
    sender = producer._sender.sender_task  # noqa: SLF001 - aiokafka#1101: there is no other way to end its retries
    if sender is not None:
        sender.cancel()
    producer._message_accumulator.fail_all(KafkaError("the producer was abandoned"))  # noqa: SLF001 - as above
