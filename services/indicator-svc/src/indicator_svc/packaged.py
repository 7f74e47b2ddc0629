"""The data that this service ships: bodies for its own endpoints, and the working calendar."""

import csv
import json
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from shared.kit.calendar import WorkingCalendar
from shared.kit.decimals import plain, round_half_up

PANEL_PUBLISHER: Final = "中国城市统计年鉴"
FIGURE_PLACES: Final = 6


def scheme(name: str) -> dict[str, Any]:
    """The body of `POST /schemes` for `city-31` or `panel-gansu`."""
    document: dict[str, Any] = json.loads(_text(f"{name}.json"))["scheme"]
    return document


def speech_figures() -> dict[str, list[dict[str, Any]]]:
    """Bodies of `POST /observations`: `observations` of the speech, and `contradictory` ones that must be refused."""
    document = json.loads(_text("speech-2022.json"))
    return {name: document[name] for name in ("observations", "contradictory")}


def panel_figures() -> list[dict[str, Any]]:
    """Bodies of `POST /observations` for the whole Gansu panel, 2004–2012, as it was published, errors included."""
    rows = csv.DictReader(_text("gansu-city-panel-2004-2012.csv").splitlines())
    return [
        {
            "region": row["region"],
            "indicator": row["measure"],
            "period": row["year"],
            "value": _six_places(row["value"]),
            "status": "final",
            "publisher": PANEL_PUBLISHER,
        }
        for row in rows
    ]


def panel_units() -> dict[str, str]:
    """Measure of the panel → its unit."""
    rows = csv.DictReader(_text("gansu-city-panel-2004-2012.csv").splitlines())
    return {row["measure"]: row["unit"] for row in rows}


@cache
def working_calendar() -> WorkingCalendar:
    """The working calendar with what official notices said since the installed calendar was made."""
    overrides = json.loads(_text("calendar-overrides.json"))["worked"]
    return WorkingCalendar({date.fromisoformat(day): worked for day, worked in overrides.items()})


def _six_places(text: str) -> str:
    """The source carries more digits of its quotients than a figure has: they are rounded once, to six places."""
    return plain(round_half_up(Decimal(text), FIGURE_PLACES)) if len(text.partition(".")[2]) > FIGURE_PLACES else text


def _text(name: str) -> str:
    return (resources.files("indicator_svc") / "data" / name).read_text(encoding="utf-8")
