"""A subscriber whose handler can be told to fail, and the person on duty before it."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import select

from shared.contracts.project import MilestoneWithdrawn
from shared.kit.backbone import inbox_key, parked_event
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import Conflict
from shared.kit.inbox import Inbox, Outcome, Reason
from shared.kit.subscriptions import Subscriptions, consumer_of
from shared.testing.backbone import a_record
from shared.testing.http import post

API = "/api/sample/v1"
CONSUMER = consumer_of("sample")
BAD = Reason("Conflict", "坏数据", 3)


def subject_of(milestone: str) -> str:
    return f"620200/milestone/{milestone}"


@dataclass
class Effects:
    """A handler that notes what took effect, and reports each with a fact of its own; some objects it cannot take."""

    bad: set[str] = field(default_factory=set)
    huge: set[str] = field(default_factory=set)
    """Objects about which it has more to report than the bus takes."""

    @property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions({MilestoneWithdrawn: self.on_withdrawn})

    async def on_withdrawn(self, uow: UnitOfWork, fact: MilestoneWithdrawn) -> None:
        assert uow.cause is not None
        reason = "x" * 600_000 if fact.milestone_id in self.huge else str(uow.cause.sequence)
        uow.record(fact.model_copy(update={"milestone_id": f"effect-{fact.milestone_id}", "reason": reason}))
        if fact.milestone_id in self.bad:
            raise Conflict("这条消息仍然处理不了。")


@dataclass
class Desk:
    """Events arrive at the sample service, and somebody looks after those that were set aside."""

    database: Database
    effects: Effects
    client: httpx.AsyncClient

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.database, self.effects.subscriptions, CONSUMER)

    async def poison(self, milestone: str = "m-1", *, behind: int = 0, first: int = 1) -> None:
        """An event that was set aside, and so many that wait behind it."""
        await self.inbox.park(a_record(first, milestone=milestone), BAD)
        for sequence in range(first + 1, first + 1 + behind):
            assert await self.inbox.take(a_record(sequence, milestone=milestone)) is Outcome.PARKED

    async def listed(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{API}/parked-events", params={"sort": "subject,sequence", **filters})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def states(self) -> list[tuple[int, str]]:
        return [(row["sequence"], row["state"]) for row in await self.listed()]

    async def redrive(self, *milestones: str, gaps: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Try these objects again, all when none is named; one result for each."""
        accepted = [{"subject": subject_of(name), "reason": reason} for name, reason in (gaps or {}).items()]
        body = {"subjects": [subject_of(each) for each in milestones] or "all", "accepted_gaps": accepted}
        answer = await post(self.client, f"{API}/parked-events/redrives", body)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def drop(self, number: int, reason: str = "对方已更正", *, accept_gap: bool = False) -> httpx.Response:
        return await post(self.client, f"{API}/parked-events/{number}/drops", {"reason": reason, "accept_gap": accept_gap})

    async def acts(self, **filters: Any) -> list[tuple[str, str, int | None]]:
        """(act, outcome, sequence) in the order of doing."""
        answer = await self.client.get(f"{API}/operator-acts", params=filters)
        assert answer.status_code == 200, answer.text
        return [(row["act"], row["outcome"], row["sequence"]) for row in reversed(answer.json()["items"])]

    async def is_open(self, milestone: str = "m-1") -> bool:
        async with self.database.reading() as view:
            statement = select(inbox_key.c.blocked_at).where(inbox_key.c.key == subject_of(milestone))
            return await view.session.scalar(statement) is None

    async def number_of(self, sequence: int) -> int:
        async with self.database.reading() as view:
            number: int | None = await view.session.scalar(select(parked_event.c.id).where(parked_event.c.sequence == sequence))
            assert number is not None
            return number
