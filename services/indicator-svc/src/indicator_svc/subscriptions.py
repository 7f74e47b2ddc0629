"""What this service hears from the others: nothing yet."""

from typing import Final

from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS: Final = Subscriptions({})
