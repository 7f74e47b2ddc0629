"""Use cases of what-ifs. What is supposed is read beside the figures and never written among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.service import natures_of
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.known import edition_in_force, evaluated_period, questions_at
from indicator_svc.scoreboards.rules import Row, compute
from indicator_svc.what_ifs.errors import AsOfInFuture, NotAnItem, RegionNotRanked
from indicator_svc.what_ifs.rules import Answer, Asked, invert
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


def _must_be_items(scheme: Scheme, indicators: Iterable[str], pointer: str) -> None:
    known = {item.indicator for item in scheme.items}
    for indicator in indicators:
        if indicator not in known:
            raise NotAnItem(indicator, scheme.code, f"{pointer}/{indicator}")
