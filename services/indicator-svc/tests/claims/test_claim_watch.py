"""The watch over unclaimed items on a database: each told once, whatever repeats, jumps or runs beside it."""

import asyncio
from datetime import datetime

from indicator_svc.claims.watch import watch_claims
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.indicators_api import a_scheme, an_item
from shared.testing.outbox import facts_of

from .conftest import DEPARTMENT, ClaimsApi

HOME = "620200"


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


async def told(runtime: Runtime) -> list[tuple[str, str, str | None]]:
    """(fact, indicator, why) in order."""
    return [(each["fact"], each["indicator"], each.get("why")) for each in await facts_of(runtime.database)]


async def test_an_item_is_told_the_day_after_its_time_is_up_and_once(
    claims: ClaimsApi, runtime: Runtime, clock: FakeClock
) -> None:
    await claims.publish_scheme()
    await claims.made("claim-tables/S-1/rounds", {"by": "市政府办 李某"})
    clock.set(on("2022-07-05"))
    assert await watch_claims(runtime.database, HOME) == 0
    for day in ("2022-07-06", "2022-07-01", "2022-07-06", "2022-07-20"):
        clock.set(on(day))
        await watch_claims(runtime.database, HOME)
    assert await told(runtime) == [
        ("item-unclaimed", "E02", "not_answered"),
        ("item-unclaimed", "E03", "not_offered"),
        ("item-unclaimed", "E04", "not_answered"),
    ]
    first = (await facts_of(runtime.database))[0]
    assert (first["lead_department"], first["due_on"], first["region"]) == (DEPARTMENT, "2022-07-05", HOME)


async def test_watches_side_by_side_tell_each_item_once(claims: ClaimsApi, runtime: Runtime, clock: FakeClock) -> None:
    await claims.publish_scheme()
    await claims.offer()
    clock.set(on("2022-07-06"))
    await asyncio.gather(*(watch_claims(runtime.database, HOME) for _ in range(4)))
    assert sorted(await told(runtime)) == [
        ("item-unclaimed", "E02", "not_answered"),
        ("item-unclaimed", "E03", "not_offered"),
        ("item-unclaimed", "E04", "not_offered"),
    ]


async def test_a_change_of_hands_is_told_and_the_claim_ends_it(claims: ClaimsApi, runtime: Runtime, clock: FakeClock) -> None:
    await claims.publish_scheme()
    claim = await claims.offer()
    await claims.offer(indicator="E03", due_on="2022-12-30")
    await claims.offer(indicator="E04", due_on="2022-12-30")
    clock.set(on("2022-07-06"))
    await watch_claims(runtime.database, HOME)
    await claims.done(claim, "disputes")
    await watch_claims(runtime.database, HOME)
    other = await claims.done(claim, "resolutions", lead_department="市商务局", portfolio="VM-COMM")
    await watch_claims(runtime.database, HOME)
    await claims.done(other, "acceptances")
    await watch_claims(runtime.database, HOME)
    assert await told(runtime) == [
        ("item-unclaimed", "E02", "not_answered"),
        ("item-unclaimed", "E02", "disputed"),
        ("item-unclaimed", "E02", "not_answered"),
        ("item-claimed", "E02", None),
    ]
    assert (await facts_of(runtime.database))[2]["lead_department"] == "市商务局"


async def test_an_item_that_is_no_longer_evaluated_needs_no_owner(claims: ClaimsApi, runtime: Runtime, clock: FakeClock) -> None:
    await claims.publish_scheme()
    await claims.offer()
    clock.set(on("2022-07-06"))
    await watch_claims(runtime.database, HOME)
    await claims.publish(a_scheme(an_item(indicator="E04")))
    before = len(await told(runtime))
    await watch_claims(runtime.database, HOME)
    await watch_claims(runtime.database, HOME)
    assert (await told(runtime))[before:] == [("item-left-scheme", "E02", None), ("item-left-scheme", "E03", None)]


async def test_a_scheme_of_which_nothing_was_offered_is_not_watched(
    claims: ClaimsApi, runtime: Runtime, clock: FakeClock
) -> None:
    await claims.publish_scheme()
    clock.set(on("2022-09-30"))
    assert await watch_claims(runtime.database, HOME) == 0
