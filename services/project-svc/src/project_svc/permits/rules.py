"""Decisions about permits: until when one is good, when its end is near, what an extension may do (`domain.md` §3.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from project_svc.network.days import DayUnit
from project_svc.projects.rules import add_months
from shared.kit.calendar import WorkingCalendar


class PermitType(StrEnum):
    """施工许可证、开工报告、核准文件、用地预审与选址意见书、环评批复、节能审查意见、备案."""

    CONSTRUCTION_PERMIT = "construction_permit"
    START_REPORT = "start_report"
    APPROVAL = "approval"
    LAND_PRELIMINARY = "land_preliminary"
    ENVIRONMENTAL_REVIEW = "environmental_review"
    ENERGY_REVIEW = "energy_review"
    RECORD_FILING = "record_filing"


class PermitState(StrEnum):
    """有效待用 (works have not begun), 已据以开工, 已作废或换发."""

    IN_FORCE = "in_force"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Lapse(IntEnum):
    """The furthest crossing that was recorded of a permit's present last day."""

    NOT_YET = 0
    EXPIRES_SOON = 1
    EXPIRED = 2


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many days before the last day of a permit."""

    days: int
    unit: DayUnit

    def of(self, last_day: date, calendar: WorkingCalendar) -> date:
        if self.unit is DayUnit.WORKING:
            return calendar.subtract_working_days(last_day, self.days)
        return last_day - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long permits of a type that are issued from a day on are good for; `months` None: its document sets no limit."""

    type: PermitType
    name: str
    effective_from: date
    months: int | None
    most_extensions: int
    extension_months: int
    apply_ahead: Ahead | None
    notice: Ahead | None
    clause: str


def validity_of(rules: Iterable[Validity], kind: PermitType, issued_on: date) -> Validity:
    """The rule in force on the day of issue; the earliest one of that type for the time before any."""
    own = sorted((rule for rule in rules if rule.type is kind), key=lambda rule: rule.effective_from)
    return next((rule for rule in reversed(own) if rule.effective_from <= issued_on), own[0])


def last_day(rule: Validity, issued_on: date, extensions: Sequence[int]) -> date | None:
    """The last day on which works may begin under a permit extended by so many months each; None: no limit."""
    return None if rule.months is None else add_months(issued_on, rule.months + sum(extensions))


def notice_day(rule: Validity, expires_on: date | None, calendar: WorkingCalendar) -> date | None:
    """The day from which the end is near; the last day itself where no notice is due."""
    if expires_on is None or rule.notice is None:
        return expires_on
    return rule.notice.of(expires_on, calendar)


class ExtensionFault(StrEnum):
    """Why a permit cannot be extended that way."""

    NO_LIMIT = "no_limit"
    NONE_ALLOWED = "none_allowed"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    AFTER_EXPIRY = "after_expiry"


@dataclass(frozen=True, slots=True)
class ExtensionAsked:
    """So many months more, applied for on a day, of a permit that was good until another (None: no limit)."""

    months: int
    applied_on: date
    expires_on: date | None


def extension_fault(rule: Validity, granted: int, asked: ExtensionAsked) -> ExtensionFault | None:
    """What forbids the next extension after so many that were granted; None when it is allowed."""
    if asked.expires_on is None:
        return ExtensionFault.NO_LIMIT
    if not rule.most_extensions:
        return ExtensionFault.NONE_ALLOWED
    if granted >= rule.most_extensions:
        return ExtensionFault.TOO_MANY
    if asked.months > rule.extension_months:
        return ExtensionFault.TOO_LONG
    return ExtensionFault.AFTER_EXPIRY if asked.applied_on > asked.expires_on else None


def lapse_to_record(expires_on: date, notice_on: date, recorded: Lapse, today: date) -> Lapse | None:
    """The crossing that stands today beyond the one recorded last. A notice that was missed is not given after the fact."""
    standing = Lapse.EXPIRED if expires_on < today else Lapse.EXPIRES_SOON if notice_on <= today else Lapse.NOT_YET
    return standing if standing > recorded else None
