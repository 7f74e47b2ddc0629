"""The picture of a city: every consumption measure of it and of its zones, as known now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicator_svc.consumption.errors import PicturePeriodRefused
from indicator_svc.consumption.rules import CITY_MEASURES, ZONE_MEASURES, Window, periods_of
from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.observations.figures import figures_at
from indicator_svc.observations.rules import Figure, missing
from shared.kit.db import ReadSession
from shared.kit.identifiers import DivisionLevel, divisions
from shared.kit.periods import Frequency, Period


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one region in one period: its figure, and the four values that it is judged by."""

    region: str
    indicator: Indicator
    period: Period
    figure: Figure
    window: Window


def zones_of(region: str) -> tuple[str, ...]:
    """The zones that lie in a region."""
    whole = divisions()[region]
    return tuple(each.code for each in divisions().values() if each.level is DivisionLevel.ZONE and whole.contains(each.code))


async def picture(view: ReadSession, region: str, text: str) -> list[Row]:
    """Every measure of the region, then of its zones. Raises PicturePeriodRefused."""
    period = _month(text, view)
    zones, measures = zones_of(region), _measures(region)
    wanted = [(region, code) for code in measures] + [(zone, code) for zone in zones for code in ZONE_MEASURES]
    catalogue = await Indicators(view.session).with_codes({code for _, code in wanted})
    asked = [(place, catalogue[code]) for place, code in wanted if code in catalogue]
    keys = {(place, each.code, str(own)) for place, each in asked for own in _spans(each, period)}
    known = await figures_at(view.session, keys, view.now)
    return [_row(place, each, period, known) for place, each in asked if _has(each, period)]


def _measures(region: str) -> tuple[str, ...]:
    return ZONE_MEASURES if divisions()[region].level is DivisionLevel.ZONE else CITY_MEASURES


def _month(text: str, view: ReadSession) -> Period:
    period = Period.parse(text)
    if period.frequency is not Frequency.MONTH:
        raise PicturePeriodRefused("须为月度报告期，例如 2022-M06（1—6月）。")
    if period.is_after(view.now.date()):
        raise PicturePeriodRefused(f"{text} 尚未结束，不可能有该期数据。")
    return period


def _has(indicator: Indicator, period: Period) -> bool:
    """A statistic without a separate January has nothing to show for it."""
    return indicator.separate_january or not period.is_january


def _spans(indicator: Indicator, period: Period) -> Iterator[Period]:
    return (each for each in periods_of(period, separate_january=indicator.separate_january) if each is not None)


def _row(region: str, indicator: Indicator, period: Period, known: Mapping[tuple[str, str, str], Figure]) -> Row:
    spans = periods_of(period, separate_january=indicator.separate_january)
    figures = [
        missing(None) if span is None else known.get((region, indicator.code, str(span)), missing(str(span))) for span in spans
    ]
    return Row(region, indicator, period, figures[0], Window(*(each.value for each in figures)))
