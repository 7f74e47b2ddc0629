"""Use cases of scoreboards.

A board can always be computed anew from figures and scheme. One is also kept per scheme and period, so that others are told when
it changes: exactly once, because the note that a figure changed is taken away in the transaction that keeps the new result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.observations.models import FigureChange
from indicator_svc.observations.repository import FigureChanges, Observations
from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.models import SchemeEdition
from indicator_svc.schemes.repository import Schemes
from indicator_svc.scoreboards.documents import document_of
from indicator_svc.scoreboards.errors import ScoreboardNotFound
from indicator_svc.scoreboards.known import edition_in_force, evaluated_period, questions_at
from indicator_svc.scoreboards.models import Scoreboard, digest_of
from indicator_svc.scoreboards.repository import Scoreboards
from indicator_svc.scoreboards.rules import compute
from shared.kit.db import Database, ReadSession, UnitOfWork
from shared.kit.periods import Period

MOST_CHANGES: Final = 5_000
WORKER: Final = "worker:scoreboards"


@dataclass(frozen=True, slots=True)
class Computed:
    """A board that was computed for a reader and is kept nowhere."""

    scheme: Scheme
    as_of: datetime
    result: dict[str, Any]


async def look_up(view: ReadSession, scheme_code: str, period: str, as_of: datetime) -> Computed:
    """The board as it would have come out at `as_of`: the edition and the figures that were known then."""
    edition = await edition_in_force(view.session, scheme_code, as_of, "query:scheme")
    scheme = edition.parsed()
    result = await _result(view.session, scheme, evaluated_period(scheme, period, as_of), as_of)
    return Computed(scheme, as_of, result)


async def keep(uow: UnitOfWork, scheme_code: str, period: str, home: str) -> Scoreboard:
    """Compute a board now and keep it; the others are told if it differs from the one kept before."""
    edition = await edition_in_force(uow.session, scheme_code, uow.now, "/scheme")
    await Schemes(uow.session).get_for_update(edition.id)
    board = await _keep(uow, edition, evaluated_period(edition.parsed(), period, uow.now), home)
    await uow.session.flush()
    return board


async def get(view: ReadSession, board_id: str) -> Scoreboard:
    found = await Scoreboards(view.session).get(board_id)
    if found is None:
        raise ScoreboardNotFound(board_id)
    return found


async def is_stale(view: ReadSession, board: Scoreboard) -> bool:
    """Whether another board would come out now: its figures or its scheme changed, and no worker has come to that yet."""
    if not await _changed_since(view, board):
        return False
    edition = await edition_in_force(view.session, board.scheme_code, view.now, "query:scheme")
    result = await _result(view.session, edition.parsed(), Period.parse(board.period), view.now)
    return digest_of(result) != board.digest


async def _changed_since(view: ReadSession, board: Scoreboard) -> bool:
    """Whether anything waits for a worker that may change this board."""
    schemes = Schemes(view.session)
    if await schemes.publication_waits(board.scheme_code):
        return True
    edition = await schemes.get(board.scheme_id)
    return edition is not None and bool(await FigureChanges(view.session).periods_of(edition.parsed().needs))


async def recompute_stale(database: Database, home: str) -> int:
    """Compute the boards whose figures or scheme changed, in one transaction with taking the notes away. Returns how many."""
    if not await _anything_to_do(database):
        return 0
    async with database.unit_of_work(WORKER) as uow:
        changes = await FigureChanges(uow.session).take(MOST_CHANGES)
        schemes = Schemes(uow.session)
        publications = await schemes.waiting_publications()
        stale: set[tuple[str, str]] = set()
        for edition in await schemes.published():
            scheme = edition.parsed()
            fresh = any(each.scheme_id == edition.id for each in publications)
            stale |= {(edition.id, str(period)) for period in await _stale(uow, scheme, changes, uow.now, all_periods=fresh)}
        for scheme_id, period in sorted(stale):
            locked = await schemes.get_for_update(scheme_id)
            if locked is not None:
                await _keep(uow, locked, Period.parse(period), home)
        for publication in publications:
            publication.boards_computed = True
        await FigureChanges(uow.session).done(changes)
        return len(stale)


async def _anything_to_do(database: Database) -> bool:
    """Looked up without a write lock: most ticks find nothing."""
    async with database.reading() as view:
        return await FigureChanges(view.session).any() or await Schemes(view.session).any_publication_waiting()


async def _stale(
    uow: UnitOfWork, scheme: Scheme, changes: Sequence[FigureChange], now: datetime, *, all_periods: bool
) -> set[Period]:
    """The periods whose board looks at a figure that changed: those that exist already, and those that end with the figure."""
    figures = {change.period for change in changes if change.indicator in scheme.needs}
    if all_periods:
        figures |= await Observations(uow.session).periods_of(scheme.needs)
    existing = await Scoreboards(uow.session).periods_of(scheme.code) if figures else set()
    found = set()
    for figure in (Period.parse(text) for text in figures):
        for board in scheme.periods_from(figure):
            wanted = str(board) in existing or board.end == figure.end
            if wanted and not board.is_after(now.date()):
                found.add(board)
    return found


async def _keep(uow: UnitOfWork, edition: SchemeEdition, period: Period, home: str) -> Scoreboard:
    scheme = edition.parsed()
    result = await _result(uow.session, scheme, period, uow.now)
    boards = Scoreboards(uow.session)
    board = await boards.kept(edition.code, str(period))
    if board is None:
        board = Scoreboard(
            scheme_code=edition.code, period=str(period), period_end=period.end, digest="", result={}, results=0, judged=0
        )
        boards.add(board)
    board.scheme_id, board.edition = edition.id, edition.edition
    if board.take(result, uow.now):
        board.tell(uow, home)
    return board


async def _result(session: AsyncSession, scheme: Scheme, period: Period, instant: datetime) -> dict[str, Any]:
    return document_of(compute(scheme, period, await questions_at(session, (scheme,), period, instant)))
