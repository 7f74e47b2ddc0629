"""A full scoreboard, exact and explained on demand, beside the same arithmetic in plain floats; and how both grow."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import log2
from random import Random
from typing import Any, Final

from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.documents import document_of
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Board, compute
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item
from tests.bench.measures import Measure

CITY, COUNTRY = 14, 333
OWED_MILLISECONDS: Final = {CITY: 10, COUNTRY: 200}
WEIGHTED, BONUS = 23, 9
GOAL, STEP = 8.0, 0.05
HALF = Period.parse("2022-Q2")
MIX = [
    {"method": "target", "params": {"target": "8"}, "share": "0.6"},
    {"method": "rank", "params": {}, "share": "0.4"},
]
UNIT = {"points_per_unit": "0.1", "min": "-1", "max": "1"}

Table = Mapping[tuple[str, str], Decimal]


def measure_scoreboard(rounds: int) -> list[Measure]:
    """The best of several rounds of each, in milliseconds: scores and ranks; the same as a document with every sentence."""
    measures, least = [], {}
    for size in (CITY, COUNTRY):
        peers, table = _field(size)
        ours, bare = _exact(peers, table), _in_floats(peers, table)
        board = ours()

        def document(board: Board = board) -> object:
            return document_of(board)

        least[size] = best(ours, rounds), best(bare, rounds)
        owed = f"≤ {OWED_MILLISECONDS[size]} ms"
        measures.append(Measure(f"scoreboard {size} × {WEIGHTED + BONUS}", "ms", *least[size], owed))
        measures.append(Measure(f"  its document, {size} cities", "ms", best(document, rounds)))
    return [*measures, _growth([each[0] for each in least.values()])]


def _growth(milliseconds: Sequence[float]) -> Measure:
    small, large = milliseconds
    return Measure(
        f"growth from {CITY} to {COUNTRY} cities", "×", large / small, COUNTRY * log2(COUNTRY) / (CITY * log2(CITY)), "≤ n log n"
    )


def _field(size: int) -> tuple[list[str], Table]:
    chance = Random(size)  # noqa: S311 - figures, no secrets
    peers = [f"{110000 + 100 * number}" for number in range(size)]
    codes = [*(f"E{number}" for number in range(WEIGHTED)), *(f"B{number}" for number in range(BONUS))]
    return peers, {(peer, code): Decimal(chance.randint(-300, 1500)).scaleb(-2) for peer in peers for code in codes}


def _exact(peers: list[str], table: Table) -> Callable[[], Board]:
    items = [an_item(indicator=f"E{number}", weight="4", method="mix", params={"parts": MIX}) for number in range(WEIGHTED)]
    bonus: dict[str, Any] = {"group": "bonus", "weight": None, "method": "per_unit", "params": UNIT}
    items += [an_item(indicator=f"B{number}", **bonus) for number in range(BONUS)]
    body = a_scheme(*items, peers=peers, regions_watched=[])
    scheme = read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())
    questions = Questions({cell: Figure("2022-Q2", value, Availability.KNOWN) for cell, value in table.items()}, {})
    return lambda: compute(scheme, HALF, questions)


def _in_floats(peers: list[str], table: Table) -> Callable[[], list[tuple[int, float, str]]]:
    figures = {cell: float(value) for cell, value in table.items()}

    def score() -> list[tuple[int, float, str]]:
        totals = dict.fromkeys(peers, 0.0)
        for number in range(WEIGHTED):
            column = {peer: figures[peer, f"E{number}"] for peer in peers}
            places = _places(column)
            for peer, value in column.items():
                done = min(max(value / GOAL, 0.0), 1.0)
                totals[peer] += 4 * (0.6 * done + 0.4 * max(0.0, 1 - STEP * (places[peer] - 1)))
        for peer in peers:
            bonus = sum(min(max(0.1 * figures[peer, f"B{number}"], -1.0), 1.0) for number in range(BONUS))
            totals[peer] += min(max(bonus, -5.0), 5.0)
        ranks = _places(totals)
        return sorted((ranks[peer], round(totals[peer], 2), peer) for peer in peers)

    return score


def _places(values: Mapping[str, float]) -> dict[str, int]:
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(values.values(), reverse=True), start=1):
        first.setdefault(value, place)
    return {peer: first[value] for peer, value in values.items()}


def best(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the fastest round: a busy machine only ever takes away."""
    least = float("inf")
    for _ in range(rounds):
        gc.collect()
        began = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - began)
    return least * 1000
