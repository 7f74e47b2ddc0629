"""Why a board changed: each region's change of total split over causes that add up to it exactly. Pure.

The causes are taken in one published order, each on top of those before it, as four boards of which anybody can work out any:

1. `scheme`: the new edition on the old figures;
2. `revision`: the region's own figures that were replaced or taken back;
3. `own_value`: the region's own figures that were not known before, or that cover a later period;
4. `others`: everybody else's figures, the province's included.

Each amount is a difference of two official totals, so that the sum telescopes to the whole change without any rounding. (Shapley
values over the same causes would not depend on the order, but are averages over 24 orders: no board shows them, and thirds do not
end as decimals.) Where a board in between has no total, its step is told together with the next one that has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from indicator_svc.observations.rules import Figure, missing
from indicator_svc.schemes.definition import Item, Scheme
from indicator_svc.scoreboards.items import Figures, ItemScore, Questions, cell
from indicator_svc.scoreboards.rules import Board, Row, compute, ranked_on, row_of
from shared.kit.decimals import shortest
from shared.kit.periods import Period


class Cause(StrEnum):
    SCHEME = "scheme"
    REVISION = "revision"
    OWN_VALUE = "own_value"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was in force and known at one instant."""

    scheme: Scheme
    questions: Questions


@dataclass(frozen=True, slots=True)
class Split:
    """A change from `before` to `after` over its causes; `causes` is None where one of the two is not known."""

    before: Decimal | None
    after: Decimal | None
    causes: Mapping[Cause, Decimal] | None

    @property
    def delta(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item; where an edition does not have it, it gave nothing."""

    indicator: str
    before: ItemScore | None
    after: ItemScore | None
    score: Split


@dataclass(frozen=True, slots=True)
class Change:
    """One region. `ranks`: its place after each cause, where everybody else's total is still that of the old figures but for the
    last, which is the place on the new board."""

    region: str
    before: Row | None
    after: Row | None
    total: Split
    ranks: Mapping[Cause, int | None]
    items: tuple[ItemChange, ...]


def signed(amount: Decimal) -> str:
    """With its sign, as a change is written."""
    return f"+{shortest(amount)}" if amount > 0 else shortest(amount)


def split(before: Decimal | None, steps: Sequence[tuple[Cause, Decimal | None]]) -> Split:
    """Telescoping differences; an unknown step is told with the next known one."""
    after = steps[-1][1]
    if before is None or after is None:
        return Split(before, after, None)
    causes, reached = {}, before
    for cause, value in steps:
        causes[cause] = Decimal() if value is None else value - reached
        reached = reached if value is None else value
    return Split(before, after, causes)


def attribute(period: Period, before: Moment, after: Moment) -> list[Change]:
    """The change of every region that is on either board, in the order of the new one, then of the old."""
    first = compute(before.scheme, period, before.questions)
    second = first if after.scheme == before.scheme else compute(after.scheme, period, before.questions)
    last = compute(after.scheme, period, after.questions)
    old, new = _rows(first), _rows(last)
    again = _Retrial(period, before, after, second)
    return [
        again.change(region, old.get(region), new.get(region)) for region in (*new, *(each for each in old if each not in new))
    ]


def _rows(board: Board) -> dict[str, Row]:
    return {row.region: row for row in board.rows}


class _Retrial:
    """The boards in between, of which only one region's row is wanted."""

    def __init__(self, period: Period, before: Moment, after: Moment, second: Board) -> None:
        self._period, self._before, self._after = period, before, after
        self._rows = _rows(second)
        basis = {row.region: ranked_on(row, after.scheme) for row in second.rows}
        self._basis = {region: score for region, score in basis.items() if score is not None}

    def change(self, region: str, old: Row | None, new: Row | None) -> Change:
        started = self._rows.get(region)
        revised = self._tried(region, started, only_known=True)
        renewed = self._tried(region, started, only_known=False)
        rows = {Cause.SCHEME: started, Cause.REVISION: revised, Cause.OWN_VALUE: renewed, Cause.OTHERS: new}
        ranks = {cause: None if row is None else self._rank(row) for cause, row in rows.items()}
        return Change(
            region,
            old,
            new,
            split(_total(old), [(cause, _total(row)) for cause, row in rows.items()]),
            {**ranks, Cause.OTHERS: new.rank if new else None},
            tuple(_item_changes(old, rows)),
        )

    def _tried(self, region: str, started: Row | None, *, only_known: bool) -> Row | None:
        """The region's row on the old figures but for its own: those revised, or those revised and those new."""
        if started is None:
            return None
        old, new = self._before.questions, self._after.questions
        figures, touched = _with_own(region, old.figures, new.figures, only_known=only_known)
        last_year, earlier = _with_own(region, old.last_year, new.last_year, only_known=only_known)
        if not touched | earlier:
            return started
        mixed, scheme = Questions(figures, last_year), self._after.scheme
        items = [
            cell(item, region, (scheme, self._period), mixed) if _looks_at(item, touched | earlier) else score
            for item, score in zip(scheme.items, started.items, strict=True)
        ]
        return row_of(scheme, region, tuple(items))

    def _rank(self, row: Row) -> int | None:
        own = ranked_on(row, self._after.scheme)
        others = (score for region, score in self._basis.items() if region != row.region)
        return None if own is None else 1 + sum(score > own for score in others)


def _total(row: Row | None) -> Decimal | None:
    return None if row is None else row.total


def _looks_at(item: Item, touched: set[str]) -> bool:
    return bool(item.needs & touched)


def _with_own(region: str, old: Figures, new: Figures, *, only_known: bool) -> tuple[dict[tuple[str, str], Figure], set[str]]:
    """The old figures with the region's own changed ones put in, and the indicators of these."""
    codes = {code for owner, code in (*old, *new) if owner == region}
    changed = {}
    for code in codes:
        was, now = old.get((region, code), missing(None)), new.get((region, code), missing(None))
        if was.value != now.value and (is_revision(was, now) or not only_known):
            changed[region, code] = now
    return {**old, **changed}, {code for _, code in changed}


def is_revision(was: Figure, now: Figure) -> bool:
    """Whether a known figure was replaced or taken back, rather than one that nobody had coming in."""
    return was.value is not None and was.period == now.period


def _item_changes(old: Row | None, rows: Mapping[Cause, Row | None]) -> list[ItemChange]:
    scores = {cause: {} if row is None else {item.indicator: item for item in row.items} for cause, row in rows.items()}
    earlier = {} if old is None else {item.indicator: item for item in old.items}
    changes = []
    for code in dict.fromkeys((*scores[Cause.OTHERS], *earlier)):
        steps = [(cause, _points(found, code)) for cause, found in scores.items()]
        changes.append(ItemChange(code, earlier.get(code), scores[Cause.OTHERS].get(code), split(_points(earlier, code), steps)))
    return changes


def _points(scores: Mapping[str, ItemScore], code: str) -> Decimal | None:
    """What the item gave; nothing where the edition does not have it, unknown where it is pending."""
    score = scores.get(code)
    return Decimal() if score is None else score.score
