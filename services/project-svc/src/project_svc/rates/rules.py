"""The rates of `domain.md` §3.3 over projects as they stood on a day: exact, with what was counted, null over nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from project_svc.codes import ProjectKind
from shared.kit.decimals import exact_arithmetic, percent, round_half_up
from shared.kit.periods import Frequency, Period

PLACES: Final = 1
MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A project of a year's plan as it stood on a day. Money in 万元; None is unknown.

    `begun`: works were started or resumed in the year by that day. `finished`, `suspended`: its state on that day.
    """

    project_id: str
    kind: ProjectKind
    begun: bool
    finished: bool
    suspended: bool
    planned_wan: Decimal | None
    completed_wan: Decimal | None
    reported: Period | None
    synthetic: bool = False

    @property
    def in_works(self) -> bool:
        """Begun in the year, or already finished."""
        return self.begun or self.finished

    @property
    def owes_resumption(self) -> bool:
        """A continuing project that had to be taken up again this year: not formally stopped, not finished beforehand."""
        return self.kind is ProjectKind.CONTINUING and not self.suspended and (self.begun or not self.finished)


@dataclass(frozen=True, slots=True)
class CountRate:
    """A share of projects in percent, with the ids on either side of it."""

    percent: Decimal | None
    counted: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def numerator(self) -> int:
        return len(self.counted)

    @property
    def denominator(self) -> int:
        return len(self.counted) + len(self.missing)


@dataclass(frozen=True, slots=True)
class InvestmentRate:
    """Investment done against the year's plan in percent, over the projects of which both are known.

    `unknown` are left out on both sides: what is unknown neither lowers nor raises. `gap_pp` is ahead of (+) or behind (−) the
    share of the year that has passed, computed on unrounded numbers.
    """

    percent: Decimal | None
    gap_pp: Decimal | None
    completed_wan: Decimal
    planned_wan: Decimal
    counted: tuple[str, ...]
    unknown: tuple[str, ...]
    late_reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """开复工率, 新建开工率, 复工率, 投资完成率 and 序时差 of one group; preparatory projects stand apart."""

    start_and_resume: CountRate
    new_start: CountRate
    resumption: CountRate
    investment: InvestmentRate
    suspended: tuple[str, ...]
    preparatory: tuple[str, ...]
    synthetic: bool


def months_elapsed(as_of: date) -> int:
    """Whole months of the year that have passed at the end of that day."""
    return sum(1 for month in range(1, MONTHS_A_YEAR + 1) if not Period(as_of.year, Frequency.MONTH, month).is_after(as_of))


def last_month_ended(today: date) -> Period:
    """The newest month that is over on that day."""
    return Period(today.year, Frequency.MONTH, today.month).previous()


def rates(undertakings: Iterable[Undertaking], as_of: date) -> Rates:
    # Sorted, so that the answer does not depend on the order in which projects are given.
    everything = sorted(undertakings, key=lambda each: each.project_id)
    planned = [each for each in everything if each.kind is not ProjectKind.PREPARATORY]
    return Rates(
        start_and_resume=_share(planned, lambda each: each.in_works),
        new_start=_share([each for each in planned if each.kind is ProjectKind.NEW], lambda each: each.in_works),
        resumption=_share([each for each in planned if each.owes_resumption], lambda each: each.begun),
        investment=_investment(planned, months_elapsed(as_of)),
        suspended=_ids(each for each in planned if each.suspended),
        preparatory=_ids(each for each in everything if each.kind is ProjectKind.PREPARATORY),
        synthetic=any(each.synthetic for each in everything),
    )


def _ids(undertakings: Iterable[Undertaking]) -> tuple[str, ...]:
    return tuple(each.project_id for each in undertakings)


def _share(undertakings: Sequence[Undertaking], counts: Callable[[Undertaking], bool]) -> CountRate:
    counted = _ids(each for each in undertakings if counts(each))
    missing = _ids(each for each in undertakings if not counts(each))
    return CountRate(percent(len(counted), len(undertakings), PLACES), counted, missing)


def _investment(undertakings: Sequence[Undertaking], elapsed: int) -> InvestmentRate:
    known = [(each, each.planned_wan, each.completed_wan) for each in undertakings]
    counted = [(each, plan, done) for each, plan, done in known if plan is not None and done is not None]
    with exact_arithmetic():
        planned = sum((plan for _, plan, _ in counted), Decimal())
        completed = sum((done for _, _, done in counted), Decimal())
    return InvestmentRate(
        percent=percent(completed, planned, PLACES),
        gap_pp=pace_gap_pp(completed, planned, elapsed),
        completed_wan=completed,
        planned_wan=planned,
        counted=_ids(each for each, _, _ in counted),
        unknown=_ids(each for each, plan, done in known if plan is None or done is None),
        late_reports=_ids(each for each, _, _ in counted if each.reported is None or each.reported.elapsed_months < elapsed),
    )


def pace_gap_pp(completed: Decimal, planned: Decimal, elapsed: int) -> Decimal | None:
    """投资完成率 − elapsed/12 in percentage points, rounded once (`domain.md` §2.2: 629.0/647.4 in October is 13.8)."""
    done = percent(completed, planned)
    if done is None:
        return None
    with exact_arithmetic():
        gap = done - Decimal(elapsed * 100) / MONTHS_A_YEAR
    return round_half_up(gap, PLACES)
