"""Growth and averages as the statistics work them out (`domain.md` §2.1–§2.3): exact, in percent, unknown where undefined.

Nothing here ever takes the place of a published growth: its base is comparable, that of published levels need not be.
"""

from decimal import Decimal
from typing import Final

from shared.kit.decimals import exact_arithmetic, percent, round_half_up
from shared.kit.periods import Frequency, Period

PLACES: Final = 6
FEBRUARY: Final = 2


def year_on_year(now: Decimal, before: Decimal) -> Decimal | None:
    """同比 in percent of one cumulative value over that of the same period of the year before; None over nothing."""
    return percent(now - before, before, PLACES) if before > 0 else None


def real_growth(now: Decimal, before: Decimal, deflator: Decimal) -> Decimal | None:
    """不变价增速 in percent: `(now / before) / deflator − 1`; 330 over 300 at a deflator of 1.045 is 5.263158."""
    if before <= 0 or deflator <= 0:
        return None
    with exact_arithmetic():
        base = before * deflator
        return percent(now - base, base, PLACES)


def two_year_average(first: Decimal, second: Decimal) -> Decimal | None:
    """两年平均增速 in percent: `√((1+g₁)(1+g₂)) − 1`; 10.5 and 1.5 make 5.904438.

    None where a year fell by more than everything.
    """
    with exact_arithmetic():
        factors = (1 + first / 100, 1 + second / 100)
        if min(factors) < 0:
            return None
        return round_half_up(((factors[0] * factors[1]).sqrt() - 1) * 100, PLACES)


def month_alone(period: Period, cumulative: Decimal, before: Decimal | None, *, separate_january: bool) -> Decimal | None:
    """当月: what the month adds to the cumulative value of the month `before` it.

    The first month of a year is its own cumulative value. Without a separate January, February alone is undefined: `2022-M02` is
    January and February together. Raises ValueError for a period that is no month.
    """
    if period.frequency is not Frequency.MONTH:
        raise ValueError(f"{period.label}不是月度报告期，没有当月值")
    if period.is_january:
        return cumulative
    if period.number == FEBRUARY and not separate_january:
        return None
    return None if before is None else cumulative - before


def january_and_february(january: Decimal | None, february: Decimal | None) -> Decimal | None:
    """1—2月合并: the two months together, known only when both are."""
    return None if january is None or february is None else january + february


def contribution_share(part: tuple[Decimal, Decimal], whole: tuple[Decimal, Decimal]) -> Decimal | None:
    """贡献率 in percent: the part's share in the whole's increment, each given as (now, before) at constant prices.

    None where the whole did not move: a share of nothing is not nought.
    """
    with exact_arithmetic():
        return percent(part[0] - part[1], whole[0] - whole[1], PLACES)


def points_contributed(part: tuple[Decimal, Decimal], whole: tuple[Decimal, Decimal]) -> Decimal | None:
    """拉动 in percentage points: 贡献率 × the whole's growth, from unrounded numbers."""
    with exact_arithmetic():
        return percent(part[0] - part[1], whole[1], PLACES) if whole[1] > 0 else None


def growth_differs(published: Decimal, computed: Decimal, tolerance_pp: Decimal) -> bool:
    """Whether a published growth and the one worked out from levels are more than `tolerance_pp` apart.

    Both are true: the published one has a comparable base (census revisions, changes of scope). It is said, never mended.
    """
    with exact_arithmetic():
        return abs(published - computed) > tolerance_pp
