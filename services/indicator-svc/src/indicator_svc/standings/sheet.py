"""One period of one scheme, with all that its items and regions are judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from indicator_svc.schemes.definition import Item, Nature, Scheme
from indicator_svc.scoreboards.models import Scoreboard
from indicator_svc.standings.models import Standing

Table = dict[tuple[str, str], Standing]
"""(region, indicator) → standing of one period."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One period of one scheme, with all that its items are judged by."""

    scheme: Scheme
    board: Scoreboard
    natures: Mapping[str, Nature]

    @property
    def watched(self) -> list[tuple[str, Item, dict[str, Any]]]:
        """(region, item, its score) for every weighted item of every watched region."""
        items = {item.indicator: item for item in self.scheme.items if item.group.weighted}
        return [
            (row["region"], items[score["indicator"]], score)
            for row in self.board.result["rows"]
            if row["region"] in self.scheme.watched
            for score in row["items"]
            if score["indicator"] in items
        ]

    def values_of(self, indicator: str) -> list[Decimal]:
        """Every known figure of an item on this board."""
        scores = (score for row in self.board.result["rows"] for score in row["items"] if score["indicator"] == indicator)
        return [Decimal(score["value"]) for score in scores if score["value"] is not None]
