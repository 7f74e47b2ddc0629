"""What was known at an instant: the edition in force, whether it evaluates a period, and the figures that a board asks for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.observations.figures import Inquiry, figures_for
from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.errors import SchemeNotInForce
from indicator_svc.schemes.models import SchemeEdition
from indicator_svc.schemes.repository import Schemes
from indicator_svc.scoreboards.errors import PeriodNotEvaluated, PeriodNotOver
from indicator_svc.scoreboards.items import Questions
from shared.kit.periods import Period


async def questions_at(session: AsyncSession, schemes: Sequence[Scheme], period: Period, instant: datetime) -> Questions:
    """Every figure that any of these schemes looks at for this period, as known at the instant."""
    regions = {region for scheme in schemes for region in (*scheme.peers, scheme.province)}
    needs = {code for scheme in schemes for code in scheme.needs}
    measures = {code for scheme in schemes for code in scheme.measures}
    now = await figures_for(session, Inquiry(needs, regions, period, instant))
    before = await figures_for(session, Inquiry(measures, regions, period.same_last_year(), instant))
    return Questions(now, before)


async def edition_in_force(session: AsyncSession, scheme_code: str, instant: datetime, pointer: str) -> SchemeEdition:
    edition = await Schemes(session).in_force(scheme_code, instant)
    if edition is None:
        raise SchemeNotInForce(scheme_code, pointer=pointer)
    return edition


def evaluated_period(scheme: Scheme, text: str, instant: datetime) -> Period:
    """The scheme's own period for this stretch of time, over by then."""
    period = scheme.board_period(text)
    if period is None:
        raise PeriodNotEvaluated(text, scheme.code)
    if period.is_after(instant.date()):
        raise PeriodNotOver(text, instant.date().isoformat())
    return period


async def covering_edition(session: AsyncSession, scheme: Scheme, period: Period, instant: datetime) -> Scheme | None:
    """The edition of a scheme's series that evaluates this period: this one, otherwise the newest that does; None without any."""
    if scheme.board_period(str(period)) == period:
        return scheme
    editions = (each.parsed() for each in await Schemes(session).published_by(scheme.code, instant))
    return next((each for each in editions if each.board_period(str(period)) == period), None)
