"""What the services count is what the alarms of deploy/prometheus ask for."""

from typing import Final

import httpx
import pytest

from shared.contracts.catalogue import SERVICES
from tests.alarms.reading import wanted
from tests.e2e.running import ProductionSuite

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

OF_PROMETHEUS_ITSELF: Final = "up"
OF_ONE_SERVICE: Final = {"endpoints_given_up": "alert"}


def test_everything_that_an_alarm_asks_for_is_told_by_every_service_that_runs(production: ProductionSuite) -> None:
    asked = sorted(pair for pair in wanted() if pair[0] != OF_PROMETHEUS_ITSELF)
    assert len(asked) >= 10
    missing = []
    for service in SERVICES:
        page = page_of(production, service, "api") + page_of(production, service, "worker")
        mine = [(name, figure) for name, figure in asked if OF_ONE_SERVICE.get(figure, service) == service]
        missing += [(service, name, figure) for name, figure in mine if not tells(page, name, figure, service)]
    assert missing == []


def page_of(production: ProductionSuite, service: str, role: str) -> str:
    """The metrics page of a process that was asked for something."""
    url = production.stack.newest(service, role).url
    httpx.get(f"{url}/nowhere", trust_env=False)
    return httpx.get(f"{url}/metrics", trust_env=False, timeout=20).text


def tells(page: str, name: str, figure: str, service: str) -> bool:
    """Whether a page has a series of this name, figure and service."""
    series = [line for line in page.splitlines() if line.startswith(f"{name}{{")]
    return any(f'service="{service}"' in line and (not figure or f'figure="{figure}"' in line) for line in series)
