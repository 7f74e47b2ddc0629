"""Totals and ranks of a board after some scores moved, exactly as the board itself adds them up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from indicator_svc.schemes.bonus import tally
from indicator_svc.schemes.definition import Group, RankOn, Scheme
from indicator_svc.schemes.methods import settle
from indicator_svc.scoreboards.items import INTERNAL_PLACES
from indicator_svc.scoreboards.rules import Row
from shared.kit.decimals import round_to

Moves = Mapping[Group, Decimal]
"""By how much the scores of a group moved."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a region's total is made of; `factor` brings the weights that were scored to the full weight."""

    scheme: Scheme
    sums: Mapping[Group, Decimal]
    factor: Fraction

    @classmethod
    def of(cls, row: Row, scheme: Scheme) -> Self:
        due = [item for item in row.items if item.group is not Group.CONTRIBUTION and item.is_due]
        full = sum((item.weight or Decimal() for item in due), Decimal())
        factor = Fraction(full) / Fraction(row.weight_scored) if row.pending and row.weight_scored else Fraction(1)
        sums = {
            group: sum((item.score for item in due if item.group is group and item.score is not None), Decimal())
            for group in (Group.MAIN, Group.SIX_GUARANTEES, Group.BONUS)
        }
        return cls(scheme, sums, factor)

    def total(self, moves: Moves) -> Decimal:
        main, six = (self._full(group, moves) for group in (Group.MAIN, Group.SIX_GUARANTEES))
        bonus = self.sums[Group.BONUS] + moves.get(Group.BONUS, Decimal())
        return main + six + tally([bonus], self.scheme.bonus_cap)

    def ranked_by(self, moves: Moves) -> Decimal:
        """What ranks are taken on: the total, or the published one."""
        total = self.total(moves)
        scheme = self.scheme
        return total if scheme.rank_on is RankOn.RAW else round_to(total, scheme.publish_places, scheme.rounding)

    def _full(self, group: Group, moves: Moves) -> Decimal:
        exact = self.sums[group] + moves.get(group, Decimal())
        return exact if self.factor == 1 else settle(Fraction(exact) * self.factor, INTERNAL_PLACES, self.scheme.rounding)
