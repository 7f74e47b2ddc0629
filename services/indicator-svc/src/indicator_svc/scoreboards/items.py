"""One scheme item for every peer: figures in, scores with their explanation out. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from indicator_svc.indicators.rules import Direction
from indicator_svc.observations.rules import Availability, Figure, missing
from indicator_svc.schemes.definition import Group, Item, Scheme
from indicator_svc.schemes.methods import contribution_share, settle
from indicator_svc.schemes.scoring import Method, Reading
from shared.kit.periods import Period

INTERNAL_PLACES: Final = 6

Figures = Mapping[tuple[str, str], Figure]
"""(region, indicator) → the figure that a board of this period looks at."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What a board is asked for: the figures of its period, and of the same period of the year before (for contributions)."""

    figures: Figures
    last_year: Figures

    def of(self, region: str, indicator: str) -> Figure:
        return self.figures.get((region, indicator), missing(None))


@dataclass(frozen=True, slots=True)
class Telling:
    """What the sentence behind a score is written from, when somebody reads it: boards are computed far more often than shown.

    `without` says what is missing, where there is nothing to score; `carried` what the figure was carried over from.
    """

    method: Method
    reading: Reading | None
    without: str
    carried: str

    def sentence(self) -> str:
        formula = self.without if self.reading is None else self.method.score(self.reading).formula
        return f"{formula}{self.carried}。"


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of one region. `score` None is pending; `explanation` says how it came about, or what is missing."""

    indicator: str
    group: Group
    method: str
    weight: Decimal | None
    value: Decimal | None
    target: Decimal | None
    score: Decimal | None
    rank: int | None
    peers: int
    telling: Telling
    figure: Figure
    inputs: Mapping[str, Decimal]
    params: Mapping[str, Any]

    @property
    def explanation(self) -> str:
        return self.telling.sentence()

    @property
    def is_due(self) -> bool:
        """Whether its statistic can have a figure in this period at all; otherwise the period does not evaluate it."""
        return self.figure.availability is not Availability.NOT_DUE


def competition_ranks(values: Mapping[str, Decimal], *, higher_is_better: bool) -> dict[str, int]:
    """Standard competition ranks: 1, 1, 3."""
    ordered = sorted(values.values(), reverse=higher_is_better)
    first: dict[Decimal, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {region: first[value] for region, value in values.items()}


def column(item: Item, scheme: Scheme, period: Period, questions: Questions) -> dict[str, ItemScore]:
    """The item for every peer."""
    own = str(period)
    if item.group is Group.BONUS:
        return {region: _bonus(item, region, own, scheme, questions) for region in scheme.peers}
    figures = {region: _figure(item, region, scheme, questions) for region in scheme.peers}
    known = {region: figure.value for region, figure in figures.items() if figure.value is not None}
    places = competition_ranks(known, higher_is_better=item.direction is not Direction.LOWER)
    peers = Peers.of(item, known.values(), questions.of(scheme.province, item.indicator).value)
    scores = {}
    for region, figure in figures.items():
        elapsed = _elapsed(figure, own)
        reading = None if figure.value is None else _reading(item, figure.value, (peers, places[region]), elapsed)
        scores[region] = _scored(item, figure, reading, (scheme, own, elapsed))
    return scores if item.direction is not Direction.BAND else _placed_by_score(scores)


def cell(item: Item, region: str, at: tuple[Scheme, Period], questions: Questions) -> ItemScore:
    """The item for one region alone, as `column` has it but for its place in a corridor: cheap where one figure is tried."""
    scheme, period = at
    if item.group is Group.BONUS:
        return _bonus(item, region, str(period), scheme, questions)
    own = _figure(item, region, scheme, questions)
    values = (_figure(item, each, scheme, questions).value for each in scheme.peers)
    known = [value for value in values if value is not None]
    peers = Peers.of(item, known, questions.of(scheme.province, item.indicator).value)
    elapsed = _elapsed(own, str(period))
    reading = None if own.value is None else _reading(item, own.value, (peers, _place(item, own.value, known)), elapsed)
    return _scored(item, own, reading, (scheme, str(period), elapsed))


def _place(item: Item, value: Decimal, known: Collection[Decimal]) -> int:
    lower = item.direction is Direction.LOWER
    return 1 + sum(other < value if lower else other > value for other in known)


def _figure(item: Item, region: str, scheme: Scheme, questions: Questions) -> Figure:
    measure = item.measure
    if measure is None:
        return questions.of(region, item.indicator)
    now, province = questions.of(region, measure), questions.of(scheme.province, measure)
    before = questions.last_year.get((region, measure), missing(None))
    province_before = questions.last_year.get((scheme.province, measure), missing(None))
    for part in (now, before, province, province_before):
        if part.value is None:
            return part
    values = [part.value or Decimal() for part in (now, before, province, province_before)]
    share = contribution_share(*values)
    settled = None if share is None else settle(share, INTERNAL_PLACES)
    return Figure(now.period, settled, Availability.UNKNOWN if settled is None else Availability.KNOWN, sources=now.sources)


@dataclass(frozen=True, slots=True)
class Peers:
    """What all who have a figure share: how many they are, the best and the worst of them, and the province's own figure."""

    count: int
    best: Decimal
    worst: Decimal
    benchmark: Decimal | None

    @classmethod
    def of(cls, item: Item, known: Collection[Decimal], benchmark: Decimal | None) -> "Peers":
        low, high = min(known, default=Decimal()), max(known, default=Decimal())
        lower = item.direction is Direction.LOWER
        return cls(len(known), low if lower else high, high if lower else low, benchmark)


def _elapsed(figure: Figure, period: str) -> Decimal:
    """A figure carried over from an earlier period is held against the time that it covers."""
    return _elapsed_share(period if figure.period is None else figure.period)


@lru_cache(maxsize=256)
def _elapsed_share(period: str) -> Decimal:
    return Period.parse(period).elapsed_share


@lru_cache(maxsize=256)
def _end_of(period: str) -> date:
    return Period.parse(period).end


def _reading(item: Item, value: Decimal, among: tuple[Peers, int], elapsed: Decimal) -> Reading:
    peers, place = among
    return Reading(
        weight=item.weight,
        value=value,
        direction=item.direction,
        place=place,
        peers=peers.count,
        best=peers.best,
        worst=peers.worst,
        elapsed=elapsed,
        benchmark=peers.benchmark,
    )


def _scored(item: Item, figure: Figure, reading: Reading | None, at: tuple[Scheme, str, Decimal]) -> ItemScore:
    scheme, period, elapsed = at
    points = None if reading is None else item.method.score(reading).points
    return ItemScore(
        indicator=item.indicator,
        group=item.group,
        method=item.method_name,
        weight=item.weight if item.group.weighted else None,
        value=figure.value,
        target=item.method.goal(elapsed),
        score=None if points is None else settle(points, INTERNAL_PLACES, scheme.rounding),
        rank=None if reading is None else reading.place,
        peers=0 if reading is None else reading.peers,
        telling=Telling(item.method, reading, "" if reading else _without_score(figure), _carried(figure, period)),
        figure=figure,
        inputs={} if reading is None else {"x": reading.value, "best": reading.best, "worst": reading.worst},
        params=item.params,
    )


def _without_score(figure: Figure, why: str = "") -> str:
    verdict = "本期不评价" if figure.availability is Availability.NOT_DUE else "本项待定"
    return f"{why or figure.why_not}，{verdict}"


def _carried(figure: Figure, period: str) -> str:
    if figure.period in (None, period) or _end_of(figure.period) == _end_of(period):
        return ""
    return f"（沿用{Period.parse(figure.period).label}数据）"


def _bonus(item: Item, region: str, period: str, scheme: Scheme, questions: Questions) -> ItemScore:
    figures = {name: questions.of(*scheme.source_of(code, region)) for name, code in item.inputs.items()}
    given = {name: figure.value for name, figure in figures.items() if figure.value is not None}
    lacking = {name: figure for name, figure in figures.items() if figure.value is None}
    reading = None if lacking else _bonus_reading(item, given, period)
    points = None if reading is None else item.method.score(reading).points
    figure = _decisive(lacking.values()) or next(iter(figures.values()))
    return ItemScore(
        indicator=item.indicator,
        group=item.group,
        method=item.method_name,
        weight=None,
        value=given.get("value"),
        target=None,
        score=None if points is None else settle(points, INTERNAL_PLACES, scheme.rounding),
        rank=None,
        peers=0,
        telling=Telling(item.method, reading, "" if reading else _without_score(figure, _lacking(item, lacking)), ""),
        figure=figure,
        inputs=given,
        params=item.params,
    )


def _lacking(item: Item, lacking: Mapping[str, Figure]) -> str:
    return "、".join(f"{name}（{item.inputs[name]}）{figure.why_not}" for name, figure in sorted(lacking.items()))


def _decisive(lacking: Collection[Figure]) -> Figure | None:
    """Of the figures that a formula lacks, one that nobody can have yet, otherwise the first."""
    not_due = (figure for figure in lacking if figure.availability is Availability.NOT_DUE)
    return next(not_due, next(iter(lacking), None))


def _bonus_reading(item: Item, given: Mapping[str, Decimal], period: str) -> Reading:
    """A bonus formula looks at its named inputs only."""
    nothing = Decimal()
    return Reading(nothing, nothing, item.direction, 1, 1, nothing, nothing, _elapsed_share(period), inputs=given)


def _placed_by_score(scores: Mapping[str, ItemScore]) -> dict[str, ItemScore]:
    """Where a corridor is best, the nearer to it the better: places follow the scores."""
    known = {region: each.score for region, each in scores.items() if each.score is not None}
    places = competition_ranks(known, higher_is_better=True)
    return {region: replace(each, rank=places.get(region)) for region, each in scores.items()}
