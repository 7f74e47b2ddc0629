"""What a caller sees of alert-svc."""

from dataclasses import dataclass
from typing import Any

import httpx

from shared.testing.eventually import eventually, seconds
from shared.testing.http import post
from shared.testing.receiver import WebhookReceiver

API = "/api/alert/v1"


@dataclass
class AlertsApi:
    """The API of alert-svc in the hands of one caller."""

    client: httpx.AsyncClient

    async def all(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{API}/alerts", params={"sort": "raised_at,rule", **filters})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def only(self, **filters: Any) -> dict[str, Any]:
        found = await self.all(**filters)
        assert len(found) == 1, found
        return found[0]

    async def history(self, alert_id: str) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{API}/alerts/{alert_id}/history")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def register(self, receiver: WebhookReceiver, **filters: Any) -> dict[str, Any]:
        """An endpoint for a receiver, which learns its secret."""
        body = {"url": receiver.url, "description": "移动端后台", **filters}
        answer = await post(self.client, f"{API}/endpoints", body)
        assert answer.status_code == 201, answer.text
        endpoint: dict[str, Any] = answer.json()
        receiver.secrets.add(endpoint["secret"])
        return endpoint

    async def remove(self, endpoint_id: str) -> None:
        """Take an endpoint back, as it stands now."""
        path = f"{API}/endpoints/{endpoint_id}"
        version = (await self.client.get(path)).headers["etag"]
        answer = await self.client.delete(path, headers={"If-Match": version})
        assert answer.status_code == 204, answer.text

    async def deliveries(self, **filters: str) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{API}/deliveries", params={"sort": "created_at", **filters})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def tries(self, delivery_id: str) -> list[dict[str, Any]]:
        """Every attempt at a delivery, with what came of it."""
        answer = await self.client.get(f"{API}/deliveries/{delivery_id}")
        assert answer.status_code == 200, answer.text
        tries: list[dict[str, Any]] = answer.json()["tries"]
        return tries

    async def pushed(self, state: str, count: int) -> list[dict[str, Any]]:
        """Wait until that many deliveries are in a state; answers them."""

        async def look() -> list[dict[str, Any]]:
            return await self.deliveries(state=state)

        return await eventually(look, satisfies=lambda found: len(found) == count, within=seconds(15))
