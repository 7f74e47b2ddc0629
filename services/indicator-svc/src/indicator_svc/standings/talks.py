"""How near a region is to the 约谈 line of its scheme, period after period (`domain.md` §1.4). Pure.

A region that is pending keeps the state that it had: unknown is neither low nor recovered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from indicator_svc.schemes.bounds import TalkLine
from indicator_svc.scoreboards.rules import Talk
from shared.kit.decimals import shortest


@dataclass(frozen=True, slots=True)
class Verdict:
    """`running`: periods running on the line, this one included."""

    state: Talk
    running: int
    mayor: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Position:
    """The region's row among the others, as the board says it."""

    state: Talk
    total: Decimal | None
    rank: int | None
    ranked: int
    line_rank: int | None
    points_to_line: Decimal | None


UNJUDGED = Verdict(Talk.NONE, 0, False, "")


def position_of(region: str, board: Mapping[str, Any]) -> Position:
    rows: Sequence[Mapping[str, Any]] = board["rows"]
    own = next(row for row in rows if row["region"] == region)
    line = board["talk_from_rank"]
    ranked = [row for row in rows if row["rank"] is not None]
    below = [Decimal(row["total"]) for row in ranked if line is not None and row["rank"] >= line]
    total = None if own["total"] is None else Decimal(own["total"])
    points = None if total is None or not below else total - max(below)
    return Position(Talk(own["talk"]), total, own["rank"], len(ranked), line, points)


def judge_talk(position: Position, line: TalkLine, before: Verdict) -> Verdict:
    """The state of this period, given that of the period before."""
    if position.rank is None:
        return Verdict(before.state, before.running, before.mayor, "本期总分待定，不改变原有状态")
    running = before.running + 1 if position.state is Talk.SUMMONED else 0
    mayor = running >= line.consecutive
    return Verdict(position.state, running, mayor, _evidence(position, running, mayor=mayor))


def _evidence(position: Position, running: int, *, mayor: bool) -> str:
    stands = f"{position.ranked}个已排名的地区中列第{position.rank}位"
    if position.line_rank is None or position.points_to_line is None:
        return f"{stands}，本期没有约谈线"
    points = f"高于约谈线{shortest(position.points_to_line)}分"
    match position.state:
        case Talk.SUMMONED:
            long = f"，已连续{running}期{'，约谈市长本人' if mayor else ''}" if running > 1 else ""
            return f"{stands}，已到约谈名次（第{position.line_rank}位起）{long}"
        case Talk.EDGE:
            return f"{stands}，约谈线为第{position.line_rank}位，{points}，处于约谈边缘"
        case Talk.NONE:
            return f"{stands}，约谈线为第{position.line_rank}位，{points}，不在约谈边缘"
