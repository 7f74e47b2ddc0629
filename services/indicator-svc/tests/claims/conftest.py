"""Offers and answers as a caller makes them."""

from typing import Any

import httpx
import pytest

from shared.testing.http import post
from shared.testing.indicators_api import API, IndicatorsApi, a_scheme, an_item

DEPARTMENT = "市工业和信息化局"


def an_offer(**changes: Any) -> dict[str, Any]:
    body = {"scheme": "S-1", "indicator": "E02", "lead_department": DEPARTMENT, "portfolio": "VM-IND", "by": "市政府办 李某"}
    return body | changes


class ClaimsApi(IndicatorsApi):
    """The claims of a scheme of three items, one of which names nobody."""

    async def publish_scheme(self) -> None:
        trade = an_item(indicator="E04", weight="50", lead_department="市商务局", portfolio="VM-COMM")
        nobodys = an_item(indicator="E03", weight="20", lead_department="", portfolio="")
        await self.publish(a_scheme(an_item(weight="30"), trade, nobodys))

    async def offer(self, **changes: Any) -> dict[str, Any]:
        return await self.made("claims", an_offer(**changes))

    async def act(self, claim: dict[str, Any], act: str, **body: Any) -> httpx.Response:
        """An act on a claim, named by its resource."""
        said = {"by": "市工信局 王某"} | ({} if act == "acceptances" else {"reason": "见会议纪要"})
        return await post(self.client, f"{API}/claims/{claim['id']}/{act}", said | body)

    async def done(self, claim: dict[str, Any], act: str, **body: Any) -> dict[str, Any]:
        answer = await self.act(claim, act, **body)
        assert answer.status_code == 201, answer.text
        done: dict[str, Any] = answer.json()
        return done


@pytest.fixture
def claims(client: httpx.AsyncClient) -> ClaimsApi:
    return ClaimsApi(client)
