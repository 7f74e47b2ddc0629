"""Continuous traffic: callers who report overdue milestones and completions, and repeat each request until it is accepted."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from time import monotonic
from typing import Any, Final

import httpx

from shared.kit.backoff import Backoff
from shared.kit.clock import SystemClock
from shared.testing.http import bearer, once
from shared.testing.projects_api import MILESTONES, PROJECTS, a_project
from tests.faults.ledger import COMPLETED, OVERDUE, Ledger

LONG_OVERDUE: Final = timedelta(days=60)
REQUEST_SECONDS: Final = 5.0
PACE_SECONDS: Final = 0.05
MOST_OWED: Final = 60
PER_PROJECT: Final = 50
COME_AGAIN: Final = frozenset({409, 429, 503})
"""Answers that ask the caller to try again: busy, or somebody changed the object at the same moment."""

NUMBERS: Final = count(1)
"""Numbers of projects, each used once in a run."""


@dataclass(frozen=True, slots=True)
class Answer:
    """When a request was answered, how, and how long that took."""

    at: float
    status: int
    seconds: float


@dataclass
class Traffic:
    """`url_of` is asked before every attempt: a service that was started anew may listen elsewhere."""

    url_of: Callable[[str], str]
    key: str
    ledger: Ledger
    department: str
    answers: list[Answer] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    most_owed: int = MOST_OWED
    """Callers hold back while so many effects are owed: what piles up during a fault takes its time afterwards."""

    async def run(self, stop: asyncio.Event, callers: int) -> None:
        """Make requests until told to stop; a request that is under way then is seen through."""
        async with self._client() as client, asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(self._call(client, stop))

    def allow(self, more: int) -> None:
        """Let so many more be owed than are now."""
        self.most_owed = max(self.most_owed, self.ledger.outstanding + more)

    async def one(self) -> str:
        """A milestone of a new project that is long overdue; its id."""
        async with self._client() as client:
            return await self._overdue(client, await self._project(client))

    async def complete(self, milestone: str) -> None:
        """Report a milestone as done."""
        async with self._client() as client:
            await self._complete(client, milestone)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(headers=bearer(self.key), timeout=REQUEST_SECONDS, trust_env=False)

    async def _call(self, client: httpx.AsyncClient, stop: asyncio.Event) -> None:
        mine: list[str] = []
        project, made = await self._project(client), 0
        while not stop.is_set():
            if self.ledger.outstanding < self.most_owed:
                mine.append(await self._overdue(client, project))
                made += 1
            if mine and self.ledger.has(mine[0], OVERDUE):
                await self._complete(client, mine.pop(0))
            if made == PER_PROJECT:
                project, made = await self._project(client), 0
            await Backoff.standby(stop, PACE_SECONDS)

    async def _project(self, client: httpx.AsyncClient) -> str:
        made = await self._accepted(client, PROJECTS, a_project(next(NUMBERS), lead_department=self.department))
        return str(made["id"])

    async def _overdue(self, client: httpx.AsyncClient, project: str) -> str:
        due_on = (SystemClock().today() - LONG_OVERDUE).isoformat()
        body = {"project": project, "name": "施工许可证", "stage": "construction_permit", "baseline_due_on": due_on}
        milestone = str((await self._accepted(client, MILESTONES, body))["id"])
        self.ledger.accept(milestone, OVERDUE)
        return milestone

    async def _complete(self, client: httpx.AsyncClient, milestone: str) -> None:
        body = {"actual_on": SystemClock().today().isoformat(), "reference": "验收单 1"}
        await self._accepted(client, f"{MILESTONES}/{milestone}/completions", body)
        self.ledger.accept(milestone, COMPLETED)

    async def _accepted(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What was made; the same request, under the same key, as often as it takes."""
        headers, backoff = once(), Backoff(first=0.05, most=0.5)
        while True:
            answer = await self._attempt(client, path, body, headers)
            if answer is not None and answer.status_code == httpx.codes.CREATED:
                made: dict[str, Any] = answer.json()
                return made
            assert answer is None or answer.status_code in COME_AGAIN, answer.text
            await backoff.wait(asyncio.Event())

    async def _attempt(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response | None:
        began = monotonic()
        try:
            answer = await client.post(self.url_of("project") + path, json=body, headers=headers)
        except httpx.TransportError as error:
            self.failures[type(error).__name__] += 1
            return None
        if answer.status_code != httpx.codes.CREATED:
            self.failures[str(answer.status_code)] += 1
        self.answers.append(Answer(began, answer.status_code, monotonic() - began))
        return answer
