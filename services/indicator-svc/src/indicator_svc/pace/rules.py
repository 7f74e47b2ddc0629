"""What is achieved, what is owed, and what is needed from here on (`domain.md` §2.1–§2.3). Pure; fractions, nothing rounded.

`remaining = target − achieved`, and `achieved + needed_per_day × days_left = target` exactly. An amount adds up over its year; a
growth does not, and is taken back to last year's base first; a share or a state is no sum at all, and has a gap but no pace.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from indicator_svc.indicators.rules import Direction, Kind
from shared.kit.calendar import WorkingCalendar
from shared.kit.periods import Period

MONTHS_A_YEAR = 12


class Nature(StrEnum):
    """How a figure grows within its year: as a sum, as a growth over last year's base, or not at all."""

    AMOUNT = "amount"
    GROWTH = "growth"
    STATE = "state"


class Days(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


class Verdict(StrEnum):
    """Where the way so far leads; of a ceiling (less is better), whether there is room."""

    REACHED = "reached"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    MISSED = "missed"
    WITHIN = "within"
    TOO_FAST = "too_fast"
    EXCEEDED = "exceeded"


class Gap(StrEnum):
    """Why something cannot be told."""

    TARGET = "target-unknown"
    FIGURE = "figure-unknown"
    BASE = "base-unknown"
    BASE_UNUSABLE = "base-unusable"
    NOT_ADDITIVE = "not-additive"
    BAND = "band"
    OVER = "no-days-left"
    NOT_WHOLE_MONTHS = "not-whole-months"
    LATER_FIGURE = "later-figure-unknown"


def nature_of(kind: Kind, *, cumulative_share: bool) -> Nature:
    """A share is a sum only where the scheme says so: by the method `pace` it is the part of the year's task that is done."""
    if kind is Kind.GROWTH:
        return Nature.GROWTH
    return Nature.AMOUNT if kind in (Kind.LEVEL, Kind.COUNT) or cumulative_share else Nature.STATE


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time behind and ahead, cut at the end of the newest known period: what came afterwards, nobody knows yet.

    `months_left` is None where the closing does not end a month.
    """

    days_passed: int
    days_left: int
    months_passed: int
    months_left: int | None

    @property
    def share_passed(self) -> Fraction:
        """By whole months, as 序时进度 counts (M8); by days where the closing does not end a month."""
        if self.months_left is not None:
            return Fraction(self.months_passed, self.months_passed + self.months_left)
        return Fraction(self.days_passed, self.days_passed + self.days_left)


def stretch(period: Period, until: date, days: Days, calendar: WorkingCalendar) -> Stretch:
    """From the first of January to `until`, inclusive; raises ValueError where that lies before the end of the period."""
    if until < period.end or until.year != period.year:
        raise ValueError(f"截止日 {until} 须在 {period.end} 至 {period.year} 年末之间")
    count = _counter(days, calendar)
    ends_month = (until + timedelta(days=1)).day == 1
    return Stretch(
        count(period.start - timedelta(days=1), period.end),
        count(period.end, until),
        period.elapsed_months,
        until.month - period.elapsed_months if ends_month else None,
    )


def _counter(days: Days, calendar: WorkingCalendar) -> Callable[[date, date], int]:
    return calendar.working_days_between if days is Days.WORKING else lambda start, end: (end - start).days


@dataclass(frozen=True, slots=True)
class Course:
    """Amounts: what is aimed at and what is there, in one unit, over one stretch of the year.

    `due`: what should be there by now; without it an even course is taken.
    """

    target: Fraction
    achieved: Fraction
    stretch: Stretch
    due: Fraction | None = None

    @property
    def remaining(self) -> Fraction:
        return self.target - self.achieved

    @property
    def arrears(self) -> Fraction:
        """欠账: what is due by now less what is there; negative where it is ahead."""
        even = self.target * self.stretch.share_passed
        return (even if self.due is None else self.due) - self.achieved

    @property
    def needed_per_day(self) -> Fraction | None:
        return _per(self.remaining, self.stretch.days_left)

    @property
    def needed_per_month(self) -> Fraction | None:
        return _per(self.remaining, self.stretch.months_left)

    @property
    def achieved_per_day(self) -> Fraction | None:
        return _per(self.achieved, self.stretch.days_passed)

    @property
    def achieved_per_month(self) -> Fraction | None:
        return _per(self.achieved, self.stretch.months_passed)

    @property
    def times(self) -> Fraction | None:
        """How many times the pace so far the rest needs; None where there was none, or nothing is left to do."""
        needed, so_far = self.needed_per_day, self.achieved_per_day
        if needed is None or so_far is None or needed < 0 or so_far <= 0:
            return None
        return needed / so_far

    def verdict(self, direction: Direction) -> Verdict:
        if direction is Direction.LOWER:
            return self._of_a_ceiling()
        if self.remaining <= 0:
            return Verdict.REACHED
        if not self.stretch.days_left:
            return Verdict.MISSED
        return Verdict.BEHIND if self.arrears > 0 else Verdict.ON_PACE

    def _of_a_ceiling(self) -> Verdict:
        if self.remaining < 0:
            return Verdict.EXCEEDED
        return Verdict.TOO_FAST if self.arrears < 0 and self.stretch.days_left else Verdict.WITHIN


def _per(amount: Fraction, count: int | None) -> Fraction | None:
    return amount / count if count else None


@dataclass(frozen=True, slots=True)
class Base:
    """Last year's level: of the whole year, and of the stretch that is known of this one."""

    whole: Decimal
    part: Decimal

    @property
    def usable(self) -> bool:
        """Whether the part lies within the whole, as a part of a sum does."""
        return 0 < self.part <= self.whole

    def course(self, target_percent: Decimal, achieved: Fraction, stretch: Stretch) -> Course:
        """The amounts behind a growth target, on the base's own terms: due is what last year had by then, grown as aimed."""
        return Course(grown(self.whole, target_percent), achieved, stretch, grown(self.part, target_percent))

    def needed_growth(self, course: Course) -> Fraction | None:
        """The growth in percent that the rest of the year needs over the rest of last year; None where that was nothing."""
        rest = Fraction(self.whole) - Fraction(self.part)
        return (course.remaining / rest - 1) * 100 if rest > 0 else None


def grown(base: Decimal, growth_percent: Decimal) -> Fraction:
    return Fraction(base) * (1 + Fraction(growth_percent) / 100)


def periods_of_year(year: int, newest: date, own: Callable[[str], Period]) -> list[Period]:
    """Every period that the statistic has in a year and that had ended by a day, the newest first."""
    found: dict[str, Period] = {}
    for month in range(MONTHS_A_YEAR, 0, -1):
        try:
            period = own(f"{year:04d}-M{month:02d}")
        except ValueError:
            continue
        if period.end <= newest:
            found.setdefault(str(period), period)
    return list(found.values())
