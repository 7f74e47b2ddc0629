"""Use cases of awards: the boards of a scheme series, period after period, held against its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.awards.rules import Merit, Place, merits
from indicator_svc.schemes.definition import Group, Scheme
from indicator_svc.scoreboards.known import covering_edition, edition_in_force, evaluated_period, questions_at
from indicator_svc.scoreboards.rules import Board, Row, compute
from shared.kit.db import ReadSession
from shared.kit.periods import Period

PROGRESS_NEEDS: Final = 2


@dataclass(frozen=True, slots=True)
class Honours:
    """One board's candidates; `against` is the period that progress is measured from, None where the series has none."""

    scheme: Scheme
    period: Period
    against: Period | None
    as_of: datetime
    merits: list[Merit]


async def honours(view: ReadSession, scheme_code: str, period: str, as_of: datetime) -> Honours:
    """Who is a candidate for which award, and who is summoned, as known at `as_of`."""
    scheme = (await edition_in_force(view.session, scheme_code, as_of, "query:scheme")).parsed()
    now = evaluated_period(scheme, period, as_of)
    boards, against, wanted = [await _places(view.session, scheme, now, as_of)], None, now.previous()
    while (
        len(boards) < _looking_back(scheme)
        and (earlier := await covering_edition(view.session, scheme, wanted, as_of)) is not None
    ):
        boards.append(await _places(view.session, earlier, wanted, as_of))
        against, wanted = against or wanted, wanted.previous()
    return Honours(scheme, now, against, as_of, merits(scheme, boards))


def _looking_back(scheme: Scheme) -> int:
    return max(PROGRESS_NEEDS, 0 if scheme.talk_line is None else scheme.talk_line.consecutive)


async def _places(session: AsyncSession, scheme: Scheme, period: Period, as_of: datetime) -> Mapping[str, Place]:
    return places_of(compute(scheme, period, await questions_at(session, (scheme,), period, as_of)))


def places_of(board: Board) -> dict[str, Place]:
    return {row.region: Place(row.region, row.total, row.rank, _contribution(row), row.talk) for row in board.rows}


def _contribution(row: Row) -> Decimal | None:
    return next((item.value for item in row.items if item.group is Group.CONTRIBUTION), None)
