"""A scheme as the rules see it: parsed once from its document, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.bounds import (
    AwardRules,
    StandingRules,
    TalkLine,
    read_award_rules,
    read_standing_rules,
    read_talk_line,
)
from indicator_svc.schemes.composed import Contribution
from indicator_svc.schemes.faults import Faults
from indicator_svc.schemes.parameters import inputs_of, read_method
from indicator_svc.schemes.scoring import Method
from shared.kit.decimals import Rounding
from shared.kit.periods import Frequency, Period

OF_PROVINCE: Final = "province:"
"""Before an indicator's code among a bonus formula's inputs: the province's figure instead of the region's."""


class Group(StrEnum):
    """Where an item counts: the eight, the fourteen, the nine, and the one outside the total."""

    MAIN = "main"
    SIX_GUARANTEES = "six_guarantees"
    BONUS = "bonus"
    CONTRIBUTION = "contribution"

    @property
    def weighted(self) -> bool:
        return self in (Group.MAIN, Group.SIX_GUARANTEES)


class Shape(StrEnum):
    """`CITY31`: 8 + 14 + 9 items (and at most one contribution item), weights of 100; `FREE`: any items."""

    CITY31 = "city31"
    FREE = "free"


class RankOn(StrEnum):
    RAW = "raw"
    PUBLISHED = "published"


class PendingPolicy(StrEnum):
    """What becomes of a region with a pending item: not ranked, or ranked out of the weights that it has."""

    WAIT = "wait"
    RANK_WITHOUT = "rank_without"


@dataclass(frozen=True, slots=True)
class Item:
    """One item with its method ready to score; `inputs` are the indicators behind a bonus formula."""

    indicator: str
    group: Group
    weight: Decimal
    direction: Direction
    method_name: str
    method: Method
    params: Mapping[str, Any]
    inputs: Mapping[str, str]
    lead_department: str
    portfolio: str

    @property
    def needs(self) -> frozenset[str]:
        """Every indicator whose figures the item looks at."""
        if self.group is Group.BONUS:
            return frozenset(code.removeprefix(OF_PROVINCE) for code in self.inputs.values())
        return frozenset({self.measure or self.indicator})

    @property
    def measure(self) -> str | None:
        """The level that a contribution is worked out from; None where the published share is taken."""
        return self.method.measure if isinstance(self.method, Contribution) else None


@dataclass(frozen=True, slots=True)
class Nature:
    """What the catalogue says of an indicator that an item looks at."""

    name: str
    unit: str
    growth: bool


@dataclass(frozen=True, slots=True)
class Scheme:
    """An evaluation scheme in one edition."""

    id: str
    code: str
    edition: int
    name: str
    year: int
    through_year: int
    evaluated: Frequency
    peers: tuple[str, ...]
    province: str
    watched: tuple[str, ...]
    rank_on: RankOn
    publish_places: int
    rounding: Rounding
    bonus_cap: tuple[Decimal, Decimal]
    talk_line: TalkLine | None
    awards: AwardRules
    pending: PendingPolicy
    standing: StandingRules
    items: tuple[Item, ...]

    def source_of(self, code: str, region: str) -> tuple[str, str]:
        """Whose figure of which indicator an input of a bonus formula is: the region's own, or its province's."""
        if code.startswith(OF_PROVINCE):
            return self.province, code.removeprefix(OF_PROVINCE)
        return region, code

    @property
    def needs(self) -> frozenset[str]:
        return frozenset().union(*(item.needs for item in self.items))

    @property
    def measures(self) -> frozenset[str]:
        """The levels that are compared with those of the year before."""
        return frozenset(item.measure for item in self.items if item.measure is not None)

    def board_period(self, text: str) -> Period | None:
        """The period of a board as the scheme names it; None when the scheme has no board for that stretch of time."""
        asked = Period.parse(text)
        number, rest = divmod(asked.elapsed_months, self.evaluated.months)
        fits = rest == 0 and self.year <= asked.year <= self.through_year
        return Period(asked.year, self.evaluated, number) if fits else None

    def periods_from(self, figure: Period) -> Sequence[Period]:
        """The boards of the figure's year that end with it or later: those that may look at it."""
        if not self.year <= figure.year <= self.through_year:
            return ()
        boards = [Period(figure.year, self.evaluated, number) for number in range(1, 12 // self.evaluated.months + 1)]
        return [board for board in boards if board.elapsed_months >= figure.elapsed_months]


def read_item(document: Mapping[str, Any], pointer: str, faults: Faults) -> Item | None:
    """One item, or None with its faults noted; the shape of the document was checked when it came in."""
    params = document["params"]
    method = read_method(document["method"], params, pointer, faults)
    if method is None:
        return None
    return Item(
        indicator=document["indicator"],
        group=Group(document["group"]),
        weight=Decimal(document["weight"] or 0),
        direction=Direction(document["direction"]),
        method_name=document["method"],
        method=method,
        params=params,
        inputs=inputs_of(params, document["indicator"]),
        lead_department=document["lead_department"],
        portfolio=document["portfolio"],
    )


def read_scheme(ids: tuple[str, str, int], document: Mapping[str, Any]) -> Scheme:
    """The frozen scheme out of a published document; `ids` are row id, code and edition."""
    talk = document["talk_line"]
    items = [read_item(item, f"/items/{index}", Faults()) for index, item in enumerate(document["items"])]
    low, high = (Decimal(bound) for bound in document["bonus_cap"])
    return Scheme(
        id=ids[0],
        code=ids[1],
        edition=ids[2],
        name=document["name"],
        year=document["year"],
        through_year=document["through_year"] or document["year"],
        evaluated=Frequency(document["evaluated"]),
        peers=tuple(document["peers"]),
        province=document["province"],
        watched=tuple(document["regions_watched"]),
        rank_on=RankOn(document["rank_on"]),
        publish_places=document["publish_places"],
        rounding=Rounding(document["rounding"]),
        bonus_cap=(low, high),
        talk_line=None if talk is None else read_talk_line(talk),
        awards=read_award_rules(document.get("awards") or {}),
        pending=PendingPolicy(document["pending"]),
        standing=read_standing_rules(document["standing_rules"]),
        items=tuple(item for item in items if item is not None),
    )
