"""What a caller sees of indicator-svc."""

from dataclasses import dataclass
from typing import Any

import httpx

from shared.testing.http import post

API = "/api/indicator/v1"
PEERS = ("620100", "620200", "620300", "620400", "620500", "620600", "620700", "620800", "620900", "621000", "621100", "621200")


def an_observation(value: str | None = "6.4", **changes: Any) -> dict[str, Any]:
    """The growth of Jiayuguan's industry in the first half of 2022."""
    body = {"region": "620200", "indicator": "E02", "period": "2022-M06", "value": value, "publisher": "市统计局"}
    return body | changes


def a_scheme(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A quarterly scheme over one item, which watches Jiayuguan."""
    body = {
        "code": "S-1",
        "name": "规上工业评价",
        "year": 2022,
        "evaluated": "Q",
        "peers": list(PEERS),
        "regions_watched": ["620200"],
        "bonus_cap": ["-5", "5"],
        "legal_basis": "甘政办发〔2022〕1号",
        "items": list(items) or [an_item()],
    }
    return body | changes


def an_item(**changes: Any) -> dict[str, Any]:
    """Industry's growth against a target of 8 %."""
    body = {
        "indicator": "E02",
        "group": "main",
        "weight": "100",
        "method": "target",
        "params": {"target": "8"},
        "lead_department": "市工业和信息化局",
        "portfolio": "VM-IND",
    }
    return body | changes


@dataclass
class IndicatorsApi:
    """The API of indicator-svc in the hands of one caller."""

    client: httpx.AsyncClient

    async def observe(self, value: str | None = "6.4", **changes: Any) -> dict[str, Any]:
        return await self.made("observations", an_observation(value, **changes))

    async def observe_all(self, *observations: dict[str, Any], mode: str = "all") -> list[dict[str, Any]]:
        answer = await post(self.client, f"{API}/observations/batch", {"mode": mode, "items": list(observations)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def publish(self, scheme: dict[str, Any]) -> dict[str, Any]:
        draft = await self.made("schemes", scheme)
        return await self.made(f"schemes/{draft['id']}/publications", {})

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a POST that must succeed made."""
        answer = await post(self.client, f"{API}/{path}", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def read(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.client.get(f"{API}/{path}", params=query)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def listed(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        page = await self.read(path, limit=200, **query)
        items: list[dict[str, Any]] = page["items"]
        while page["next_cursor"] is not None:
            page = await self.read(path, limit=200, cursor=page["next_cursor"], **query)
            items.extend(page["items"])
        return items

    async def row(self, region: str, scheme: str = "S-1", period: str = "2022-Q2", **query: Any) -> dict[str, Any]:
        """A region's row of a scoreboard."""
        board = await self.read("scoreboards", scheme=scheme, period=period, **query)
        row: dict[str, Any] = next(each for each in board["rows"] if each["region"] == region)
        return row
