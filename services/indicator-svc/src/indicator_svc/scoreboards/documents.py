"""A board as JSON: what is kept, digested, sent, and judged."""

from decimal import Decimal
from typing import Any

from indicator_svc.scoreboards.items import ItemScore
from indicator_svc.scoreboards.rules import Board, Row
from shared.kit.decimals import plain


def document_of(board: Board) -> dict[str, Any]:
    return {
        "scheme": board.scheme,
        "edition": board.edition,
        "period": board.period,
        "talk_from_rank": board.talk_from_rank,
        "rows": [_row(row) for row in board.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    sums = row.sums
    return {
        "region": row.region,
        "total": _text(row.total),
        "published": None if row.published is None else plain(row.published),
        "main": None if sums is None else _text(sums.main),
        "six_guarantees": None if sums is None else _text(sums.six_guarantees),
        "bonus": None if sums is None else _text(sums.bonus),
        "rank": row.rank,
        "rank_state": row.rank_state,
        "weight_scored": _text(row.weight_scored),
        "pending": list(row.pending),
        "talk": row.talk.value,
        "warnings": list(row.warnings),
        "items": [_item(item) for item in row.items],
    }


def _item(item: ItemScore) -> dict[str, Any]:
    figure = item.figure
    return {
        "indicator": item.indicator,
        "group": item.group.value,
        "method": item.method,
        "weight": _text(item.weight),
        "value": _text(item.value),
        "unknown_reason": figure.unknown_reason,
        "availability": figure.availability.value,
        "provenance": figure.provenance.value,
        "synthetic": figure.synthetic,
        "figure_period": figure.period,
        "sources": list(figure.sources),
        "target": _text(item.target),
        "score": _text(item.score),
        "rank": item.rank,
        "peers": item.peers,
        "inputs": {name: _text(value) for name, value in sorted(item.inputs.items())},
        "params": dict(item.params),
        "explanation": item.explanation,
    }


def _text(value: Decimal | None) -> str | None:
    """The shortest way to write the number: both databases then give the same document, digit for digit."""
    return None if value is None else plain(value.normalize())
