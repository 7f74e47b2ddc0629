"""What a test does to a running suite, and how it waits for what the suite does then."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from shared.testing.alerts_api import AlertsApi
from shared.testing.eventually import eventually, seconds
from shared.testing.indicators_api import IndicatorsApi, a_scheme, an_item
from shared.testing.projects_api import ProjectsApi, a_node
from shared.testing.receiver import Received, WebhookReceiver
from tests.e2e.running import RunningSuite

PATIENCE = seconds(60)
LONG_AGO = "2022-06-01"


@dataclass
class Callers:
    """The three interfaces of the main path in the hands of one caller, and somebody who is pushed to."""

    indicators: IndicatorsApi
    projects: ProjectsApi
    alerts: AlertsApi
    receiver: WebhookReceiver
    numbers: Iterator[int]
    department: str
    """The lead department of whatever this caller makes; the receiver hears of nothing else."""

    async def an_overdue_milestone(self) -> str:
        """Register a project with one milestone that is long due; answers the milestone's id."""
        project = await self.a_project()
        return str((await self.projects.plan(project["id"], a_node("a", LONG_AGO)))[0]["id"])

    async def a_project(self) -> dict[str, Any]:
        return await self.projects.project(next(self.numbers), lead_department=self.department)

    async def watch(self, indicator: str) -> None:
        """Publish a scheme that watches an indicator of Jiayuguan against a target of 8 %."""
        item = an_item(indicator=indicator, lead_department=self.department)
        await self.indicators.publish(a_scheme(item, code=f"S-{indicator}", evaluated="M"))

    async def alerts_of(self, object_id: str) -> list[dict[str, Any]]:
        return await self.alerts.all(object_id=object_id)

    async def alert_in(self, state: str, object_id: str, **also: str) -> dict[str, Any]:
        """The only alert about an object, once it is in that state."""

        async def look() -> dict[str, Any]:
            return await self.alerts.only(object_id=object_id, state=state, **also)

        return await eventually(look, within=PATIENCE)

    def taken_about(self, alert_id: str) -> list[Received]:
        """What the receiver took about an alert, each message once, in the order of arrival."""
        mine = [one for one in self.receiver.received if one.status == 204 and one.document["data"]["id"] == alert_id]
        return list({one.webhook_id: one for one in mine}.values())

    async def pushes(self, alert_id: str, *types: str) -> list[Received]:
        """Wait until exactly these messages came about an alert."""
        try:
            await eventually(
                lambda: [one.document["type"] for one in self.taken_about(alert_id)], is_=list(types), within=PATIENCE
            )
        except AssertionError as error:
            tried = [await self.alerts.tries(each["id"]) for each in await self.alerts.deliveries(alert=alert_id)]
            raise AssertionError(f"{error}; of its deliveries alert-svc says {tried}") from None
        return self.taken_about(alert_id)


@asynccontextmanager
async def callers_of(suite: RunningSuite, receiver: WebhookReceiver, department: str) -> AsyncIterator[Callers]:
    """Somebody who talks to this suite."""
    async with AsyncExitStack() as stack:
        indicator, project, alert = [
            await stack.enter_async_context(suite.client(service)) for service in ("indicator", "project", "alert")
        ]
        yield Callers(IndicatorsApi(indicator), ProjectsApi(project), AlertsApi(alert), receiver, suite.numbers, department)


@asynccontextmanager
async def registered(suite: RunningSuite) -> AsyncIterator[Callers]:
    """Callers whose receiver is told of every alert about what they make, and of no other."""
    department = f"市第{next(suite.numbers)}局"
    async with suite.receiver() as receiver, callers_of(suite, receiver, department) as callers:
        await callers.alerts.register(receiver, departments=[department])
        yield callers
