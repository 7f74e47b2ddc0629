"""The inverse what-if, every item for every rank, exact, beside the same search in plain floats; and how it grows."""

from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from math import log2
from random import Random
from typing import Any, Final

from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Board, compute
from indicator_svc.what_ifs.rules import Answer, Asked, invert
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item
from tests.bench.measures import Measure
from tests.bench.scoring import BONUS, GOAL, MIX, STEP, UNIT, WEIGHTED, best

CITY, DOUBLE, FOURFOLD = 14, 28, 56
OWED_MILLISECONDS: Final = 150
FARTHEST: Final = 1_000
HALF = Period.parse("2022-Q2")


def measure_inverse(rounds: int) -> list[Measure]:
    """The best of several rounds in milliseconds, from a computed board to every least move."""
    measures, least = [], {}
    for size in (CITY, DOUBLE, FOURFOLD):
        scheme, board = _board(size)
        region = board.rows[size // 2].region
        asked = Asked(region, FARTHEST, {}, {f"E{number}": "%" for number in range(WEIGHTED)}, {})

        def ours(scheme: Scheme = scheme, board: Board = board, asked: Asked = asked) -> list[Answer]:
            return invert(scheme, board, asked)

        least[size] = best(ours, rounds)
        owed = f"≤ {OWED_MILLISECONDS} ms" if size == CITY else ""
        measures.append(
            Measure(
                f"inverse {size} × {WEIGHTED + BONUS}, all ranks", "ms", least[size], best(_bare(board, region), rounds), owed
            )
        )
    for size in (DOUBLE, FOURFOLD):
        allowed = size * log2(size) / (CITY * log2(CITY))
        measures.append(Measure(f"growth from {CITY} to {size} cities", "×", least[size] / least[CITY], allowed, "≤ n log n"))
    return measures


def _board(size: int) -> tuple[Scheme, Board]:
    chance = Random(size)  # noqa: S311 - figures, no secrets
    peers = [f"{110000 + 100 * number}" for number in range(size)]
    items = [an_item(indicator=f"E{number}", weight="4", method="mix", params={"parts": MIX}) for number in range(WEIGHTED)]
    bonus: dict[str, Any] = {"group": "bonus", "weight": None, "method": "per_unit", "params": UNIT}
    items += [an_item(indicator=f"B{number}", **bonus) for number in range(BONUS)]
    body = a_scheme(*items, peers=peers, regions_watched=[])
    scheme = read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())
    figures = {
        (peer, item.indicator): Figure("2022-Q2", Decimal(chance.randint(-30, 150)).scaleb(-1), Availability.KNOWN)
        for peer in peers
        for item in scheme.items
    }
    return scheme, compute(scheme, HALF, Questions(figures, {}))


def _bare(board: Board, region: str) -> Callable[[], list[list[int | None]]]:
    """The same least steps for the weighted items, by bisection over floats; a competitor's place is all that he can lose."""
    totals = {row.region: float(row.total or 0) for row in board.rows}
    columns = [{row.region: float(row.items[number].value or 0) for row in board.rows} for number in range(WEIGHTED)]

    def search() -> list[list[int | None]]:
        return [_least_steps(column, totals, region) for column in columns]

    return search


def _least_steps(column: dict[str, float], totals: dict[str, float], region: str) -> list[int | None]:
    others = {peer: value for peer, value in column.items() if peer != region}
    field, present = sorted(others.values()), column[region]

    def score(value: float) -> float:
        place = 1 + len(field) - bisect_right(field, value)
        return 4 * (0.6 * min(max(value / GOAL, 0.0), 1.0) + 0.4 * max(0.0, 1 - STEP * (place - 1)))

    def ahead(peer: str, steps: int) -> bool:
        value = present + steps / 10
        lost = 4 * 0.4 * STEP if present <= others[peer] < value else 0.0
        return totals[region] + score(value) - score(present) >= totals[peer] - lost

    found: list[int | None] = []
    for peer in others:
        low, high = -1, FARTHEST
        if not ahead(peer, high):
            found.append(None)
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if ahead(peer, middle) else (middle, high)
        found.append(high)
    return sorted(found, key=lambda steps: FARTHEST if steps is None else steps)
