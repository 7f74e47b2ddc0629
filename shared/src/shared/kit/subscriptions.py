"""What a service hears: a table of fact → handler, readable at a glance."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shared.contracts.catalogue import TYPES, service_of, topic_of
from shared.contracts.facts import Fact
from shared.kit.db import UnitOfWork

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]


def consumer_of(service: str) -> str:
    """The name under which a service takes facts in: its group on the bus, and the owner of its inbox."""
    return f"diaodu.{service}"


class Subscriptions:
    """The whole inbound surface of a service. A handler does its work in the unit of work that also notes the event as taken."""

    def __init__(self, handlers: Mapping[type[Fact], Handler]) -> None:
        self.handlers: Mapping[str, Handler] = {TYPES[fact]: handler for fact, handler in handlers.items()}

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that carry these facts."""
        return tuple(sorted({topic_of(service_of(name)) for name in self.handlers}))

    def handler_of(self, type_name: str) -> Handler | None:
        """The handler of a type; None for a type that this service does not listen to."""
        return self.handlers.get(type_name)
