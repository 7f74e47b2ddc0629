"""The OpenAPI 3.1 document: what FastAPI knows, and what only the kit knows.

FastAPI sees parameters and models. The kit adds what it does to every request: keys, problems, idempotency, versions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import Route

from shared.kit.etags import IF_MATCH_PATTERN
from shared.kit.idempotency import HEADER, KEY_PATTERN
from shared.kit.problems import MEDIA_TYPE, TITLES, FaultOut, ProblemOut
from shared.kit.sparse import FIELDS, item_of_page

_SCHEME: Final = "api_key"
_PROBLEM: Final = {"$ref": "#/components/schemas/ProblemOut"}
_EVERYWHERE: Final = (401, 403, 422, 429, 500, 503)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_VERSIONED: Final = frozenset({"put", "patch", "delete"})


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` answer the completed document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """The methods of the resource at `path`, those of sibling routes too (FastAPI names only the first route's)."""
    found = [context for context in iter_route_contexts(app.routes) if _matches(context, path)]
    # A path that is spelt out is a resource of its own: /notes/batch is not the note called "batch".
    literal = [context for context in found if context.path == path]
    return sorted({method for context in literal or found for method in context.methods or ()})


def literal_paths(app: FastAPI, routers: Iterable[APIRouter]) -> frozenset[str]:
    """The paths without parameters, of the application and of the routers that it includes.

    Asked of the routers themselves: FastAPI builds an included route a second time when it is first looked at there.
    """
    routes = [*app.routes, *(route for router in routers for route in router.routes)]
    return frozenset(route.path for route in routes if isinstance(route, Route) and "{" not in route.path)


def _matches(context: RouteContext, path: str) -> bool:
    pattern = getattr(context, "path_regex", None)
    return pattern is not None and pattern.match(path) is not None


def _complete(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for model in (FaultOut, ProblemOut):
        schemas[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas[model.__name__].pop("$defs", None)
    components["securitySchemes"] = {
        _SCHEME: {"type": "http", "scheme": "bearer", "description": "接口密钥，形如 rk_<环境>_<编号>_<密文>"}
    }
    items = dict(_lists(app))
    for path, method, operation in _operations(document):
        _complete_operation(path, method, operation)
        if (item := items.get((path, method))) is not None:
            _offer_fields(operation, schemas, item)
    _keep_to_chinese(document)
    return document


def _keep_to_chinese(part: Any) -> None:
    """Leave out descriptions without a Chinese word: docstrings written for engineers, who find them in the source."""
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _keep_to_chinese(each)
    said = part.get("description") if isinstance(part, dict) else None
    if isinstance(said, str) and not _CHINESE.search(said):
        # An answer must be described (OpenAPI 3.1), everything else may be.
        part.update(description="成功") if said == "Successful Response" else part.pop("description")


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield path, method, operation


def _lists(app: FastAPI) -> Iterator[tuple[tuple[str, str], type[Any]]]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (item := item_of_page(route.response_model)) is not None:
            yield (context.path_format or "", "get"), item


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    operation["security"] = [{_SCHEME: []}]
    responses = operation["responses"]
    for status in sorted(_statuses(path, method, operation)):
        responses[str(status)] = _problem_response(status)
    parameters = operation.setdefault("parameters", [])
    if method == "post":
        parameters.append(_idempotency_header())
        responses.setdefault("201", {"description": "已创建"}) if "201" in responses else None
    _tighten_if_match(parameters)
    for status, answer in responses.items():
        if status.startswith("2"):
            answer.setdefault("headers", {}).update(_answer_headers(method, status))
    if method == "get" and "application/json" in responses.get("200", {}).get("content", {}):
        responses["304"] = {"description": "与 If-None-Match 所指的版本相同"}


def _statuses(path: str, method: str, operation: Mapping[str, Any]) -> set[int]:
    found = {*_EVERYWHERE}
    if "{" in path or method != "get":
        found |= {404}
    if method != "get" or operation.get("parameters"):
        found |= {400}
    if method != "get":
        found |= {409}
    if "requestBody" in operation:
        found |= {413, 415}
    if any(parameter["name"].lower() == "if-match" for parameter in operation.get("parameters", ())):
        found |= {412, 428}
    return found


def _problem_response(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"description": "多少秒后可重试", "schema": {"type": "string"}}}
    if status == HTTPStatus.UNAUTHORIZED:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answer


def _idempotency_header() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": True,
        "description": "由调用方生成的唯一键；重试时沿用同一个键，只会生效一次",
        "schema": {"type": "string", "pattern": KEY_PATTERN, "maxLength": 130},
    }


def _tighten_if_match(parameters: list[dict[str, Any]]) -> None:
    for parameter in parameters:
        if parameter["in"] == "header" and parameter["name"].lower() == "if-match":
            parameter.update(name="If-Match", required=True, schema={"type": "string", "pattern": IF_MATCH_PATTERN})


def _answer_headers(method: str, status: str) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-ID": {"description": "请求编号", "schema": {"type": "string"}}}
    if method == "get":
        headers["ETag"] = {"description": "版本标识", "schema": {"type": "string"}}
    if method == "post" and status == "201":
        headers["Location"] = {"description": "新对象的地址", "schema": {"type": "string"}}
        headers["ETag"] = {"description": "版本标识", "schema": {"type": "string"}}
        headers["Idempotency-Replayed"] = {"description": "重放此前的结果时为 true", "schema": {"type": "string"}}
    return headers


def _offer_fields(operation: dict[str, Any], schemas: dict[str, Any], item: type[Any]) -> None:
    names = list(item.model_fields)
    operation["parameters"].append(
        {
            "name": FIELDS,
            "in": "query",
            "required": False,
            "description": "只返回这些字段（id 总在其中）",
            "style": "form",
            "explode": False,
            "schema": {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1, "uniqueItems": True},
        }
    )
    content = operation["responses"]["200"]["content"]["application/json"]
    page = schemas[content["schema"]["$ref"].rpartition("/")[2]]
    whole = page["properties"]["items"]["items"]
    if "anyOf" in whole or "$ref" not in whole:
        return
    full = schemas[whole["$ref"].rpartition("/")[2]]
    sparse = f"{whole['$ref'].rpartition('/')[2]}_fields"
    schemas[sparse] = {**full, "required": ["id"] if "id" in names else [], "title": sparse}
    page["properties"]["items"]["items"] = {"anyOf": [whole, {"$ref": f"#/components/schemas/{sparse}"}]}
