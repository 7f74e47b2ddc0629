"""贡献奖, 进步奖 and 约谈 (`domain.md` §1.4), by the parameters that the scheme publishes. Pure.

Ties share a place, so that a tie for the last place of an award makes one candidate more: the rule text breaks no ties.
Whoever is pending is no candidate, and breaks a run on the line neither way: unknown is neither low nor recovered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from indicator_svc.schemes.bounds import AwardRules
from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.methods import Progress, progress
from indicator_svc.scoreboards.items import competition_ranks
from indicator_svc.scoreboards.rules import Talk


class Award(StrEnum):
    CONTRIBUTION = "contribution"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class Place:
    """A region on a board; `contribution` is its share of the province's increase in percent."""

    region: str
    total: Decimal | None
    rank: int | None
    contribution: Decimal | None
    talk: Talk


@dataclass(frozen=True, slots=True)
class Merit:
    """What a region is a candidate for. `progress` None: one of the two boards has no total of it.

    `runs` counts the periods running, this one included, that it is on the 约谈 line; `mayor` says that the run is long enough.
    """

    place: Place
    before: Place | None
    progress: Progress | None
    awards: tuple[Award, ...]
    runs: int
    mayor: bool


def merits(scheme: Scheme, boards: Sequence[Mapping[str, Place]]) -> list[Merit]:
    """`boards`: region → place, this period's first, then the periods before it as far back as they are known."""
    now, before = boards[0], boards[1] if len(boards) > 1 else {}
    gained = {region: gain for region, place in now.items() if (gain := progress_of(before.get(region), place)) is not None}
    contributors = contribution_candidates(now, scheme.awards)
    progressed = progress_candidates(gained, contributors, scheme.awards)
    return [
        Merit(
            place,
            before.get(region),
            gained.get(region),
            _awards(region, contributors, progressed),
            runs := runs_on_the_line(region, boards),
            scheme.talk_line is not None and runs >= scheme.talk_line.consecutive,
        )
        for region, place in now.items()
    ]


def progress_of(before: Place | None, now: Place) -> Progress | None:
    """M11 between the two boards."""
    if before is None or before.total is None or before.rank is None or now.total is None or now.rank is None:
        return None
    return progress((before.total, before.rank), (now.total, now.rank))


def contribution_candidates(places: Mapping[str, Place], rules: AwardRules) -> set[str]:
    """The first by share of the province's increase; nobody with a share of nothing or less."""
    shares = {region: each.contribution for region, each in places.items() if each.contribution is not None}
    ranks = competition_ranks(shares, higher_is_better=True)
    return {region for region, rank in ranks.items() if rank <= rules.contribution_places and shares[region] > 0}


def progress_candidates(gained: Mapping[str, Progress], contributors: set[str], rules: AwardRules) -> set[str]:
    """By points gained, then by places gained."""
    barred = contributors if rules.one_each else set()
    fit = {region: gain for region, gain in gained.items() if gain.places >= rules.least_places and region not in barred}
    ahead = {
        region: sum((other.points, other.places) > (gain.points, gain.places) for other in fit.values())
        for region, gain in fit.items()
    }
    return {region for region, better in ahead.items() if better < rules.progress_places}


def runs_on_the_line(region: str, boards: Sequence[Mapping[str, Place]]) -> int:
    """Periods running, from this one back, in which the region is on the line; a period without its rank is passed over."""
    runs = 0
    for number, board in enumerate(boards):
        place = board.get(region)
        if place is None or place.rank is None:
            if number == 0:
                return 0
            continue
        if place.talk is not Talk.SUMMONED:
            break
        runs += 1
    return runs


def _awards(region: str, contributors: set[str], progressed: set[str]) -> tuple[Award, ...]:
    won = {Award.CONTRIBUTION: contributors, Award.PROGRESS: progressed}
    return tuple(award for award, winners in won.items() if region in winners)
