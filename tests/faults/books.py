"""What the suite itself says of what it took in: numbers that have to agree once a fault is over."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from shared.testing.alerts_api import API
from shared.testing.http import bearer

PAGE: Final = 200
PUBLISHER: Final = "/project-svc"


@dataclass(frozen=True, slots=True)
class Target:
    """The suite under trial: where each service is reached now, and a key to all of them."""

    url_of: Callable[[str], str]
    key: str

    def client(self, service: str) -> httpx.AsyncClient:
        """A caller of one service, as it is reached at this moment."""
        return httpx.AsyncClient(base_url=self.url_of(service), headers=bearer(self.key), timeout=10, trust_env=False)


async def agreed(target: Target, parked: int) -> bool:
    """What the publisher numbered is what the subscriber heard; nothing waits, and no more is set aside than that."""
    project, alert = await bus_status(target, "project"), await bus_status(target, "alert")
    heard = {each["source"]: each["sequences"] for each in alert["heard"]}
    assert heard.get(PUBLISHER, 0) == project["sequences"]
    assert (project["unsent"], alert["unsent"], alert["parked"]) == (0, 0, parked)
    return True


async def parked(target: Target) -> int:
    """How many events alert-svc has set aside."""
    return int((await bus_status(target, "alert"))["parked"])


async def bus_status(target: Target, service: str) -> dict[str, Any]:
    async with target.client(service) as client:
        return await _read(client, f"/api/{service}/v1/bus-status", {})


async def alerts_by_object(target: Target, department: str) -> Counter[str]:
    """How many alerts there are about each object of a department."""
    found: Counter[str] = Counter()
    query: dict[str, Any] = {"department": department, "limit": PAGE}
    async with target.client("alert") as client:
        while True:
            page = await _read(client, f"{API}/alerts", query)
            found.update(alert["object"]["id"] for alert in page["items"])
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]


async def _read(client: httpx.AsyncClient, path: str, query: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(path, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    read: dict[str, Any] = answer.json()
    return read
