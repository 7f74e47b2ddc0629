"""A service's HTTP application without a network, and a caller with a key."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from shared.kit import api_keys
from shared.kit.db import Database
from shared.kit.ids import new_id

ORIGIN = "http://testserver"


async def a_key(database: Database, *scopes: str, name: str = "tester", environment: str = "test", days: int = 30) -> str:
    """A registered key, by default one that may do everything."""
    key = api_keys.new_key(environment)
    await api_keys.register(database, key, name, scopes or ("*",), database.clock.now() + timedelta(days=days))
    return key.text


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@asynccontextmanager
async def a_client(app: FastAPI, database: Database, *scopes: str, name: str = "tester") -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a key of these scopes (by default all) who talks to the application."""
    async with anonymous(app) as client:
        client.headers.update(bearer(await a_key(database, *scopes, name=name)))
        yield client


@asynccontextmanager
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key. The application's lifespan runs meanwhile."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


def once(**more: str) -> dict[str, str]:
    """Headers with a fresh `Idempotency-Key`."""
    return {"Idempotency-Key": new_id(), **more}


async def post(client: httpx.AsyncClient, path: str, body: Any, **headers: str) -> httpx.Response:
    """POST with a fresh `Idempotency-Key`."""
    return await client.post(path, json=body, headers=once(**headers))


def pointers(problem: httpx.Response) -> list[str]:
    """Where a problem's faults are."""
    return [fault["pointer"] for fault in problem.json()["errors"]]


def is_problem(response: httpx.Response, status: int, code: str) -> Mapping[str, Any]:
    """Assert that the answer is this problem, complete and in Chinese; its document."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code), document
    assert document["request_id"] == response.headers["x-request-id"]
    assert document.keys() == {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    assert all(_is_chinese(text) for text in _sentences(document)), document
    return document


def _sentences(document: Mapping[str, Any]) -> Sequence[str]:
    return [document["title"], document["detail"], *(fault["message"] for fault in document["errors"])]


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)
