"""What this service hears from the others."""

from typing import Final

from indicator_svc.provisionals.handlers import hear_rates
from shared.contracts.project import RatesComputed
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS: Final = Subscriptions({RatesComputed: hear_rates})
