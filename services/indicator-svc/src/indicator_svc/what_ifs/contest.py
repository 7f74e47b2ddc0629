"""The own region with several figures moved at once against those that are ranked: exactly the official rank. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from indicator_svc.schemes.definition import Group
from indicator_svc.what_ifs.levers import Lever
from indicator_svc.what_ifs.totals import Account

Steps = tuple[int, ...]
"""How many steps each offered figure moves, in the order of the offers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a department is ready to do: move a figure by up to `lever.most` steps, at so much per step and once for beginning."""

    lever: Lever
    per_step: Decimal
    fixed: Decimal = Decimal()

    def cost(self, steps: int) -> Decimal:
        return self.fixed + steps * self.per_step if steps else Decimal()


@dataclass(frozen=True, slots=True)
class Contest:
    """`others`: the accounts of everybody else who is ranked. Scores that do not move are looked up once."""

    own: Account
    others: Mapping[str, Account]
    offers: Sequence[Offer]
    _still: dict[str, Decimal] = field(default_factory=dict)

    def cost(self, steps: Steps) -> Decimal:
        return sum((offer.cost(each) for offer, each in zip(self.offers, steps, strict=True)), Decimal())

    def rank(self, steps: Steps) -> int:
        mine = self.mine(steps)
        return 1 + sum(self.theirs(region, steps) > mine for region in self.others)

    def total(self, steps: Steps) -> Decimal:
        return self.own.total(self._moves(steps))

    def mine(self, steps: Steps) -> Decimal:
        """What the own rank is taken on."""
        return self.own.ranked_by(self._moves(steps))

    def theirs(self, region: str, steps: Steps) -> Decimal:
        """What another's rank is taken on: own moves may cost him a place, or shift what he is measured by."""
        moves: dict[Group, Decimal] = {}
        for offer, each in zip(self.offers, steps, strict=True):
            lever = offer.lever
            now, before = lever.score_of(region, each), lever.score_of(region, 0)
            if lever.moves_others and now is not None and before is not None and now != before:
                moves[lever.item.group] = moves.get(lever.item.group, Decimal()) + now - before
        if moves:
            return self.others[region].ranked_by(moves)
        if region not in self._still:
            self._still[region] = self.others[region].ranked_by({})
        return self._still[region]

    def _moves(self, steps: Steps) -> dict[Group, Decimal]:
        moves: dict[Group, Decimal] = {}
        for offer, each in zip(self.offers, steps, strict=True):
            group = offer.lever.item.group
            moves[group] = moves.get(group, Decimal()) + offer.lever.score(each) - offer.lever.score(0)
        return moves
