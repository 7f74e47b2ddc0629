"""Where items are heading, and how near regions are to the 约谈 line: judged with the standings, told when it changes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from indicator_svc.schemes.definition import Item
from indicator_svc.scoreboards.rules import Talk
from indicator_svc.standings.models import Standing, TalkRisk
from indicator_svc.standings.outlook import Outlook, Prospect, look_ahead
from indicator_svc.standings.repository import Standings
from indicator_svc.standings.rules import PERCENT
from indicator_svc.standings.sheet import Sheet, Table
from indicator_svc.standings.talks import UNJUDGED, Position, Verdict, judge_talk, position_of
from shared.contracts.facts import Level
from shared.contracts.risks import OutlookChanged, OutlookName, OutlookReason, TalkRiskChanged
from shared.kit.db import UnitOfWork


async def judge_outlooks(uow: UnitOfWork, sheet: Sheet, standings: Table, periods: Sequence[str]) -> None:
    """`periods`: those before this one, the nearest first."""
    rules, found = sheet.scheme.standing.outlook, Standings(uow.session)
    history = [await found.of_period(sheet.board.scheme_code, period) for period in periods[: rules.falling_periods]]
    for region, item, score in sheet.watched:
        key = (region, item.indicator)
        standing = standings[key]
        marks = [table[key].mark for table in history if key in table]
        before = None if standing.outlook is None else Outlook(standing.outlook)
        judged = look_ahead(_prospect(sheet, standing, item, score), marks, rules, before)
        # What begins safe is no news.
        if standing.expect(judged) and (before, judged.outlook) != (None, Outlook.SAFE):
            _tell_outlook(uow, sheet, (item, score), standing, before)


def _prospect(sheet: Sheet, standing: Standing, item: Item, score: dict[str, Any]) -> Prospect:
    headroom = None if score["score"] is None else item.weight - Decimal(score["score"])
    return Prospect(standing.value is not None, Level(standing.level), standing.mark, headroom, _ahead(sheet, standing, item))


def _ahead(sheet: Sheet, standing: Standing, item: Item) -> Decimal | None:
    """Percentage points to the next better region; None for the first, and for figures in another unit."""
    own = standing.value
    if own is None or standing.unit != PERCENT:
        return None
    lower = item.direction == "lower"
    distances = (own - other if lower else other - own for other in sheet.values_of(item.indicator))
    return min((distance for distance in distances if distance > 0), default=None)


def _tell_outlook(
    uow: UnitOfWork, sheet: Sheet, scored: tuple[Item, dict[str, Any]], standing: Standing, before: Outlook | None
) -> None:
    item, score = scored
    uow.record(
        OutlookChanged(
            region=standing.region,
            indicator=item.indicator,
            indicator_name=sheet.natures[item.indicator].name,
            period=standing.period,
            scheme=standing.scheme_code,
            scheme_version=standing.edition,
            previous_outlook=None if before is None else before.value,
            outlook=cast("OutlookName", standing.outlook),
            why=tuple(OutlookReason(**each) for each in standing.outlook_why),
            lead_department=item.lead_department,
            portfolio=item.portfolio,
            synthetic=bool(score["synthetic"]),
        )
    )


async def judge_talks(uow: UnitOfWork, sheet: Sheet, periods: Sequence[str]) -> None:
    """The watched regions of a scheme with a 约谈 line."""
    scheme, found = sheet.scheme, Standings(uow.session)
    if scheme.talk_line is None:
        return
    kept = await found.talk_risks(scheme.code, sheet.board.period)
    earlier = await found.talk_risks(scheme.code, periods[0]) if periods else {}
    for region in sorted(set(scheme.watched)):
        position = position_of(region, sheet.board.result)
        before = earlier[region].verdict if region in earlier else UNJUDGED
        verdict, risk = judge_talk(position, scheme.talk_line, before), kept.get(region)
        is_new = risk is None
        if risk is None:
            risk = TalkRisk(scheme_code=scheme.code, region=region, period=sheet.board.period, **_begun(before))
            found.add(risk)
        previous = None if is_new and region not in earlier else Talk(risk.state)
        changed = risk.take(verdict)
        # As with levels: off the line a new period is no news; on it, it is, since a warning belongs to its period.
        if changed or (is_new and verdict.state is not Talk.NONE):
            _tell_talk(uow, sheet, (region, position, verdict), previous)


def _begun(before: Verdict) -> dict[str, Any]:
    """A period begins in the state that the one before it ended in."""
    return {"state": before.state, "running": before.running, "mayor": before.mayor, "evidence": before.evidence}


def _tell_talk(uow: UnitOfWork, sheet: Sheet, found: tuple[str, Position, Verdict], previous: Talk | None) -> None:
    region, position, verdict = found
    uow.record(
        TalkRiskChanged(
            region=region,
            scheme=sheet.scheme.code,
            scheme_version=sheet.board.edition,
            period=sheet.board.period,
            previous=None if previous is None else previous.value,
            state=verdict.state.value,
            total=position.total,
            rank=position.rank,
            ranked=position.ranked,
            line_rank=position.line_rank,
            points_to_line=position.points_to_line,
            periods_running=verdict.running,
            summons_mayor=verdict.mayor,
            evidence=verdict.evidence,
        )
    )
