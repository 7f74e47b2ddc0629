"""The worker of alert-svc: relay, consumer, webhook sender and timers."""

from datetime import timedelta
from typing import cast

from alert_svc.deliveries.dispatcher import Dispatcher, DispatchLimits
from alert_svc.deliveries.sender import Sender, SenderLimits
from alert_svc.deliveries.service import bring_back
from alert_svc.endpoints.service import purge_expired_secrets
from alert_svc.projection import projection
from alert_svc.settings import AlertSettings
from alert_svc.subscriptions import SUBSCRIPTIONS
from shared.kit.clock import SystemClock
from shared.kit.runtime import Runtime
from shared.kit.worker import Ticker, Worker


def create_worker(runtime: Runtime) -> Worker:
    """Put the worker together; it runs when told to."""
    tickers = [
        Ticker("purge-secrets", timedelta(hours=1), purge_expired_secrets),
        Ticker("clock-set-back", timedelta(seconds=10), bring_back),
    ]
    return Worker(runtime, SUBSCRIPTIONS, tickers, [create_dispatcher(runtime)], projection())


def create_dispatcher(runtime: Runtime) -> Dispatcher:
    """The component that sends webhooks. Signatures carry the real time, whatever clock a demonstration lives by."""
    settings = cast("AlertSettings", runtime.settings)
    sender = Sender(
        settings.receiver_policy(),
        SystemClock(),
        SenderLimits(settings.delivery_deadline, settings.deliveries_in_flight),
        settings.receiver_tls(),
    )
    limits = DispatchLimits(
        settings.deliveries_in_flight,
        settings.deliveries_per_endpoint,
        settings.delivery_poll_interval,
        lease=2 * settings.delivery_deadline,
    )
    return Dispatcher(runtime.database, sender, limits, settings.region)
