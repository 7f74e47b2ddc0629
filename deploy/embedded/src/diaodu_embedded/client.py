"""A caller of the REST interfaces, whatever runs behind them: one process, a gateway, or each service at a port of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from shared.kit.backoff import Backoff
from shared.kit.ids import new_id

TRIES: Final = 5
FIRST_WAIT_SECONDS: Final = 0.2
TIMEOUT_SECONDS: Final = 60.0
WORTH_ANOTHER_TRY: Final = frozenset({429, 502, 503, 504})
LARGEST_PAGE: Final = 200

Document = dict[str, Any]


class Refused(Exception):
    """The suite answered with a problem; `problem` is its document."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: Document = _json(response)
        said = self.problem.get("detail", response.text[:500])
        super().__init__(f"{response.request.method} {response.request.url.path} → {self.status} {said}")


class SuiteClient:
    """`async with SuiteClient(url, key) as suite: await suite.get("bond", "library-projects")`.

    An answer that was lost, or a service that is away for a moment, is asked again under the same `Idempotency-Key`.
    """

    def __init__(self, urls: str | Mapping[str, str], key: str) -> None:
        self._urls = urls
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def get(self, service: str, path: str, **query: Any) -> Document:
        """Read one resource. Raises Refused."""
        return await self._ask("GET", service, path, params=query)

    async def post(self, service: str, path: str, body: Any) -> Document:
        """Do one act, once. Raises Refused."""
        return await self._ask("POST", service, path, json=body, headers={"Idempotency-Key": new_id()})

    async def delete(self, service: str, path: str, version: int) -> None:
        """Remove what has not changed since that version was seen. Raises Refused."""
        await self._ask("DELETE", service, path, headers={"If-Match": f'"v{version}"'})

    async def every(self, service: str, path: str, **query: Any) -> AsyncIterator[Document]:
        """Walk a list from its first page to its last."""
        cursor: Mapping[str, str] = {}
        while True:
            page = await self.get(service, path, limit=LARGEST_PAGE, **query, **cursor)
            for item in page["items"]:
                yield item
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def _ask(self, method: str, service: str, path: str, **request: Any) -> Document:
        base = self._urls if isinstance(self._urls, str) else self._urls[service]
        response = await self._tried(method, f"{base}/api/{service}/v1/{path}", request)
        if not response.is_success:
            raise Refused(response)
        return _json(response)

    async def _tried(self, method: str, url: str, request: Mapping[str, Any]) -> httpx.Response:
        for attempt in range(1, TRIES):
            try:
                response = await self._client.request(method, url, **request)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code not in WORTH_ANOTHER_TRY:
                return response
            await Backoff.standby(asyncio.Event(), FIRST_WAIT_SECONDS * 2**attempt)
        return await self._client.request(method, url, **request)


def _json(response: httpx.Response) -> Document:
    try:
        document: Document = response.json()
    except ValueError:
        return {}
    return document
