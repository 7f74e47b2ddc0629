"""Use case of the cheapest mix: what departments offer, against the official board as it was known. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.schemes.service import natures_of
from indicator_svc.scoreboards.rules import Row, compute
from indicator_svc.what_ifs.cheapest import Cheapest, cheapest
from indicator_svc.what_ifs.contest import Contest, Offer
from indicator_svc.what_ifs.errors import OffersFaulty, RankBeyondPeers, RegionNotRanked
from indicator_svc.what_ifs.levers import Lever, is_monotone, published_step, why_fixed
from indicator_svc.what_ifs.rules import Asked, lever_of
from indicator_svc.what_ifs.service import Base
from indicator_svc.what_ifs.totals import Account
from shared.kit.errors import Fault

MOST_STEPS: Final = 400


@dataclass(frozen=True, slots=True)
class Move:
    """What a department is ready to do for one item: by how much at most, at what cost per unit and once for beginning."""

    indicator: str
    most_change: Decimal
    cost_per_unit: Decimal
    fixed_cost: Decimal
    step: Decimal | None
    department: str


@dataclass(frozen=True, slots=True)
class Mix:
    """The cheapest mix for a rank with the official row that it starts from."""

    base: Base
    own: Row
    rank: int
    moves: Sequence[Move]
    contest: Contest
    found: Cheapest


async def mix_for(session: AsyncSession, base: Base, wanted: tuple[str, int], moves: Sequence[Move]) -> Mix:
    """`wanted`: the region and the rank that it is to have.

    Raises RegionNotRanked, RankBeyondPeers, and OffersFaulty with every fault of the offers.
    """
    region, rank = wanted
    board = compute(base.scheme, base.period, base.questions)
    rows = {row.region: row for row in board.rows}
    own = rows.pop(region, None)
    if own is None or own.rank is None:
        raise RegionNotRanked(region, peer=own is not None)
    accounts = {each.region: Account.of(each, base.scheme) for each in rows.values() if each.rank is not None}
    if rank > len(accounts) + 1:
        raise RankBeyondPeers(rank, len(accounts) + 1)
    units = {code: each.unit for code, each in (await natures_of(session, base.scheme)).items()}
    offers = _offers(base, own, rows, (moves, units))
    contest = Contest(Account.of(own, base.scheme), accounts, offers)
    return Mix(base, own, rank, moves, contest, cheapest(contest, rank))


Offered = tuple[Sequence[Move], Mapping[str, str]]
"""The moves, and the unit of each indicator."""


def _offers(base: Base, own: Row, rows: Mapping[str, Row], offered: Offered) -> list[Offer]:
    moves, units = offered
    numbers = {item.indicator: number for number, item in enumerate(base.scheme.items)}
    offers: list[Offer] = []
    faults: list[Fault] = []
    for index, move in enumerate(moves):
        number = numbers.get(move.indicator)
        why = _why_not(base, own, number) or _said_twice(moves[:index], move)
        if number is None or why is not None:
            faults.append(Fault(f"/moves/{index}/indicator", "what-if.offer", f"{move.indicator}：{why}"))
            continue
        step = move.step or published_step(own.items[number].figure.value or Decimal(), units.get(move.indicator, ""))
        most = int(move.most_change / step)
        if not 1 <= most <= MOST_STEPS:
            faults.append(Fault(f"/moves/{index}/max_change", "what-if.offer", _too_far(move.indicator, step, most)))
            continue
        lever = lever_of(base.scheme, (number, own, rows), Asked(own.region, most, {move.indicator: step}, units, {}))
        offers.append(Offer(lever, move.cost_per_unit * step, move.fixed_cost))
    if faults:
        raise OffersFaulty(faults)
    return offers


def _why_not(base: Base, own: Row, number: int | None) -> str | None:
    if number is None:
        return f"方案“{base.scheme.code}”没有这一评价项，请核对指标代码"
    item = base.scheme.items[number]
    if not item.group.weighted or not is_monotone(item):
        return "区间型、加减分和贡献项没有越高（低）越好的一端，请用正向推演"
    return why_fixed(item, own.items[number], base.scheme)


def _said_twice(earlier: Sequence[Move], move: Move) -> str | None:
    return "同一评价项只能列一次" if any(each.indicator == move.indicator for each in earlier) else None


def _too_far(indicator: str, step: Decimal, most: int) -> str:
    if most < 1:
        return f"{indicator}：最大变动小于一步（{step}），请放宽限度或缩小步长"
    return f"{indicator}：最大变动合{most}步，超过{MOST_STEPS}步，请加大步长 step"


def lever_at(mix: Mix, number: int) -> tuple[Lever, int]:
    """An offered figure, and how many steps it takes; 0 where the rank is out of reach."""
    steps = mix.found.steps
    return mix.contest.offers[number].lever, 0 if steps is None else steps[number]
