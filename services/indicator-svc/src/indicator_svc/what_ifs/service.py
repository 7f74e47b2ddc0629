"""Use cases of what-ifs. What is supposed is read beside the figures and never written among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.service import natures_of
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.known import edition_in_force, evaluated_period, questions_at
from indicator_svc.scoreboards.rules import Board, Row, compute
from indicator_svc.what_ifs.errors import AsOfInFuture, ChangesFaulty, NoBetterEnd, NotAnItem, RegionNotRanked, WhatIfNotFound
from indicator_svc.what_ifs.models import WhatIf
from indicator_svc.what_ifs.repository import WhatIfs
from indicator_svc.what_ifs.robustness import Interval, can_be_off, rank_interval
from indicator_svc.what_ifs.rules import Answer, Asked, change_faults, invert, supposing
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import check_version
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Base:
    """The official figures and scheme of a period as known at an instant: what every what-if starts from."""

    scheme: Scheme
    period: Period
    as_of: datetime
    questions: Questions


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom, how far, in which steps, and which scores are wanted; both mappings by indicator."""

    region: str
    most: int
    steps: Mapping[str, Decimal]
    scores: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Inverse:
    """The answer for every item, with the official row that it starts from."""

    base: Base
    own: Row
    answers: list[Answer]


async def base_of(session: AsyncSession, scheme_code: str, period: str, as_of: datetime, now: datetime) -> Base:
    if as_of > now:
        raise AsOfInFuture
    scheme = (await edition_in_force(session, scheme_code, as_of, "/scheme")).parsed()
    evaluated = evaluated_period(scheme, period, as_of)
    return Base(scheme, evaluated, as_of, await questions_at(session, (scheme,), evaluated, as_of))


@dataclass(frozen=True, slots=True)
class Forward:
    """The official board as it was pinned, the board as supposed, and whether the official one has moved since."""

    what_if: WhatIf
    before: Board
    after: Board
    moved: bool


async def keep(uow: UnitOfWork, what_if: WhatIf) -> WhatIf:
    """Keep a what-if, pinned to what is known at its `as_of`. Raises with every fault of its changes."""
    base = await base_of(uow.session, what_if.scheme_code, what_if.period, what_if.as_of, uow.now)
    what_if.period, what_if.author = str(base.period), uow.actor
    _must_be_possible(base, what_if)
    WhatIfs(uow.session).add(what_if)
    await uow.session.flush()
    return what_if


async def get(session: AsyncSession, what_if_id: str, actor: str) -> WhatIf:
    found = await WhatIfs(session).get(what_if_id)
    if found is None or not found.is_seen_by(actor):
        raise WhatIfNotFound(what_if_id)
    return found


async def change(uow: UnitOfWork, what_if_id: str, expected: int, fields: dict[str, Any]) -> WhatIf:
    what_if = await get(uow.session, what_if_id, uow.actor)
    what_if.must_be_of(uow.actor)
    check_version(what_if.version, expected)
    what_if.change(uow.actor, fields)
    _must_be_possible(await _pinned(uow.session, what_if, uow.now), what_if)
    await uow.session.flush()
    return what_if


async def remove(uow: UnitOfWork, what_if_id: str, expected: int) -> None:
    what_if = await get(uow.session, what_if_id, uow.actor)
    what_if.must_be_of(uow.actor)
    check_version(what_if.version, expected)
    await WhatIfs(uow.session).remove(what_if)


async def result(view: ReadSession, what_if_id: str, actor: str) -> Forward:
    """Everything computed anew with the supposed figures: best, worst, places, totals and ranks of all regions."""
    what_if = await get(view.session, what_if_id, actor)
    pinned = await _pinned(view.session, what_if, view.now)
    today = await base_of(view.session, what_if.scheme_code, what_if.period, view.now, view.now)
    before, now = (compute(each.scheme, each.period, each.questions) for each in (pinned, today))
    after = compute(pinned.scheme, pinned.period, supposing(pinned.questions, what_if.supposed()))
    return Forward(what_if, before, after, moved=_scores(before) != _scores(now))


async def _pinned(session: AsyncSession, what_if: WhatIf, now: datetime) -> Base:
    return await base_of(session, what_if.scheme_code, what_if.period, what_if.as_of, now)


def _must_be_possible(base: Base, what_if: WhatIf) -> None:
    faults = change_faults(base.scheme, base.questions, what_if.supposed())
    if faults:
        raise ChangesFaulty(faults)


def _scores(board: Board) -> tuple[int, list[tuple[str, int | None, list[Decimal | None]]]]:
    """What a base has to keep for what-ifs upon it to hold: the edition, the ranks and every figure and score."""
    rows = [(row.region, row.rank, [cell for item in row.items for cell in (item.value, item.score)]) for row in board.rows]
    return board.edition, rows


async def invert_for(session: AsyncSession, base: Base, wish: Wish) -> Inverse:
    """The least move of each item for each rank, from the official board. Raises where the region has no rank."""
    _must_be_items(base.scheme, wish.steps, "/steps")
    _must_be_items(base.scheme, wish.scores, "/wanted_scores")
    board = compute(base.scheme, base.period, base.questions)
    own = next((row for row in board.rows if row.region == wish.region), None)
    if own is None or own.rank is None:
        raise RegionNotRanked(wish.region, peer=own is not None)
    units = {code: each.unit for code, each in (await natures_of(session, base.scheme)).items()}
    return Inverse(base, own, invert(base.scheme, board, Asked(wish.region, wish.most, wish.steps, units, wish.scores)))


@dataclass(frozen=True, slots=True)
class Robustness:
    base: Base
    interval: Interval


def robustness_of(base: Base, region: str, bounds: Mapping[str, Decimal]) -> Robustness:
    """The rank interval of a ranked region under these revision bounds, by indicator."""
    _must_be_items(base.scheme, bounds, "/revision_bounds")
    for item in base.scheme.items:
        if item.indicator in bounds and not can_be_off(item):
            raise NoBetterEnd(item.indicator)
    if region not in base.scheme.peers:
        raise RegionNotRanked(region, peer=False)
    interval = rank_interval(base.scheme, base.period, base.questions, (region, bounds))
    if interval.now.rank is None:
        raise RegionNotRanked(region, peer=True)
    return Robustness(base, interval)


def _must_be_items(scheme: Scheme, indicators: Iterable[str], pointer: str) -> None:
    known = {item.indicator for item in scheme.items}
    for indicator in indicators:
        if indicator not in known:
            raise NotAnItem(indicator, scheme.code, f"{pointer}/{indicator}")
