"""The documents say what the service does."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from pydantic import Field

from shared.kit.http import Reads, service_router
from shared.kit.runtime import Runtime
from shared.kit.schemas import OutModel
from shared.testing.documents import loose_ends
from shared.testing.http import anonymous, is_problem
from shared.testing.sample.app import NOTES, create_app


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime)


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_says_how_it_refuses(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        responses = operation["responses"]
        assert {"401", "403", "422", "429", "503"} <= responses.keys(), (path, method)
        for status, answer in responses.items():
            if int(status) >= 400:
                assert answer["content"].keys() == {"application/problem+json"}, (path, method, status)


def test_every_operation_wants_a_key(app: FastAPI) -> None:
    assert all(operation["security"] == [{"api_key": []}] for _, _, operation in operations(app))


def headers_of(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header" and parameter["required"]}


def test_headers_that_are_wanted_are_documented(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        wanted = {"post": {"Idempotency-Key"}, "patch": {"If-Match"}, "delete": {"If-Match"}}.get(method, set())
        assert headers_of(operation) == wanted, (path, method)


def test_a_list_documents_its_sort_keys_and_fields(app: FastAPI) -> None:
    parameters = {each["name"]: each for each in app.openapi()["paths"][NOTES]["get"]["parameters"]}
    assert "due_on" in parameters["sort"]["description"]
    assert "title" in parameters["fields"]["schema"]["items"]["enum"]
    assert parameters["limit"]["schema"]["maximum"] == 200


def test_the_documents_leave_no_input_open(app: FastAPI) -> None:
    assert loose_ends(app.openapi()) == []


def descriptions(part: Any) -> Iterator[str]:
    """Every description in a document, at whatever depth."""
    for key, each in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from [each] if key == "description" and isinstance(each, str) else descriptions(each)


def test_what_is_written_for_engineers_is_left_out_of_the_documents(runtime: Runtime) -> None:
    class NoteCount(OutModel):
        """How many there are, for whoever reads the source."""

        notes: Annotated[int, Field(description="共几条")]
        other: Annotated[int, Field(description="nothing for a Chinese reader")] = 0

    router = service_router("sample", "counts", tag="计数")

    @router.get("", summary="数一数")
    async def count(_view: Reads) -> NoteCount:
        return NoteCount(notes=0)

    document = create_app(runtime, router).openapi()
    said = set(descriptions(document))
    assert {"共几条", "成功"} <= said
    assert [each for each in said if not re.search("[一-鿿]", each)] == []
    assert "description" not in document["components"]["schemas"]["NoteCount"]


def test_a_number_without_bounds_and_a_path_without_a_form_are_found(runtime: Runtime) -> None:
    router = service_router("sample", "loose", tag="不严")

    @router.get("/{name}")
    async def loose(name: str, _view: Reads, number: int = 0) -> str:
        return f"{name}{number}"

    found = loose_ends(create_app(runtime, router).openapi())
    assert found == [
        "GET /api/sample/v1/loose/{name}: no summary",
        "GET /api/sample/v1/loose/{name}: path parameter name takes anything",
        "GET /api/sample/v1/loose/{name}: number has no bounds",
    ]


def test_the_paths_that_are_spelt_out_are_those_of_the_document(app: FastAPI) -> None:
    spelt_out = {path for path, _, _ in operations(app) if "{" not in path}
    assert "/api/sample/v1/notes/batch" in spelt_out
    assert {path for path in app.state.literal_paths if path.startswith("/api/sample/v1/")} == spelt_out


async def test_production_shows_its_documents_only_with_a_key(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"environment": "production"})
    async with anonymous(create_app(Runtime(settings, runtime.clock, runtime.database, runtime.bus))) as client:
        for path in ("/api/sample/openapi.json", "/api/sample/docs"):
            is_problem(await client.get(path), 401, "auth.missing-credentials")
