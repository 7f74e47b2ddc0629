"""Every fact of the suite with its type string: the one place where type strings and topics are spelt."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.contracts import alert, bond, entry, indicator, industry, obstacle, project, receiver, risks, window
from shared.contracts.facts import Fact

PREFIX: Final = "cn.diaodu"

FACTS: Final[Mapping[str, type[Fact]]] = MappingProxyType(
    {
        "cn.diaodu.indicator.standing-changed.v1": indicator.StandingChanged,
        "cn.diaodu.indicator.scoreboard-computed.v1": indicator.ScoreboardComputed,
        "cn.diaodu.indicator.talk-risk-changed.v1": risks.TalkRiskChanged,
        "cn.diaodu.indicator.outlook-changed.v1": risks.OutlookChanged,
        "cn.diaodu.indicator.entry-state-changed.v1": entry.EntryStateChanged,
        "cn.diaodu.indicator.entry-due-soon.v1": entry.EntryCameDueSoon,
        "cn.diaodu.indicator.entry-fell-overdue.v1": entry.EntryFellOverdue,
        "cn.diaodu.indicator.entry-blocker-fell-overdue.v1": entry.EntryBlockerFellOverdue,
        "cn.diaodu.indicator.entry-blocker-resolved.v1": entry.EntryBlockerResolved,
        "cn.diaodu.indicator.item-unclaimed.v1": indicator.ItemUnclaimed,
        "cn.diaodu.indicator.item-claimed.v1": indicator.ItemClaimed,
        "cn.diaodu.indicator.item-left-scheme.v1": indicator.ItemLeftScheme,
        "cn.diaodu.indicator.stop-changed.v1": industry.StopChanged,
        "cn.diaodu.indicator.resumption-fell-overdue.v1": industry.ResumptionFellOverdue,
        "cn.diaodu.indicator.stop-status-reported.v1": industry.StopStatusReported,
        "cn.diaodu.indicator.stop-status-went-stale.v1": industry.StopStatusWentStale,
        "cn.diaodu.indicator.window-closing.v1": window.WindowClosing,
        "cn.diaodu.indicator.window-closed.v1": window.WindowClosed,
        "cn.diaodu.indicator.window-filled.v1": window.WindowFilled,
        "cn.diaodu.indicator.window-rescheduled.v1": window.WindowRescheduled,
        "cn.diaodu.project.milestone-due-soon.v1": project.MilestoneDueInDays,
        "cn.diaodu.project.milestone-due-soon.v2": project.MilestoneCameDueSoon,
        "cn.diaodu.project.milestone-fell-overdue.v1": project.MilestoneFellOverdue,
        "cn.diaodu.project.milestone-completed.v1": project.MilestoneCompleted,
        "cn.diaodu.project.milestone-withdrawn.v1": project.MilestoneWithdrawn,
        "cn.diaodu.project.plan-impossible.v1": project.PlanBecameImpossible,
        "cn.diaodu.project.plan-recovered.v1": project.PlanRecovered,
        "cn.diaodu.project.permit-expires-soon.v1": project.PermitExpiresSoon,
        "cn.diaodu.project.permit-expired.v1": project.PermitExpired,
        "cn.diaodu.project.permit-settled.v1": project.PermitSettled,
        "cn.diaodu.project.obstacle-fell-overdue.v1": obstacle.ObstacleFellOverdue,
        "cn.diaodu.project.obstacle-ended.v1": obstacle.ObstacleEnded,
        "cn.diaodu.project.rates-computed.v1": project.RatesComputed,
        "cn.diaodu.bond.library-fell-short.v1": bond.LibraryFellShort,
        "cn.diaodu.bond.library-replenished.v1": bond.LibraryReplenished,
        "cn.diaodu.bond.screening-decided.v1": bond.ScreeningDecided,
        "cn.diaodu.alert.raised.v1": alert.AlertRaised,
        "cn.diaodu.alert.level-changed.v1": alert.AlertLevelChanged,
        "cn.diaodu.alert.acknowledged.v1": alert.AlertAcknowledged,
        "cn.diaodu.alert.closed.v1": alert.AlertClosed,
        "cn.diaodu.alert.receiver-disabled.v1": receiver.ReceiverDisabled,
        "cn.diaodu.alert.receiver-enabled.v1": receiver.ReceiverEnabled,
        "cn.diaodu.alert.receiver-removed.v1": receiver.ReceiverRemoved,
    }
)

TYPES: Final[Mapping[type[Fact], str]] = MappingProxyType({fact: name for name, fact in FACTS.items()})


def service_of(type_name: str) -> str:
    """The publishing service: `cn.diaodu.project.milestone-completed.v1` → `project`."""
    return type_name.removeprefix(f"{PREFIX}.").split(".", 1)[0]


def source_of(service: str) -> str:
    """The CloudEvents source of a service: `/project-svc`."""
    return f"/{service}-svc"


def topic_of(service: str) -> str:
    """The topic that a service publishes on: `diaodu.project.v1`."""
    return f"diaodu.{service}.v1"


def dead_letter_topic_of(service: str) -> str:
    """Where facts go that a subscriber of this topic could not take."""
    return f"{topic_of(service)}.dead-letter"


def schema_uri(type_name: str) -> str:
    """The `dataschema` of a fact type: a URN, since no server has to be reached to read one."""
    return f"urn:{type_name.replace('.', ':')}"


SERVICES: Final = tuple(sorted({service_of(name) for name in FACTS}))
