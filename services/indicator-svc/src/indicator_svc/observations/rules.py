"""Which figure is in force, and which moves an observation may make. Unknown is never zero."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.kit.decimals import UnknownReason, percent

DERIVED_PLACES = 6
BEYOND_ANY_GROWTH = Decimal(10) ** 9


class Status(StrEnum):
    """快报 → 初步 → 核实 → 最终; a figure never goes back to an earlier one."""

    FLASH = "flash"
    PRELIMINARY = "preliminary"
    VERIFIED = "verified"
    FINAL = "final"

    def may_follow(self, earlier: "Status") -> bool:
        order = list(Status)
        return order.index(self) >= order.index(earlier)


class Provenance(StrEnum):
    """`DERIVED`: worked out from other figures; `PROVISIONAL`: taken from another service before anybody published it."""

    PUBLISHED = "published"
    DERIVED = "derived"
    PROVISIONAL = "provisional"


class State(StrEnum):
    """`HELD`: waits for a person to confirm it; it is not used until then."""

    ACCEPTED = "accepted"
    HELD = "held"
    WITHDRAWN = "withdrawn"


class Availability(StrEnum):
    """Whether a figure can be scored, and if not, why not. `NOT_DUE`: the statistic has no release of the year by then."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    HELD = "held"
    MISSING = "missing"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state, kept for ever."""

    state: State
    at: datetime
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One recorded figure with its history of states, oldest move first."""

    id: str
    number: int
    value: Decimal | None
    unknown_reason: UnknownReason | None
    provenance: Provenance
    synthetic: bool
    moves: tuple[Move, ...]

    def state_at(self, instant: datetime) -> State | None:
        """The state as it was known at that instant; None before it was recorded."""
        past = [move.state for move in self.moves if move.at <= instant]
        return past[-1] if past else None

    @property
    def official(self) -> bool:
        """Whether somebody published it; what other services' facts say stands in only until somebody does."""
        return self.provenance is not Provenance.PROVISIONAL

    def was_accepted_by(self, instant: datetime) -> bool:
        return any(move.state is State.ACCEPTED and move.at <= instant for move in self.moves)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a board knows of one indicator of one region: a value, or the reason why there is none.

    `sources` are the observations behind it; `period` is the statistic's own period, None where it has none yet.
    """

    period: str | None
    value: Decimal | None
    availability: Availability
    unknown_reason: UnknownReason | None = None
    provenance: Provenance = Provenance.PUBLISHED
    synthetic: bool = False
    sources: tuple[str, ...] = field(default=())

    @property
    def why_not(self) -> str:
        """The Chinese reason why there is no value; empty where there is one."""
        match self.availability:
            case Availability.KNOWN:
                return ""
            case Availability.HELD:
                return "数值异常，待确认"
            case Availability.MISSING:
                return "没有数据"
            case Availability.NOT_DUE:
                return "本年度尚未到发布期"
            case Availability.UNKNOWN:
                return _UNKNOWN_TEXT[self.unknown_reason or UnknownReason.NOT_PUBLISHED]


_UNKNOWN_TEXT = {
    UnknownReason.MASKED: "数值被遮盖（*），按未知处理",
    UnknownReason.NOT_PUBLISHED: "数值未发布",
    UnknownReason.WITHDRAWN: "数值已撤回",
}


def missing(period: str | None) -> Figure:
    return Figure(period, None, Availability.MISSING)


def not_due() -> Figure:
    """What a board sees of a statistic that has not been released in its year yet: nobody has it, and nobody lacks it."""
    return Figure(None, None, Availability.NOT_DUE)


def in_force(period: str, revisions: Iterable[Revision], instant: datetime) -> Figure:
    """The figure as it was known at `instant`.

    The newest accepted revision counts; a held one only says that something waits, as long as nothing was accepted; one that was
    accepted and then withdrawn leaves the figure unknown rather than bringing an older value back. A provisional one counts
    only where no official one ever did, however new it is.
    """
    waiting: Figure | None = None
    for revision in sorted(revisions, key=lambda each: (each.official, each.number), reverse=True):
        state = revision.state_at(instant)
        if state is State.ACCEPTED:
            return _of(period, revision)
        if state is State.WITHDRAWN and revision.was_accepted_by(instant):
            return Figure(period, None, Availability.UNKNOWN, UnknownReason.WITHDRAWN, sources=(revision.id,))
        if state is State.HELD and waiting is None:
            waiting = Figure(period, None, Availability.HELD, synthetic=revision.synthetic, sources=(revision.id,))
    return waiting or missing(period)


def _of(period: str, revision: Revision) -> Figure:
    known = revision.value is not None
    return Figure(
        period,
        revision.value,
        Availability.KNOWN if known else Availability.UNKNOWN,
        revision.unknown_reason,
        revision.provenance,
        revision.synthetic,
        (revision.id,),
    )


def derived_growth(period: str, now: Figure, before: Figure) -> Figure:
    """The nominal growth in percent of one level over another, labelled derived.

    While a level is not known, neither is the growth, for the same reason; over nothing there is no growth.
    """
    for level in (now, before):
        if level.value is None:
            return Figure(period, None, level.availability, level.unknown_reason, Provenance.DERIVED, sources=level.sources)
    growth = _growth(now.value, before.value)
    return Figure(
        period,
        growth,
        Availability.UNKNOWN if growth is None else Availability.KNOWN,
        provenance=Provenance.DERIVED,
        synthetic=now.synthetic or before.synthetic,
        sources=now.sources + before.sources,
    )


def _growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    if now is None or before is None or before <= 0:
        return None
    growth = percent(now - before, before, DERIVED_PLACES)
    return growth if growth is not None and growth < BEYOND_ANY_GROWTH else None
