"""What a replay makes anew of alert-svc's tables, what it brings along, and what it leaves behind."""

from alert_svc.alerts.models import Alert, CaseEntry, Watch
from alert_svc.deliveries.models import Delivery, DeliveryAttempt
from alert_svc.endpoints.models import WebhookEndpoint, WebhookSecret
from alert_svc.rules.models import AlertRule
from alert_svc.stream.models import StreamHead
from alert_svc.stream.service import go_on_from
from shared.kit.replay import Projection


def projection() -> Projection:
    """Alerts are made of facts, by the rules that people published. Receivers stay behind: nobody hears history again."""
    return Projection(
        made=tuple(model.metadata.tables[model.__tablename__] for model in (Alert, CaseEntry, Watch, StreamHead)),
        carried=(AlertRule.metadata.tables[AlertRule.__tablename__],),
        left=tuple(
            model.metadata.tables[model.__tablename__] for model in (WebhookEndpoint, WebhookSecret, Delivery, DeliveryAttempt)
        ),
        settle=go_on_from,
    )
