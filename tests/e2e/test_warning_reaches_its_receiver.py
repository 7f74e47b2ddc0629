"""One write that crosses a threshold reaches the receiver, once, on PostgreSQL and Kafka with real processes."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shared.kit.clock import SHANGHAI, SystemClock
from shared.kit.ids import new_id
from shared.testing.eventually import eventually, seconds
from shared.testing.kafka_server import KafkaServer
from shared.testing.postgres_server import PostgresServer
from shared.testing.receiver import Received, WebhookReceiver
from shared.testing.stack import Stack

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

RAISED, CLOSED = "alert.raised", "alert.closed"
PATIENCE = seconds(30)


@pytest.fixture(scope="module")
def stack(postgres_server: PostgresServer, kafka_server: KafkaServer) -> Iterator[Stack]:
    with Stack(postgres_server, kafka_server, services=("project", "alert"), settings={"PROJECT_SWEEP_INTERVAL": "0.5"}) as stack:
        yield stack


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as receiver:
        yield receiver


class Caller:
    """Somebody who may do everything."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {stack.key}"}, timeout=20, trust_env=False)

    async def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self._stack.urls[service]}/api/{service}/v1/{path}"
        answer = await self._client.post(url, json=body, headers={"Idempotency-Key": new_id()})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def an_overdue_milestone(self, number: int) -> dict[str, Any]:
        """A project with one milestone that was due the day before yesterday."""
        today = SystemClock().today()
        project = {
            "name": f"端到端测试项目 {number}",
            "kind": "new",
            "code": f"2106-620200-04-01-{number:06}",
            "sector": "health",
            "region": "620200",
            "plan_year": today.year,
            "sponsor_post": "VM-SOC",
            "lead_department": "市卫生健康委",
            "responsible_person": "王某",
            "total_investment_wan": "8600",
            "annual_plan_wan": "2000",
            "synthetic": True,
        }
        made = await self.post("project", "projects", project)
        due = (today - timedelta(days=2)).isoformat()
        milestone = {"project": made["id"], "name": "施工许可证", "stage": "construction_permit", "baseline_due_on": due}
        return await self.post("project", "milestones", milestone)

    async def complete(self, milestone: dict[str, Any]) -> None:
        body = {"actual_on": SystemClock().today().isoformat(), "reference": "验收单 1 号"}
        await self.post("project", f"milestones/{milestone['id']}/completions", body)

    async def register(self, receiver: WebhookReceiver) -> None:
        endpoint = await self.post("alert", "endpoints", {"url": receiver.url, "description": "移动端后台"})
        receiver.secrets.add(endpoint["secret"])

    async def close(self) -> None:
        await self._client.aclose()


@pytest_asyncio.fixture
async def caller(stack: Stack) -> AsyncIterator[Caller]:
    caller = Caller(stack)
    yield caller
    await caller.close()


def about(receiver: WebhookReceiver, milestone: dict[str, Any]) -> list[str]:
    """The types of the signed messages about one milestone, in the order in which they came."""
    return [one.document["type"] for one in receiver.received if one.is_signed and _object_id(one) == milestone["id"]]


def raised(receiver: WebhookReceiver, milestone: dict[str, Any]) -> bool:
    return RAISED in about(receiver, milestone)


def _object_id(one: Received) -> str:
    found: str = one.document["data"]["object"]["id"]
    return found


async def test_an_overdue_milestone_is_pushed_once_and_its_completion_closes_it(
    caller: Caller, receiver: WebhookReceiver
) -> None:
    await caller.register(receiver)
    milestone = await caller.an_overdue_milestone(1)
    await eventually(lambda: about(receiver, milestone), is_=[RAISED], within=PATIENCE)
    await caller.complete(milestone)
    await eventually(lambda: about(receiver, milestone), is_=[RAISED, CLOSED], within=PATIENCE)
    assert (receiver.repeats, receiver.unsigned) == (0, 0)


async def test_replicas_and_a_killed_worker_neither_lose_nor_double_a_warning(
    stack: Stack, caller: Caller, receiver: WebhookReceiver
) -> None:
    await caller.register(receiver)
    first = {service: stack.worker(service) for service in ("project", "alert")}
    for service in first:
        stack.start(service, "worker")
    before = [await caller.an_overdue_milestone(number) for number in range(10, 15)]
    for worker in first.values():
        worker.kill()
    after = [await caller.an_overdue_milestone(number) for number in range(15, 20)]
    started = datetime.now(SHANGHAI)
    for milestone in (*before, *after):
        await eventually(partial(raised, receiver, milestone), within=seconds(60))
    assert datetime.now(SHANGHAI) - started < timedelta(seconds=60)
    distinct = [len({one.webhook_id for one in receiver.received if _object_id(one) == m["id"]}) for m in (*before, *after)]
    assert distinct == [1] * 10
