"""Stream decisions: what a client wants, and where it goes on."""

from dataclasses import dataclass
from enum import StrEnum


class Resume(StrEnum):
    """Where a client's stream begins. RESET: what it last saw is unknown here, or too long ago to be told from there."""

    LIVE = "live"
    FROM_LAST = "from_last"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client wants to see; an empty set wants everything."""

    levels: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def takes(self, level: str, department: str | None, rule: str) -> bool:
        return (
            (not self.levels or level in self.levels)
            and (not self.departments or department in self.departments)
            and (not self.rules or rule in self.rules)
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """The numbers of the stream: the last one given, and the first that is young enough to be told again (None: none is)."""

    head: int
    oldest: int | None


def resume(last_event_id: int | None, extent: Extent) -> Resume:
    """Decide where to begin for a client that last saw `last_event_id`."""
    if last_event_id is None:
        return Resume.LIVE
    if last_event_id > extent.head or last_event_id < 0:
        return Resume.RESET
    if last_event_id == extent.head:
        return Resume.FROM_LAST
    young = extent.oldest is not None and last_event_id + 1 >= extent.oldest
    return Resume.FROM_LAST if young else Resume.RESET
