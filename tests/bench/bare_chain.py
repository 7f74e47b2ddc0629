"""The bare chain: insert, produce, consume, insert, POST; what a write that ends in a push costs without any promise kept."""

import asyncio
import json
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.testing.postgres_server import PostgresServer
from shared.testing.receiver import WebhookReceiver
from shared.testing.stack import Brokers

SECONDS: Final = 30.0


class BareChain:
    """asyncpg, aiokafka and httpx by hand, in this process; `push` goes through it once."""

    def __init__(self, postgres: PostgresServer, kafka: Brokers, receiver: WebhookReceiver) -> None:
        self._postgres = postgres
        self._servers = kafka.servers
        self._receiver = receiver
        self._topic = f"bare.{uuid4().hex[:8]}"
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        url = self._postgres.url(self._postgres.create_database()).replace("+asyncpg", "")
        self._database = await asyncpg.connect(url)
        self._stack.push_async_callback(self._database.close)
        await self._database.execute("CREATE TABLE written (id text PRIMARY KEY, body jsonb)")
        await self._database.execute("CREATE TABLE heard (id text PRIMARY KEY, body jsonb)")
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
        await admin.start()
        await admin.create_topics([NewTopic(self._topic, 1, 1)])
        await admin.close()
        self._producer = AIOKafkaProducer(bootstrap_servers=self._servers, acks="all", enable_idempotence=True)
        await self._producer.start()
        self._stack.push_async_callback(self._producer.stop)
        self._consumer = AIOKafkaConsumer(self._topic, bootstrap_servers=self._servers, auto_offset_reset="earliest")
        await self._consumer.start()
        self._stack.push_async_callback(self._consumer.stop)
        self._client = await self._stack.enter_async_context(httpx.AsyncClient(timeout=SECONDS, trust_env=False))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def push(self) -> None:
        """One write that ends at the receiver."""
        body = json.dumps({"id": uuid4().hex, "type": "bare", "data": {"id": "bare", "object": {"id": "bare"}}})
        await self._database.execute("INSERT INTO written VALUES ($1, $2)", uuid4().hex, body)
        await self._producer.send_and_wait(self._topic, body.encode())
        record = await asyncio.wait_for(self._consumer.getone(), SECONDS)
        await self._database.execute("INSERT INTO heard VALUES ($1, $2)", uuid4().hex, record.value.decode())
        (await self._client.post(self._receiver.url, content=record.value)).raise_for_status()
