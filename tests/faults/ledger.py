"""What was accepted, which effects it is owed, and which of them came: the count that every fault ends with."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.testing.receiver import Received

RAISED, LEVEL_CHANGED, CLOSED = "alert.raised", "alert.level-changed", "alert.closed"
ORDER = (RAISED, LEVEL_CHANGED, CLOSED)
OVERDUE, COMPLETED = (RAISED, LEVEL_CHANGED), (CLOSED,)


@dataclass
class Ledger:
    """Facts by object. A fact is owed once its request was answered 201, and took effect once its push was taken.

    One message may come again under its own webhook-id, as Standard Webhooks has it: that is a repeat, and no second effect.
    """

    owed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pushed: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    repeats: int = 0

    def accept(self, object_id: str, effects: Iterable[str]) -> None:
        """A request about an object was answered 201."""
        self.owed[object_id].extend(effects)

    def take(self, push: Received) -> None:
        """A message arrived and was taken."""
        document = push.document
        messages = self.pushed[document["data"]["object"]["id"]].setdefault(document["type"], set())
        self.repeats += push.webhook_id in messages
        messages.add(push.webhook_id)

    @property
    def accepted(self) -> int:
        return sum(map(len, self.owed.values()))

    @property
    def outstanding(self) -> int:
        """How many effects have not come yet."""
        return self.accepted - self.effects

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Owed, and not come."""
        return [
            (object_id, effect) for object_id, owed in self.owed.items() for effect in owed if not self._came(object_id, effect)
        ]

    @property
    def doubled(self) -> list[tuple[str, str]]:
        """What came under a second webhook-id, or was never owed. Meaningful once no request is under way."""
        return [
            (object_id, effect)
            for object_id, effects in self.pushed.items()
            for effect, messages in effects.items()
            if len(messages) > Counter(self.owed.get(object_id, ()))[effect]
        ]

    @property
    def disordered(self) -> list[str]:
        """Objects whose effects came in another order than the one in which they are told."""
        told = {object_id: list(effects) for object_id, effects in self.pushed.items()}
        return [object_id for object_id, effects in told.items() if effects != sorted(effects, key=ORDER.index)]

    @property
    def effects(self) -> int:
        return sum(len(messages) for effects in self.pushed.values() for messages in effects.values())

    def has(self, object_id: str, effects: Iterable[str]) -> bool:
        """Whether all of these came."""
        return all(self._came(object_id, effect) for effect in effects)

    def _came(self, object_id: str, effect: str) -> bool:
        return bool(self.pushed.get(object_id, {}).get(effect))
