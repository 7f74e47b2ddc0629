"""Use cases of the enterprise watch: register, take figures in, tell the outlook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from indicator_svc.enterprises.errors import EnterpriseExists, FigurePeriodRefused
from indicator_svc.enterprises.models import Enterprise, EnterpriseFigure
from indicator_svc.enterprises.repository import Enterprises
from indicator_svc.enterprises.rules import Pace, Prospect, TierRule, growth_of, month_swing, pace_of, tier_of, trailing_year
from indicator_svc.enterprises.shipped import cultivation_rules_on
from shared.kit.db import UnitOfWork
from shared.kit.decimals import UnknownReason
from shared.kit.errors import check_version
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class FigureDraft:
    """What an enterprise reports from January up to a month, in 万元; None is unknown and wants a reason."""

    uscc: str
    period: str
    output_wan: Decimal | None
    revenue_wan: Decimal | None
    profit_wan: Decimal | None
    unknown_reason: UnknownReason | None
    source: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where an enterprise stands on the way to the line, as of its newest known month."""

    line_wan: Decimal
    pace: Pace | None
    trailing_wan: Decimal | None
    growth_percent: Decimal | None
    tier: TierRule | None
    swing_percent: Decimal | None
    swing_to_check: bool
    document: str

    def belongs_in(self, enterprise: Enterprise) -> bool:
        """Over the line and not in the register (应统未统)."""
        return not enterprise.in_register and self.pace is not None and self.pace.reached


async def register(uow: UnitOfWork, fields: Mapping[str, Any]) -> Enterprise:
    enterprises = Enterprises(uow.session)
    known = await enterprises.of_uscc(fields["uscc"])
    if known is not None:
        raise EnterpriseExists(known.uscc, known.id)
    enterprise = Enterprise(**fields)
    enterprises.add(enterprise)
    await uow.session.flush()
    return enterprise


async def change(uow: UnitOfWork, enterprise_id: str, expected: int, changes: Mapping[str, Any]) -> Enterprise:
    enterprise = await Enterprises(uow.session).for_change(enterprise_id)
    check_version(enterprise.version, expected)
    for name, value in changes.items():
        setattr(enterprise, name, value)
    await uow.session.flush()
    return enterprise


async def report(uow: UnitOfWork, draft: FigureDraft) -> EnterpriseFigure:
    """Append a revision of a month's figures; what was reported before is kept."""
    period = _admissible(draft.period, uow.now.date())
    enterprises = Enterprises(uow.session)
    enterprise = await enterprises.of_uscc_for_change(draft.uscc)
    figure = EnterpriseFigure(
        enterprise_id=enterprise.id,
        period=str(period),
        period_end=period.end,
        revision=1 + await enterprises.last_revision(enterprise.id, str(period)),
        output_wan=draft.output_wan,
        revenue_wan=draft.revenue_wan,
        profit_wan=draft.profit_wan,
        unknown_reason=draft.unknown_reason,
        source=draft.source,
        note=draft.note,
        recorded_at=uow.now,
        recorded_by=uow.actor,
    )
    enterprises.add(figure)
    await uow.session.flush()
    return figure


def outlook_of(enterprise: Enterprise, figures: Sequence[EnterpriseFigure], today: date) -> Outlook:
    """Worked out from the figures in force; nothing is filled in between them."""
    rules = cultivation_rules_on(today)
    revenue = {Period.parse(each.period): each.revenue_wan for each in figures}
    pace = pace_of(revenue, rules.line_wan)
    trailing = growth = swing = None
    if pace is not None:
        trailing, growth, swing = (measure(revenue, pace.period) for measure in (trailing_year, growth_of, month_swing))
    prospect = Prospect(trailing, growth, enterprise.under_construction, enterprise.expected_revenue_wan)
    return Outlook(
        line_wan=rules.line_wan,
        pace=pace,
        trailing_wan=trailing,
        growth_percent=growth,
        tier=tier_of(prospect, rules.tiers),
        swing_percent=swing,
        swing_to_check=swing is not None and abs(swing) > rules.swing_percent,
        document=rules.document,
    )


def _admissible(text: str, today: date) -> Period:
    try:
        period = Period.parse(text, separate_january=False)
    except ValueError as error:
        raise FigurePeriodRefused(f"{error}。") from error
    if period.is_after(today):
        raise FigurePeriodRefused(f"{text} 尚未结束，不可能有该月数据。")
    return period
