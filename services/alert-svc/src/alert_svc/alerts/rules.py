"""What a reading of a rule does to the alerts of its object: decided here, with a name for every reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.contracts.facts import Level
from shared.kit.periods import Period


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Role(StrEnum):
    """In what capacity somebody answers for an object."""

    LEAD_DEPARTMENT = "lead_department"
    PORTFOLIO = "portfolio"
    SPONSOR_POST = "sponsor_post"
    PERSON = "person"


class Closes(StrEnum):
    """Which open alerts of its object a recovery closes: of its own period, of that and earlier ones, or all."""

    PERIOD = "period"
    UP_TO_PERIOD = "up_to_period"
    EVERY_PERIOD = "every_period"


class Verdict(StrEnum):
    """What a reading came to, and why nothing happened where nothing did."""

    NEW = "new"
    REOPENED = "reopened"
    LEVEL_UP = "level_up"
    LEVEL_DOWN = "level_down"
    UNCHANGED = "unchanged"
    RECOVERED = "recovered"
    NOTHING_OPEN = "nothing_open"
    REPEATED = "repeated"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """What an alert is about, as the service names it that knows it."""

    service: str
    type: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for the object: a code of the directory, or a person's name."""

    role: Role
    code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One rule's view of one fact: how serious the object is now. Green means that the cause is gone.

    `sequence` counts the facts of the object without gaps; (rule, object, period) is the business key of the alert.
    """

    rule: str
    rule_number: int
    clause: str
    region: str
    object: ObjectRef
    period: str
    level: Level
    reason: str
    closes: Closes
    responsible: tuple[Responsible, ...]
    sequence: int
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known before a reading: the last fact seen of its object, its open levels by period, occurrences of the key."""

    last_sequence: int
    open_levels: Mapping[str, Level]
    occurrences: int


def judge(reading: Reading, standing: Standing) -> Verdict:
    """Decide what a reading does to the alerts of its object."""
    if reading.sequence == standing.last_sequence:
        return Verdict.REPEATED
    if reading.sequence < standing.last_sequence:
        return Verdict.OUT_OF_ORDER
    if reading.level is Level.GREEN:
        return Verdict.RECOVERED if periods_closed(reading, standing.open_levels) else Verdict.NOTHING_OPEN
    before = standing.open_levels.get(reading.period)
    if before is None:
        return Verdict.REOPENED if standing.occurrences else Verdict.NEW
    return _moved(reading.level, before)


def _moved(level: Level, before: Level) -> Verdict:
    if level.severity > before.severity:
        return Verdict.LEVEL_UP
    return Verdict.LEVEL_DOWN if level.severity < before.severity else Verdict.UNCHANGED


def periods_closed(reading: Reading, open_periods: Collection[str]) -> list[str]:
    """The open periods that a recovery closes, in their order; none when the reading is no recovery."""
    if reading.level is not Level.GREEN:
        return []
    return [period for period in sorted(open_periods, key=period_end) if _reaches(reading, period)]


def _reaches(reading: Reading, period: str) -> bool:
    match reading.closes:
        case Closes.PERIOD:
            return period == reading.period
        case Closes.UP_TO_PERIOD:
            return period == reading.period or period_end(period) < period_end(reading.period)
        case Closes.EVERY_PERIOD:
            return True


def period_end(text: str) -> date:
    """The last day of an alert's period: a statistical period, a day, or none at all (which ends before any other)."""
    if not text:
        return date.min
    try:
        return Period.parse(text).end
    except ValueError:
        return date.fromisoformat(text)
