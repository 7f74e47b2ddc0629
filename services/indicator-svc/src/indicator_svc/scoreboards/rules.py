"""A scoreboard out of a scheme and the figures of a period: pure, exact, and independent of the order of input.

What is unknown leaves the item's peers: it neither lowers nor raises anyone. What nobody can have yet, since its statistic comes
out later in the year, is not evaluated at all. Each item's score is rounded once, to six places; every sum is a sum of those.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from indicator_svc.schemes.bonus import tally
from indicator_svc.schemes.definition import Group, PendingPolicy, RankOn, Scheme
from indicator_svc.schemes.methods import settle
from indicator_svc.scoreboards.items import INTERNAL_PLACES, ItemScore, Questions, column, competition_ranks
from shared.kit.decimals import plain, round_to
from shared.kit.periods import Period


class Talk(StrEnum):
    """`SUMMONED`: on or below the 约谈 line; `EDGE`: just above it (`domain.md` §1.4)."""

    NONE = "none"
    EDGE = "edge"
    SUMMONED = "summoned"


@dataclass(frozen=True, slots=True)
class Sums:
    """The sub-totals of a region, exact sums of the scores."""

    main: Decimal
    six_guarantees: Decimal
    bonus: Decimal

    @property
    def total(self) -> Decimal:
        return self.main + self.six_guarantees + self.bonus


@dataclass(frozen=True, slots=True)
class Row:
    """One region. Without a total it is pending, never last; `weight_scored` is the weight that was scored."""

    region: str
    items: tuple[ItemScore, ...]
    sums: Sums | None
    published: Decimal | None
    rank: int | None
    weight_scored: Decimal
    pending: tuple[str, ...]
    talk: Talk
    warnings: tuple[str, ...]

    @property
    def rank_state(self) -> str:
        return "pending" if self.rank is None else "ranked"

    @property
    def total(self) -> Decimal | None:
        return None if self.sums is None else self.sums.total


@dataclass(frozen=True, slots=True)
class Board:
    """A computed scoreboard: ranked rows first, then the pending ones, each by region."""

    scheme: str
    edition: int
    period: str
    rows: tuple[Row, ...]
    talk_from_rank: int | None


def compute(scheme: Scheme, period: Period, questions: Questions) -> Board:
    """Score and rank every peer of the scheme."""
    columns = [column(item, scheme, period, questions) for item in scheme.items]
    rows = [row_of(scheme, region, tuple(each[region] for each in columns)) for region in sorted(scheme.peers)]
    ranked = _warned(_ranked(rows, scheme))
    line = _talk_line(ranked, scheme)
    first_below = _best_below(ranked, line)
    judged = [replace(row, talk=_talk(row, first_below, line, scheme)) for row in ranked]
    ordered = sorted(judged, key=lambda row: (row.rank is None, row.rank or 0, row.region))
    return Board(scheme.code, scheme.edition, str(period), tuple(ordered), line)


def row_of(scheme: Scheme, region: str, items: tuple[ItemScore, ...]) -> Row:
    """A region's sums out of its scores, not yet ranked."""
    counting = [item for item in items if item.group is not Group.CONTRIBUTION]
    due = [item for item in counting if item.is_due]
    pending = tuple(item.indicator for item in due if item.score is None)
    scored = sum((item.weight or Decimal() for item in due if item.score is not None), Decimal())
    sums = _sums(scheme, due, scored, complete=not pending)
    published = None if sums is None else round_to(sums.total, scheme.publish_places, scheme.rounding)
    warnings = _not_due(counting) + _said_of(scored, pending, sums)
    return Row(region, items, sums, published, None, scored, pending, Talk.NONE, warnings)


def _sums(scheme: Scheme, items: Sequence[ItemScore], scored: Decimal, *, complete: bool) -> Sums | None:
    """The sub-totals; with `rank_without`, those of the weights that were scored, brought to the full weight."""
    if not items or (not complete and (scheme.pending is PendingPolicy.WAIT or scored == 0)):
        return None
    full = sum((item.weight or Decimal() for item in items), Decimal())
    factor = Fraction(1) if complete else Fraction(full) / Fraction(scored)
    bonus = [item.score for item in items if item.group is Group.BONUS and item.score is not None]
    return Sums(
        _sum_of(items, Group.MAIN, factor, scheme),
        _sum_of(items, Group.SIX_GUARANTEES, factor, scheme),
        tally(bonus, scheme.bonus_cap),
    )


def _sum_of(items: Sequence[ItemScore], group: Group, factor: Fraction, scheme: Scheme) -> Decimal:
    exact = sum((item.score for item in items if item.group is group and item.score is not None), Decimal())
    return exact if factor == 1 else settle(Fraction(exact) * factor, INTERNAL_PLACES, scheme.rounding)


def _not_due(items: Sequence[ItemScore]) -> tuple[str, ...]:
    """What this period does not evaluate, for anybody: statistics whose first release of the year is still to come."""
    later = [item for item in items if not item.is_due]
    if not later:
        return ()
    weight = sum((item.weight or Decimal() for item in later), Decimal())
    full = f"，满分少{plain(weight)}分" if weight else ""
    return (f"{len(later)}项指标本期尚未到发布期（{'、'.join(item.indicator for item in later)}），各地区均不评价{full}",)


def _said_of(scored: Decimal, pending: Sequence[str], sums: Sums | None) -> tuple[str, ...]:
    if not pending:
        return ()
    names = "、".join(pending)
    if sums is None:
        return (f"{len(pending)}项指标待定（{names}），总分与名次待定，不按零分计",)
    return (f"{len(pending)}项指标待定（{names}），按已有权重{plain(scored)}折算后排名",)


def ranked_on(row: Row, scheme: Scheme) -> Decimal | None:
    """The score that decides about a region's rank; None without a total."""
    return row.total if scheme.rank_on is RankOn.RAW else row.published


def _ranked(rows: Sequence[Row], scheme: Scheme) -> list[Row]:
    basis = {row.region: score for row in rows if (score := ranked_on(row, scheme)) is not None}
    ranks = competition_ranks(basis, higher_is_better=True)
    return [replace(row, rank=ranks.get(row.region)) for row in rows]


def _warned(rows: Sequence[Row]) -> list[Row]:
    """Neighbours that the published score does not tell apart: the order comes from decimals that nobody sees."""
    alike: dict[Decimal, list[Row]] = defaultdict(list)
    for row in rows:
        if row.published is not None:
            alike[row.published].append(row)
    return [row if row.published is None else _told_apart(row, alike[row.published]) for row in rows]


def _told_apart(row: Row, alike: Sequence[Row]) -> Row:
    said = tuple(
        f"公布得分{plain(each.published)}与第{each.rank}名（{each.region}）相同，先后由未公布的小数位决定"
        for each in alike
        if each.published is not None and each.rank not in (row.rank, None)
    )
    return replace(row, warnings=row.warnings + said) if said else row


def _talk_line(rows: Sequence[Row], scheme: Scheme) -> int | None:
    """The first rank that is summoned, once more regions are ranked than the line takes."""
    ranked = [row for row in rows if row.rank is not None]
    if scheme.talk_line is None or len(ranked) <= scheme.talk_line.bottom:
        return None
    return len(ranked) - scheme.talk_line.bottom + 1


def _best_below(rows: Sequence[Row], line: int | None) -> Decimal | None:
    """The highest total on or below the line."""
    below = [row.total for row in rows if row.rank is not None and row.total is not None and line and row.rank >= line]
    return max(below, default=None)


def _talk(row: Row, first_below: Decimal | None, line: int | None, scheme: Scheme) -> Talk:
    if row.rank is None or row.total is None or line is None or scheme.talk_line is None:
        return Talk.NONE
    if row.rank >= line:
        return Talk.SUMMONED
    near = first_below is not None and row.total - first_below <= scheme.talk_line.edge_points
    return Talk.EDGE if near or row.rank >= line - scheme.talk_line.edge_places else Talk.NONE
