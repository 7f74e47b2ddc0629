"""Facts that alert-svc publishes about those it pushes to."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.facts import Fact


class ReceiverFact(Fact):
    """What every fact about a webhook receiver tells. Of its address only the host: path and query may hold a secret."""

    subject_kind: ClassVar[str] = "receiver"

    receiver_id: str
    host: str
    description: str = ""

    @property
    def object_id(self) -> str:
        return self.receiver_id


class ReceiverDisabled(ReceiverFact):
    """Nothing is pushed there any more: it answered 410, no attempt of a whole schedule got through, or somebody said so.

    What it is owed from then on waits until it is enabled again.
    """

    because: Literal["gone", "exhausted", "by_hand"]
    disabled_at: datetime


class ReceiverEnabled(ReceiverFact):
    """A receiver that was disabled is pushed to again, what waited first."""

    enabled_at: datetime


class ReceiverRemoved(ReceiverFact):
    """A receiver was struck off; it is owed nothing any more."""

    removed_at: datetime
