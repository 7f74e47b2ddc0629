"""A service without its worker, a caller with a key, and a count of every row: what a refused request must leave as it was."""

from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import MetaData, func, literal, select, union_all

from shared.kit.db import Database
from shared.testing.bonds_api import a_library_project
from shared.testing.indicators_api import an_observation
from shared.testing.projects_api import a_project

A_RECEIVER: Final[dict[str, Any]] = {"url": "http://127.0.0.1:9/hook", "description": "移动端后台"}


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: a path, a body that is taken there, its fields that must be given, and one of each kind of field."""

    service: str
    path: str
    body: dict[str, Any]
    required: tuple[str, ...]
    text: str
    batch: bool = True

    @property
    def url(self) -> str:
        return f"/api/{self.service}/v1/{self.path}"


DOORS: Final = (
    Door("indicator", "observations", an_observation(), ("region", "indicator", "period", "value", "publisher"), "publisher"),
    Door("project", "projects", a_project(), ("name", "kind", "sector", "region", "lead_department"), "name"),
    Door("bond", "library-projects", a_library_project(), ("region", "name", "lead_department", "portfolio"), "name"),
    Door("alert", "endpoints", A_RECEIVER, ("url", "description"), "description", batch=False),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A door, somebody who knocks at it, and the database behind it."""

    door: Door
    client: httpx.AsyncClient
    anonymous: httpx.AsyncClient
    database: Database
    tables: MetaData

    async def rows(self) -> dict[str, int]:
        """How many rows every table has, the backbone's tables among them; what only notes that a key was used is left out."""
        counts = [
            select(literal(name), func.count().label("rows")).select_from(table) for name, table in self.tables.tables.items()
        ]
        async with self.database.engine.connect() as connection:
            return {row[0]: row.rows for row in await connection.execute(union_all(*counts))}


def refusal(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer: of this status, complete, and Chinese wherever people read it."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status), problem
    sentences = [problem["title"], problem["detail"], *(fault["message"] for fault in problem["errors"])]
    assert all(any("一" <= letter <= "鿿" for letter in sentence) for sentence in sentences), problem
    assert problem["code"].isascii()
    return problem


def pointers_of(answer: httpx.Response) -> list[str]:
    return [fault["pointer"] for fault in answer.json()["errors"]]
