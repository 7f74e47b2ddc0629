"""The four services, each named once, and what is different about them in one process."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import alert_svc.app
import alert_svc.settings
import alert_svc.worker
import bond_svc.app
import bond_svc.settings
import bond_svc.worker
import indicator_svc.app
import indicator_svc.settings
import indicator_svc.worker
import project_svc.app
import project_svc.settings
import project_svc.worker
from shared.kit.cli import Service

SERVICES: Final = (
    Service(
        "indicator",
        indicator_svc.settings.IndicatorSettings,
        indicator_svc.app.create_app,
        indicator_svc.worker.create_worker,
    ),
    Service("project", project_svc.settings.ProjectSettings, project_svc.app.create_app, project_svc.worker.create_worker),
    Service("bond", bond_svc.settings.BondSettings, bond_svc.app.create_app, bond_svc.worker.create_worker),
    Service("alert", alert_svc.settings.AlertSettings, alert_svc.app.create_app, alert_svc.worker.create_worker),
)

# Whoever waits here is woken by the change itself, which happens in the same process: looking by the clock only finds what a
# clock brings about, such as the next try of a push.
WOKEN: Final = {"relay_poll_interval": timedelta(seconds=1)}
DIFFERENCES: Final[Mapping[str, Mapping[str, Any]]] = {
    "indicator": WOKEN,
    # On one machine a sweep costs next to nothing, and whoever tries the suite out is waiting for it.
    "project": WOKEN | {"sweep_interval": timedelta(seconds=2), "rates_interval": timedelta(seconds=2)},
    "bond": WOKEN,
    "alert": WOKEN | {"delivery_poll_interval": timedelta(milliseconds=500), "stream_poll_interval": timedelta(seconds=1)},
}
