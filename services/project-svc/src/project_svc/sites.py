"""The days of building sites: the working calendar as corrected by notices, and the winter stops of each area."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from project_svc.network.days import DatedStop, SiteDays, stop_on
from project_svc.packaged import packaged
from shared.kit.calendar import WinterStop, WorkingCalendar


@cache
def calendar() -> WorkingCalendar:
    """The working calendar with what official notices said since the installed calendar was made."""
    overrides = packaged("calendar-overrides.json")["worked"]
    return WorkingCalendar({date.fromisoformat(day): worked for day, worked in overrides.items()})


def winter_stop_on(region: str, day: date) -> str | None:
    """The clause of the winter stop in force in a region on a day; None where no rule has one."""
    rule = stop_on(site_days(region).stops, day)
    return rule.clause if rule and rule.stop else None


def site_days(region: str) -> SiteDays:
    """The days of a region's sites: the working calendar, and the winter stops of the smallest area around it that has any."""
    areas = [area for area in _winter_stops() if region.startswith(area)]
    return _site_days(max(areas, key=len, default=""))


@cache
def _site_days(area: str) -> SiteDays:
    return SiteDays(calendar(), _winter_stops().get(area, ()))


@cache
def _winter_stops() -> Mapping[str, tuple[DatedStop, ...]]:
    regions = packaged("winter-stops.json")["regions"]
    return {each["region"]: tuple(_stop(stop) for stop in each["stops"]) for each in regions}


def _stop(document: Mapping[str, Any]) -> DatedStop:
    """`first` and `last` are null where outdoor work goes on all year from that day on."""
    first, last = document["first"], document["last"]
    stop = WinterStop(_month_day(first), _month_day(last)) if first and last else None
    return DatedStop(date.fromisoformat(document["effective_from"]), stop, document["clause"])


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
