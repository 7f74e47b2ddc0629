"""What was known at an instant: the query answers what the rule does over every revision; official stands before provisional."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from indicator_svc.indicators.rules import Kind
from indicator_svc.observations.figures import figures_at
from indicator_svc.observations.models import Observation, ObservationMove
from indicator_svc.observations.repository import Key
from indicator_svc.observations.rules import Move, Provenance, Revision, State, in_force
from shared.kit.db import UnitOfWork
from shared.kit.ids import new_id
from shared.kit.periods import Period
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.indicators_api import IndicatorsApi

FIGURES, REVISIONS, MOVES, MINUTES = 30, 5, 4, 40


def a_row(key: Key, revision: Revision, at: datetime) -> Observation:
    return Observation(
        id=revision.id,
        region=key[0],
        indicator=key[1],
        period=key[2],
        period_end=Period.parse(key[2]).end,
        revision=revision.number,
        value=revision.value,
        unit="%",
        status="flash",
        kind=Kind.GROWTH,
        provenance=revision.provenance,
        publisher="市统计局",
        synthetic=False,
        note="",
        state=revision.moves[-1].state,
        held_because=[],
        decided_by_person=False,
        recorded_by="tester",
        created_at=at,
    )


def a_history(chance: Random, number: int, start: datetime) -> Revision:
    """A revision whose state moves at random, at any minute from its own on."""
    minutes = sorted(chance.randrange(MINUTES) for _ in range(chance.randint(1, MOVES)))
    moves = tuple(Move(chance.choice(list(State)), start + timedelta(minutes=minute)) for minute in minutes)
    provenance = chance.choice((Provenance.PUBLISHED, Provenance.PROVISIONAL))
    return Revision(new_id(), number, Decimal(number), None, provenance, False, moves)


def put_down(uow: UnitOfWork, key: Key, revision: Revision) -> None:
    uow.session.add(a_row(key, revision, revision.moves[0].at))
    for move in revision.moves:
        uow.session.add(
            ObservationMove(
                observation_id=revision.id, state=move.state, created_at=move.at, by_person=False, actor="tester", reason=""
            )
        )


async def test_the_query_for_what_was_known_agrees_with_the_rule_over_every_revision(runtime: Runtime, clock: FakeClock) -> None:
    chance, start = Random(31), clock.now()  # noqa: S311 - a test draws the same histories every time
    keys = [("620200", "E02", f"{year}-M06") for year in range(1990, 1990 + FIGURES)]
    histories = {key: [a_history(chance, 1 + each, start) for each in range(REVISIONS)] for key in keys}
    async with runtime.database.unit_of_work("tester") as uow:
        for key, revisions in histories.items():
            for revision in revisions:
                put_down(uow, key, revision)
        await uow.session.flush()
    for minute in range(-1, MINUTES, 4):
        instant = start + timedelta(minutes=minute)
        async with runtime.database.reading() as view:
            found = await figures_at(view.session, keys, instant)
        wanted = {key: in_force(key[2], revisions, instant) for key, revisions in histories.items()}
        assert found == {key: figure for key, figure in wanted.items() if figure.sources}, instant


async def test_a_provisional_figure_never_stands_in_for_an_official_one(api: IndicatorsApi) -> None:
    await api.observe("48.4", indicator="B01-start-rate", provenance="provisional", status="flash")
    await api.observe("50", indicator="B01-start-rate", status="final")
    later = await api.observe("49.1", indicator="B01-start-rate", provenance="provisional", status="flash")
    assert (later["revision"], later["state"]) == (3, "accepted")
    assert [each["value"] for each in await api.listed("observations")] == ["48.4", "50", "49.1"]
