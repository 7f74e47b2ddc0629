"""Whatever is done to projects in whatever order, register and rates are what a simple book-keeper says (`domain.md` §3.3)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule

from project_svc.app import create_app
from project_svc.settings import ProjectSettings
from shared.testing.clock import FakeClock
from shared.testing.http import a_key, anonymous, bearer, is_problem, post
from shared.testing.life_cycle import LifeCycle, try_life_cycle
from shared.testing.projects_api import PROJECTS, RATES, a_project, a_resumption, a_start, an_order
from shared.testing.runtimes import Migrated, a_runtime, clock_of

YEAR: Final = 2022
OPENING: Final = {"continuing": "ready", "new": "registered", "preparatory": "registered"}
RUNNING: Final = {"registered", "ready", "under_construction"}


@dataclass
class Kept:
    """What the book-keeper knows of a project."""

    id: str
    kind: str
    state: str
    since: date
    begun: bool
    before_stop: str | None = None
    works_this_year: bool = False
    history: list[str] = field(default_factory=lambda: ["register"])

    def note(self, act: str, state: str, on: date) -> None:
        self.history.append(act)
        self.state, self.since = state, on


@dataclass
class Register:
    client: httpx.AsyncClient
    clock: FakeClock


class RegisterLife(LifeCycle[Register]):
    projects: Bundle[Kept] = Bundle("projects")

    def __init__(self, migrated: Migrated, folder: Path) -> None:
        super().__init__(a_register(migrated, folder))
        self.kept: list[Kept] = []

    @property
    def today(self) -> date:
        return self.api.clock.now().date()

    @rule(target=projects, kind=st.sampled_from(sorted(OPENING)))
    def register(self, kind: str) -> Kept:
        body = a_project(len(self.kept) + 1, kind=kind, listed_on="2022-01-01")
        answer = self.ask(post(self.api.client, PROJECTS, body))
        assert answer.status_code == 201, answer.text
        kept = Kept(answer.json()["id"], kind, OPENING[kind], date(YEAR, 1, 1), begun=kind == "continuing")
        self.kept.append(kept)
        return kept

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        if self.today + timedelta(days) <= date(YEAR, 12, 31):
            self.api.clock.advance(timedelta(days))

    @rule(kept=projects, back=st.integers(0, 30))
    def confirm_ready(self, kept: Kept, back: int) -> None:
        on = self.today - timedelta(back)
        body = {"confirmed_on": on.isoformat(), "basis": "用地、资金、施工许可均已落实"}
        fits = kept.kind != "preparatory" and kept.state == "registered"
        if self._taken(kept, "readiness-confirmations", body, fits, on):
            kept.note("confirm_ready", "ready", on)

    @rule(kept=projects)
    def start(self, kept: Kept) -> None:
        on = self.today
        body = a_resumption(on.isoformat()) if kept.begun else a_start(on.isoformat())
        if self._taken(kept, "starts", body, kept.kind != "preparatory" and kept.state == "ready", on):
            kept.note("start", "under_construction", on)
            kept.begun = kept.works_this_year = True

    @rule(kept=projects)
    def start_on_the_wrong_paper(self, kept: Kept) -> None:
        """A first start is not proven by a report of resumption; a refused start leaves no trace."""
        answer = self.ask(self._posted(kept, "starts", a_resumption(self.today.isoformat())))
        if kept.kind == "preparatory" or kept.state != "ready":
            is_problem(answer, 409, "project.act-refused")
        elif kept.begun:
            assert answer.status_code == 201, answer.text
            kept.note("start", "under_construction", self.today)
            kept.works_this_year = True
        else:
            is_problem(answer, 422, "project.start-not-proven")

    @rule(kept=projects, back=st.integers(0, 3))
    def suspend(self, kept: Kept, back: int) -> None:
        on = self.today - timedelta(back)
        before = kept.state
        if self._taken(kept, "suspensions", an_order(on.isoformat()), before in RUNNING, on):
            kept.note("suspend", "suspended", on)
            kept.before_stop = before

    @rule(kept=projects)
    def resume(self, kept: Kept) -> None:
        on = self.today
        if self._taken(kept, "resumptions", an_order(on.isoformat()), kept.state == "suspended", on):
            kept.note("resume", "registered" if kept.before_stop == "registered" else "ready", on)
            kept.before_stop = None

    @rule(kept=projects)
    def complete(self, kept: Kept) -> None:
        on = self.today
        body = {"completed_on": on.isoformat(), "acceptance": "竣工验收备案表 1"}
        if self._taken(kept, "completions", body, kept.kind != "preparatory" and kept.state == "under_construction", on):
            kept.note("complete", "completed", on)

    @rule(kept=projects)
    def enter_this_years_plan(self, kept: Kept) -> None:
        """Only what was preparatory is new to the plan of its year."""
        body = {"year": YEAR, "annual_plan_wan": "100", "listed_on": self.today.isoformat(), "document": "计划〔2022〕2 号"}
        answer = self.ask(self._posted(kept, "plan-entries", body))
        if kept.kind != "preparatory":
            is_problem(answer, 409, "project.plan-year-taken")
            return
        assert answer.status_code == 201, answer.text
        kept.note("list", kept.state, self.today)
        kept.kind = "new"

    def _posted(self, kept: Kept, act: str, body: dict[str, Any]) -> Any:
        return post(self.api.client, f"{PROJECTS}/{kept.id}/{act}", body)

    def _taken(self, kept: Kept, act: str, body: dict[str, Any], fits: bool, on: date) -> bool:
        """Whether the service took it, which is exactly when it fits and the days are in order."""
        answer = self.ask(self._posted(kept, act, body))
        if not fits:
            is_problem(answer, 409, "project.act-refused")
        elif on < kept.since:
            is_problem(answer, 409, "project.days-out-of-order")
        else:
            assert answer.status_code == 201, answer.text
            return True
        return False

    @invariant()
    def every_project_is_as_it_was_left(self) -> None:
        found = self.ask(self._seen(PROJECTS, limit=200))["items"]
        assert {each["id"]: (each["kind"], each["state"]) for each in found} == {
            kept.id: (kept.kind, kept.state) for kept in self.kept
        }

    @invariant()
    def the_rates_count_whoever_was_at_work_in_the_year(self) -> None:
        total = self.ask(self._seen(RATES, as_of=self.today.isoformat()))["total"]
        planned = [kept for kept in self.kept if kept.kind != "preparatory"]
        new = [kept for kept in planned if kept.kind == "new"]
        for name, of in (("start_and_resume", planned), ("new_start", new)):
            assert set(total[name]["counted"]) == {kept.id for kept in of if kept.works_this_year}
            assert total[name]["denominator"] == len(of)
        assert set(total["suspended"]) == {kept.id for kept in planned if kept.state == "suspended"}

    async def _seen(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.api.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def teardown(self) -> None:
        for kept in self.kept:
            lines = self.ask(self._seen(f"{PROJECTS}/{kept.id}/standings"))["items"]
            assert [line["act"] for line in lines] == kept.history
        super().teardown()


@asynccontextmanager
async def a_register(migrated: Migrated, folder: Path) -> AsyncIterator[Register]:
    """An empty register on 2022-07-01, and a key that outlives the year."""
    async with a_runtime(ProjectSettings, migrated, folder) as runtime, anonymous(create_app(runtime)) as client:
        client.headers.update(bearer(await a_key(runtime.database, days=365)))
        yield Register(client, clock_of(runtime))


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("examples", "steps"), [(8, 25), pytest.param(200, 50, marks=pytest.mark.nightly)])
def test_a_register_is_what_its_book_keeper_says_whatever_is_done_to_it(
    migrated: Migrated, tmp_path: Path, examples: int, steps: int
) -> None:
    lives = count()

    def a_life() -> RegisterLife:
        folder = tmp_path / str(next(lives))
        folder.mkdir()
        return RegisterLife(migrated, folder)

    try_life_cycle(a_life, examples=examples, steps=steps)
    assert next(lives) >= examples
