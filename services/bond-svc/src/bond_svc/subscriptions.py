"""What bond-svc hears from the other services: nothing yet."""

from typing import Final

from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS: Final = Subscriptions({})
