"""Whatever is done to a library in whatever order, it is what a simple book-keeper says it is (`domain.md` §4.6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule

from bond_svc.app import create_app
from bond_svc.settings import BondSettings
from shared.testing.bonds_api import API, BondsApi, a_library_project
from shared.testing.http import a_client, is_problem, post
from shared.testing.life_cycle import LifeCycle, try_life_cycle
from shared.testing.runtimes import Migrated, a_runtime

MAY_FOLLOW: Final = {
    "idea": {"reserve", "removed"},
    "reserve": {"ready", "returned", "removed"},
    "ready": {"applied", "reserve", "removed"},
    "applied": {"returned", "rejected"},
    "returned": {"reserve", "removed"},
    "rejected": {"idea", "removed"},
    "removed": set(),
}
COUNTED: Final = {"reserve", "ready", "applied"}
SEALED: Final = {"applied", "removed"}
STATES: Final = st.sampled_from(sorted(MAY_FOLLOW))
SOUND, BARRED = "改造供水主管网 42 公里。", "建设主题公园一座。"


@dataclass
class Kept:
    """What the book-keeper knows of a project."""

    id: str
    state: str
    investment: Decimal | None
    demand: Decimal | None
    sound: bool
    version: int
    screened: str | None = None
    moves: int = 1

    @property
    def known(self) -> bool:
        return self.investment is not None and self.demand is not None

    def may(self, to: str) -> bool:
        fits = to not in COUNTED or self.known
        passes = to not in {"ready", "applied"} or self.screened == "pass"
        return to in MAY_FOLLOW[self.state] and fits and passes


class LibraryLife(LifeCycle[BondsApi]):
    projects: Bundle[Kept] = Bundle("projects")

    def __init__(self, migrated: Migrated, folder: Path) -> None:
        super().__init__(a_library(migrated, folder))
        self.kept: list[Kept] = []

    @rule(
        target=projects,
        state=st.sampled_from(["idea", "reserve"]),
        investment=st.sampled_from([None, "30000", "80000.5"]),
        demand=st.sampled_from([None, "6000"]),
        sound=st.booleans(),
    )
    def propose(self, state: str, investment: str | None, demand: str | None, sound: bool) -> Any:
        body = a_library_project(
            state=state, total_investment_wan=investment, bond_demand_wan=demand, description=SOUND if sound else BARRED
        )
        answer = self.ask(post(self.api.client, f"{API}/library-projects", body))
        if state == "reserve" and None in (investment, demand):
            is_problem(answer, 409, "bond.library-move-refused")
            return multiple()
        assert answer.status_code == 201, answer.text
        amounts = [None if text is None else Decimal(text) for text in (investment, demand)]
        kept = Kept(answer.json()["id"], state, amounts[0], amounts[1], sound, answer.json()["version"])
        self.kept.append(kept)
        return kept

    @rule(kept=projects, to=STATES)
    def move(self, kept: Kept, to: str) -> None:
        answer = self.ask(self.api.move(kept.id, to))
        if not kept.may(to):
            is_problem(answer, 409, "bond.library-move-refused")
            return
        assert answer.status_code == 201, answer.text
        kept.state, kept.moves, kept.version = to, kept.moves + 1, answer.json()["version"]

    @rule(kept=projects)
    def screen(self, kept: Kept) -> None:
        outcome = self.ask(self.api.screen(kept.id))["outcome"]
        expected = "fail" if not kept.sound else "pass" if kept.demand is not None else "undetermined"
        assert outcome == expected
        kept.screened = outcome
        kept.version = self.ask(self.api.got(f"library-projects/{kept.id}"))["version"]

    @rule(kept=projects, sound=st.booleans(), stale=st.booleans())
    def describe(self, kept: Kept, sound: bool, stale: bool) -> None:
        """What a screening looks at; a caller who names another version is turned away."""
        asked = kept.version + 1 if stale else kept.version
        answer = self.ask(self.api.patch(f"library-projects/{kept.id}", asked, description=SOUND if sound else BARRED))
        if stale:
            is_problem(answer, 412, "precondition.stale-version")
        elif kept.state in SEALED:
            is_problem(answer, 409, "bond.library-project-sealed")
        else:
            assert answer.status_code == 200, answer.text
            kept.screened = kept.screened if kept.sound == sound else None
            kept.sound, kept.version = sound, answer.json()["version"]

    @rule(kept=projects, investment=st.sampled_from([None, "30000", "90000"]))
    def estimate(self, kept: Kept, investment: str | None) -> None:
        """What both a screening and the target look at."""
        answer = self.ask(self.api.patch(f"library-projects/{kept.id}", kept.version, total_investment_wan=investment))
        if kept.state in SEALED:
            is_problem(answer, 409, "bond.library-project-sealed")
        elif kept.state in COUNTED and investment is None:
            is_problem(answer, 409, "bond.library-move-refused")
        else:
            assert answer.status_code == 200, answer.text
            before, kept.investment = kept.investment, None if investment is None else Decimal(investment)
            kept.screened = kept.screened if before == kept.investment else None
            kept.version = answer.json()["version"]

    @invariant()
    def every_project_is_as_it_was_left(self) -> None:
        found = self.ask(self.api.got("library-projects", limit=200))["items"]
        assert {each["id"]: told(each) for each in found} == {kept.id: remembered(kept) for kept in self.kept}

    @invariant()
    def the_target_counts_what_is_in_the_library(self) -> None:
        summary = self.ask(self.api.got("library-summary"))
        counted = [kept for kept in self.kept if kept.state in COUNTED]
        assert summary["projects"] == len(counted)
        assert Decimal(summary["total_investment_wan"]) == sum(kept.investment or 0 for kept in counted)

    def teardown(self) -> None:
        for kept in self.kept:
            moves = self.ask(self.api.got(f"library-projects/{kept.id}/moves"))["items"]
            assert len(moves) == kept.moves
        super().teardown()


def told(project: dict[str, Any]) -> tuple[object, ...]:
    investment = project["total_investment_wan"]
    permitted = {to for to in MAY_FOLLOW if to != project["state"] and project["may"].get(to, {"allowed": False})["allowed"]}
    known = None if investment is None else Decimal(investment)
    return project["state"], project["screening_outcome"], known, project["version"], permitted


def remembered(kept: Kept) -> tuple[object, ...]:
    return kept.state, kept.screened, kept.investment, kept.version, {to for to in MAY_FOLLOW if kept.may(to)}


@asynccontextmanager
async def a_library(migrated: Migrated, folder: Path) -> AsyncIterator[BondsApi]:
    """An empty library under the policies that the package ships."""
    async with a_runtime(BondSettings, migrated, folder) as runtime, a_client(create_app(runtime), runtime.database) as client:
        yield BondsApi(client, runtime.database)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("examples", "steps"), [(8, 25), pytest.param(200, 50, marks=pytest.mark.nightly)])
def test_a_library_is_what_its_book_keeper_says_whatever_is_done_to_it(
    migrated: Migrated, tmp_path: Path, examples: int, steps: int
) -> None:
    lives = count()

    def a_life() -> LibraryLife:
        folder = tmp_path / str(next(lives))
        folder.mkdir()
        return LibraryLife(migrated, folder)

    try_life_cycle(a_life, examples=examples, steps=steps)
    assert next(lives) >= examples
