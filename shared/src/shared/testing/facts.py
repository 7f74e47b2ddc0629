"""Facts with valid defaults, as the services publish them, and somebody who tells them to a subscriber."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from shared.contracts.bond import LibraryFellShort, LibraryReplenished, ScreeningDecided
from shared.contracts.envelope import wrap
from shared.contracts.facts import Fact, Level, every_form
from shared.contracts.indicator import Evidence, StandingChanged
from shared.contracts.project import (
    MilestoneCameDueSoon,
    MilestoneCompleted,
    MilestoneDueInDays,
    MilestoneFellOverdue,
    MilestoneWithdrawn,
    RatesComputed,
)
from shared.kit.bus import TP, InRecord
from shared.kit.clock import Clock
from shared.kit.ids import new_id
from shared.kit.inbox import Inbox, Outcome

REGION = "620200"
MILESTONE: dict[str, Any] = {
    "region": REGION,
    "milestone_id": "0197c0de-0000-7000-8000-000000000001",
    "milestone_name": "施工许可证",
    "stage": "construction-permit",
    "project_id": "0197c0de-0000-7000-8000-0000000000aa",
    "project_code": None,
    "project_name": "市中医院门诊楼",
    "baseline_due_on": date(2022, 5, 31),
    "current_due_on": date(2022, 6, 20),
    "total_investment_wan": Decimal(8600),
    "lead_department": "市卫生健康委",
    "sponsor_post": "VM-SOC",
    "responsible_person": "王某",
}


def an_overdue(threshold_days: int = 0, **changes: Any) -> MilestoneFellOverdue:
    days = {"threshold_days": threshold_days, "days_overdue": threshold_days + 1}
    return MilestoneFellOverdue.model_validate({**MILESTONE, **days, **changes})


def a_due_soon(**changes: Any) -> MilestoneCameDueSoon:
    left = {"calendar_days_left": 3, "working_days_left": 1}
    return MilestoneCameDueSoon.model_validate({**MILESTONE, **left, **changes})


def a_due_in_days(**changes: Any) -> MilestoneDueInDays:
    return MilestoneDueInDays.model_validate({**MILESTONE, "days_left": 3, **changes})


def a_completion(**changes: Any) -> MilestoneCompleted:
    return MilestoneCompleted.model_validate({**MILESTONE, "actual_on": date(2022, 6, 28), "days_late": 8, **changes})


def a_withdrawal(**changes: Any) -> MilestoneWithdrawn:
    return MilestoneWithdrawn.model_validate({**MILESTONE, "reason": "经批准停缓建", **changes})


def some_rates(**changes: Any) -> RatesComputed:
    """The speech's 31 of 64 new projects at the end of June."""
    rates: dict[str, Any] = {
        "region": REGION,
        "period": "2022-M06",
        "computed_at": "2022-07-01T08:30:00+08:00",
        "new_started": 31,
        "new_projects": 64,
        "completed_wan": Decimal("6290.5"),
        "planned_wan": Decimal(12000),
        "counted": 60,
        "unknown": 4,
    }
    return RatesComputed.model_validate({**rates, **changes})


def a_standing(level: Level = Level.RED, **changes: Any) -> StandingChanged:
    standing: dict[str, Any] = {
        "region": REGION,
        "indicator": "E02",
        "indicator_name": "规模以上工业增加值增速",
        "period": "2022-M06",
        "scheme": "CITY-31",
        "scheme_version": 1,
        "previous_level": None,
        "level": level,
        "value": Decimal("3.2"),
        "unit": "%",
        "target": Decimal(7),
        "gap_pp": Decimal("3.8"),
        "rank": 13,
        "peers": 14,
        "why": (Evidence(rule="gap", level=level, evidence="低于目标 3.8 个百分点"),),
        "lead_department": "市工信局",
        "portfolio": "VM-ECON",
    }
    return StandingChanged.model_validate({**standing, **changes})


def a_shortfall(**changes: Any) -> LibraryFellShort:
    shortfall: dict[str, Any] = {
        "region": REGION,
        "target_wan": Decimal(10_000_000),
        "total_investment_wan": Decimal(8_600_000),
        "bond_demand_wan": Decimal(4_100_000),
        "projects": 14,
        "gap_wan": Decimal(1_400_000),
    }
    return LibraryFellShort.model_validate({**shortfall, **changes})


def a_replenishment(**changes: Any) -> LibraryReplenished:
    total = {"target_wan": Decimal(10_000_000), "total_investment_wan": Decimal(10_000_000)}
    rest = {"region": REGION, "bond_demand_wan": Decimal(5_000_000), "projects": 51}
    return LibraryReplenished.model_validate({**total, **rest, **changes})


def a_screening(outcome: str = "fail", **changes: Any) -> ScreeningDecided:
    screening: dict[str, Any] = {
        "region": REGION,
        "library_project_id": "0197c0de-0000-7000-8000-000000000012",
        "name": "城市雕塑与景观提升",
        "screening_id": "0197c0de-0000-7000-8000-000000000022",
        "outcome": outcome,
        "findings": (),
        "policy_version": "2022-07.1",
        "total_investment_wan": Decimal(9000),
        "bond_demand_wan": Decimal(7000),
        "lead_department": "市住建局",
        "portfolio": "VM-CITY",
    }
    return ScreeningDecided.model_validate({**screening, **changes})


@dataclass
class FactTeller:
    """Tells a subscriber facts as its consumer takes them: through the inbox, in one transaction each."""

    inbox: Inbox
    clock: Clock
    sequences: dict[str, int] = field(default_factory=dict)
    offset: int = 0

    async def tell(self, *facts: Fact) -> list[Outcome]:
        """Each fact once, in order, in every form that its publisher gives it."""
        return [await self.inbox.take(self.record(form)) for fact in facts for form in every_form(fact)]

    def record(self, fact: Fact, *, event_id: str | None = None, sequence: int | None = None) -> InRecord:
        """A fact as the bus delivers it, by default the next one of its object."""
        subject = str(fact.subject())
        if sequence is None:
            sequence = self.sequences[subject] = self.sequences.get(subject, 0) + 1
        self.offset += 1
        envelope = wrap(fact, event_id=event_id or new_id(), sequence=sequence, time=self.clock.now(), traceparent=None)
        key = envelope.partitionkey.encode()
        return InRecord(TP(envelope.topic, 0), self.offset, key, envelope.headers(), envelope.data, self.clock.now())
