"""A board as JSON: what is kept, digested, sent, and judged."""

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
        "published": _text(row.published),
        "main": None if sums is None else plain(sums.main),
        "six_guarantees": None if sums is None else plain(sums.six_guarantees),
        "bonus": None if sums is None else plain(sums.bonus),
        "rank": row.rank,
        "rank_state": row.rank_state,
        "weight_scored": plain(row.weight_scored),
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
        "inputs": {name: plain(value) for name, value in sorted(item.inputs.items())},
        "params": dict(item.params),
        "explanation": item.explanation,
    }


def _text(value: Any) -> str | None:
    return None if value is None else plain(value)
