"""Use cases of changes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.changes.errors import InstantsReversed
from indicator_svc.changes.rules import Change, Moment, attribute
from indicator_svc.scoreboards.known import edition_in_force, evaluated_period, questions_at
from shared.kit.db import ReadSession
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Between:
    """Two instants."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """One board at two instants."""

    before: Moment
    after: Moment
    period: Period
    between: Between
    changes: list[Change]


async def between(view: ReadSession, scheme_code: str, period: str, instants: Between) -> Compared:
    """What changed on the board of a period from one instant to another: editions and figures as they were known then."""
    if instants.until < instants.since:
        raise InstantsReversed
    before = await _moment(view.session, scheme_code, period, (instants.since, "query:since"))
    after = await _moment(view.session, scheme_code, period, (instants.until, "query:until"))
    evaluated = evaluated_period(after.scheme, period, instants.until)
    return Compared(before, after, evaluated, instants, attribute(evaluated, before, after))


async def _moment(session: AsyncSession, scheme_code: str, period: str, at: tuple[datetime, str]) -> Moment:
    instant, pointer = at
    scheme = (await edition_in_force(session, scheme_code, instant, pointer)).parsed()
    return Moment(scheme, await questions_at(session, (scheme,), evaluated_period(scheme, period, instant), instant))
