"""Works standings out of kept scoreboards, period after period, and tells of every level entered or left, and of its evidence."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from indicator_svc.schemes.definition import Item, Nature, Scheme
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.service import natures_of
from indicator_svc.scoreboards.models import Scoreboard
from indicator_svc.scoreboards.repository import Scoreboards
from indicator_svc.standings.heading import judge_outlooks, judge_talks
from indicator_svc.standings.models import Standing, StandingRevision
from indicator_svc.standings.repository import Standings
from indicator_svc.standings.rules import UNJUDGED, Bounds, Reading, judge
from indicator_svc.standings.sheet import Sheet, Table
from shared.contracts.facts import Level
from shared.contracts.indicator import Evidence, StandingChanged
from shared.kit.db import Database, UnitOfWork

WORKER: Final = "worker:standings"


async def judge_changed(database: Database) -> int:
    """Judge every board that changed, and those after it, in one transaction per scheme. Returns how many boards were judged."""
    async with database.reading() as view:
        codes = await Scoreboards(view.session).schemes_to_judge()
    judged = 0
    for code in codes:
        async with database.unit_of_work(WORKER) as uow:
            judged += await _judge_scheme(uow, code)
    return judged


async def _judge_scheme(uow: UnitOfWork, code: str) -> int:
    """From the first board that changed on: each period stands on the one before it."""
    await Schemes(uow.session).lock_all(code)
    boards = await Scoreboards(uow.session).of_scheme(code)
    first = next((index for index, board in enumerate(boards) if board.judged < board.results), len(boards))
    before = await Standings(uow.session).of_period(code, boards[first - 1].period) if 0 < first < len(boards) else {}
    for index, board in enumerate(boards[first:], start=first):
        before = await _judge_board(uow, board, before, [each.period for each in reversed(boards[:index])])
        board.judged = board.results
    await uow.session.flush()
    return len(boards) - first


async def _judge_board(uow: UnitOfWork, board: Scoreboard, before: Table, periods: Sequence[str]) -> Table:
    """`periods`: those before the board's, the nearest first."""
    edition = await Schemes(uow.session).get(board.scheme_id)
    if edition is None:
        return before
    scheme = edition.parsed()
    sheet = Sheet(scheme, board, await natures_of(uow.session, scheme))
    standings = await Standings(uow.session).of_period(board.scheme_code, board.period)
    said = {key: standing.snapshot() for key, standing in standings.items()}
    for region, item, score in sheet.watched:
        key = (region, item.indicator)
        standings[key] = _judge_item(uow, sheet, (region, item, score), (before.get(key), standings.get(key)))
    await judge_outlooks(uow, sheet, standings, periods)
    await judge_talks(uow, sheet, periods)
    await _remember(uow, standings, said)
    return standings


async def _remember(uow: UnitOfWork, standings: Table, said: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    """Keep what every standing says now, where it says anything else than before."""
    await uow.session.flush()
    for key, standing in standings.items():
        if said.get(key) != standing.snapshot():
            Standings(uow.session).add(StandingRevision.of(standing, uow.now))


def _judge_item(
    uow: UnitOfWork, sheet: Sheet, place: tuple[str, Item, dict[str, Any]], known: tuple[Standing | None, Standing | None]
) -> Standing:
    region, item, score = place
    earlier, standing = known
    reading = _reading(sheet.natures[item.indicator], item, score)
    verdict = judge(reading, _bounds(sheet.scheme), UNJUDGED if earlier is None else earlier.verdict)
    kept_on = earlier is not None and earlier.level == verdict.level
    since = earlier.since if earlier is not None and kept_on else sheet.board.period
    is_new = standing is None
    if standing is None:
        standing = _fresh(sheet.board, region, item, earlier)
        Standings(uow.session).add(standing)
    previous = None if is_new and earlier is None else Level(standing.level)
    standing.edition, evidence = sheet.board.edition, standing.why
    changed = standing.take(reading, verdict, since)
    # Off green, a new period is told even on an unchanged level, since a warning belongs to its period; and so is new evidence,
    # since a warning must not go on telling of a figure that was revised, or of none where there is one by now.
    if changed or (verdict.level is not Level.GREEN and (is_new or standing.why != evidence)):
        _tell(uow, sheet, (item, score), standing, previous)
    return standing


def _fresh(board: Scoreboard, region: str, item: Item, earlier: Standing | None) -> Standing:
    """A period begins on the level that the one before it ended on."""
    return Standing(
        scheme_code=board.scheme_code,
        region=region,
        indicator=item.indicator,
        period=board.period,
        period_end=board.period_end,
        level=Level.GREEN if earlier is None else earlier.level,
        outlook=None if earlier is None else earlier.outlook,
    )


def _reading(nature: Nature, item: Item, score: Mapping[str, Any]) -> Reading:
    return Reading(
        value=_decimal(score["value"]),
        target=_decimal(score["target"]),
        rank=score["rank"],
        peers=score["peers"],
        unit=nature.unit,
        growth=nature.growth,
        lower_is_better=item.direction == "lower",
        why_unknown=score["explanation"].rstrip("。"),
    )


def _bounds(scheme: Scheme) -> Bounds:
    rules = scheme.standing
    return Bounds(rules.gap_pp, rules.rank_from, rules.consecutive_orange)


def _tell(
    uow: UnitOfWork, sheet: Sheet, scored: tuple[Item, Mapping[str, Any]], standing: Standing, previous: Level | None
) -> None:
    item, score = scored
    uow.record(
        StandingChanged(
            region=standing.region,
            indicator=item.indicator,
            indicator_name=sheet.natures[item.indicator].name,
            period=standing.period,
            scheme=standing.scheme_code,
            scheme_version=standing.edition,
            previous_level=previous,
            level=Level(standing.level),
            value=standing.value,
            unit=standing.unit,
            target=standing.target,
            gap_pp=standing.gap_pp,
            rank=standing.rank,
            peers=standing.peers,
            why=_evidence(standing.why),
            lead_department=item.lead_department,
            portfolio=item.portfolio,
            synthetic=bool(score["synthetic"]),
        )
    )


def _evidence(why: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(rule=each["rule"], level=Level(each["level"]), evidence=each["evidence"]) for each in why)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
