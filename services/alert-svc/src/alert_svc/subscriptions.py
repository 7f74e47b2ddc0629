"""What alert-svc hears: every fact that a rule can be about goes to the rules in force."""

from alert_svc.rules.handlers import consider_fact
from shared.contracts.bond import LibraryFellShort, LibraryReplenished, ScreeningDecided
from shared.contracts.entry import (
    EntryBlockerFellOverdue,
    EntryBlockerResolved,
    EntryCameDueSoon,
    EntryFellOverdue,
    EntryStateChanged,
)
from shared.contracts.indicator import ItemClaimed, ItemLeftScheme, ItemUnclaimed, StandingChanged
from shared.contracts.industry import ResumptionFellOverdue, StopChanged, StopStatusReported, StopStatusWentStale
from shared.contracts.obstacle import ObstacleEnded, ObstacleFellOverdue
from shared.contracts.project import (
    MilestoneCameDueSoon,
    MilestoneCompleted,
    MilestoneDueInDays,
    MilestoneFellOverdue,
    MilestoneWithdrawn,
    PermitExpired,
    PermitExpiresSoon,
    PermitSettled,
    PlanBecameImpossible,
    PlanRecovered,
)
from shared.contracts.receiver import ReceiverDisabled, ReceiverEnabled, ReceiverRemoved
from shared.contracts.window import WindowClosed, WindowClosing, WindowFilled, WindowRescheduled
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS = Subscriptions(
    {
        StandingChanged: consider_fact,
        ItemUnclaimed: consider_fact,
        ItemClaimed: consider_fact,
        ItemLeftScheme: consider_fact,
        WindowClosing: consider_fact,
        WindowClosed: consider_fact,
        WindowFilled: consider_fact,
        WindowRescheduled: consider_fact,
        MilestoneCameDueSoon: consider_fact,
        MilestoneDueInDays: consider_fact,  # a rule is about the one or the other
        MilestoneFellOverdue: consider_fact,
        MilestoneCompleted: consider_fact,
        MilestoneWithdrawn: consider_fact,
        PlanBecameImpossible: consider_fact,
        PlanRecovered: consider_fact,
        PermitExpiresSoon: consider_fact,
        PermitExpired: consider_fact,
        PermitSettled: consider_fact,
        LibraryFellShort: consider_fact,
        LibraryReplenished: consider_fact,
        ScreeningDecided: consider_fact,
        EntryStateChanged: consider_fact,
        EntryCameDueSoon: consider_fact,
        EntryFellOverdue: consider_fact,
        EntryBlockerFellOverdue: consider_fact,
        EntryBlockerResolved: consider_fact,
        StopChanged: consider_fact,
        ResumptionFellOverdue: consider_fact,
        StopStatusReported: consider_fact,
        StopStatusWentStale: consider_fact,
        ObstacleFellOverdue: consider_fact,
        ObstacleEnded: consider_fact,
        ReceiverDisabled: consider_fact,
        ReceiverEnabled: consider_fact,
        ReceiverRemoved: consider_fact,
    }
)
