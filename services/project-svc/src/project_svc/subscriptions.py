"""What project-svc hears from the bus: nothing yet."""

from typing import Final

from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS: Final = Subscriptions({})
