"""The route class of every endpoint: who asks, how much, how long; and what is done with the answer before it commits."""

import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, get_args, get_origin

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope

from shared.kit import etags, idempotency, strict_json
from shared.kit.edge import Edge, edge_of
from shared.kit.errors import Fault, Invalid
from shared.kit.limits import deadline, read_body
from shared.kit.sparse import FIELDS, item_of_page, only_fields

_WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LONG_NUMBER: Final = re.compile(r"[+-]?[0-9]{17,}")
_JSON_TYPE: Final = re.compile(r"application/([a-z0-9.-]+\+)?json", re.IGNORECASE)


class UnknownParameter(Invalid):
    code = "query.refused"


class KitRequest(Request):
    """A request whose body was read within its limit and parsed strictly before anything else happened."""

    def __init__(self, scope: Scope, receive: Receive, body: bytes, parsed: Any) -> None:
        super().__init__(scope, receive)
        self._body = body
        self._parsed = parsed

    async def json(self) -> Any:
        return self._parsed


def large_body() -> None:
    """Marks a route that takes uploads: `dependencies=[Depends(large_body)]`. Batches are taken as such anyway."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a route takes, worked out once."""

    lists: frozenset[str]
    scalars: frozenset[str]
    numbers: frozenset[str]
    item: type[BaseModel] | None
    large: bool
    form: bool
    json: bool

    def refuse_unknown(self, request: Request) -> None:
        pairs = request.query_params.multi_items()
        names = [name for name, _ in pairs]
        faults = [
            *(_fault(name, "没有这个查询参数，请检查拼写或删除。") for name in dict.fromkeys(names) if name not in self._known),
            *(_fault(name, "该查询参数只能出现一次。") for name in self.scalars if names.count(name) > 1),
            *(_fault(name, "含有空字符，请删除。") for name, value in pairs if "\0" in value),
            *(_fault(name, "整数过大。") for name, value in pairs if name in self.numbers and _LONG_NUMBER.fullmatch(value)),
        ]
        if "\0" in request.scope["path"]:
            faults.append(Fault("path", UnknownParameter.code, "路径中含有空字符，请删除。"))
        if faults:
            raise UnknownParameter(f"{faults[0].pointer}：{faults[0].message}", faults=faults)

    @property
    def _known(self) -> frozenset[str]:
        return self.lists | self.scalars

    def refuse_content_type(self, request: Request, body: bytes) -> None:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if body and self.json and not _JSON_TYPE.fullmatch(kind):
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if self.form and kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


class KitRoute(APIRoute):
    """Authenticates before it reads, reads before it opens a transaction, and keeps the answer of a POST in that transaction.

    FastAPI leaves function-scoped dependencies (the unit of work) after this handler returned and before the answer is sent.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        plan = _plan(self)
        parameters = "{" in self.path

        async def guarded(request: Request) -> Response:
            if parameters and request.scope["path"] in request.app.state.literal_paths:
                raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
            edge = edge_of(request)
            settings = edge.runtime.settings
            most = settings.max_upload_bytes if plan.large else settings.max_body_bytes
            seconds = settings.upload_deadline if plan.large else settings.request_deadline
            async with deadline(seconds.total_seconds()):
                request.state.principal = principal = await edge.keys.authenticate(request)
                request.state.answer_headers = edge.rate.take(principal.key_id)
                plan.refuse_unknown(request)
                if plan.large:
                    # Large bodies wait for a place before they fill the memory; small ones must not trickle in on one.
                    async with edge.uploads.place():
                        return await answered(await _read(request, plan, most), edge)
                read = await _read(request, plan, most)
                async with edge.requests.place():
                    return await answered(read, edge)

        async def answered(read: KitRequest, edge: Edge) -> Response:
            return await _answered(read, plan, await handle(read), edge)

        return guarded


async def _read(request: Request, plan: _Plan, most: int) -> KitRequest:
    body = await read_body(request, most) if request.method in _WRITING else b""
    plan.refuse_content_type(request, body)
    parsed = strict_json.parse(body) if body and plan.json else None
    return KitRequest(request.scope, request.receive, body, parsed)


async def _answered(request: Request, plan: _Plan, response: Response, edge: Edge) -> Response:
    if isinstance(response, StreamingResponse):
        return response
    pending = getattr(request.state, "pending_attempt", None)
    if pending is not None:
        uow, attempt = pending
        await idempotency.finish(uow, attempt, response, edge.runtime.settings.idempotency_ttl)
    if request.method != "GET" or response.status_code != HTTPStatus.OK:
        return response
    if plan.item is not None and FIELDS in request.query_params:
        response.body = only_fields(bytes(response.body), request.query_params[FIELDS], plan.item)
        response.headers["Content-Length"] = str(len(response.body))
    return _conditional(request, response)


def _conditional(request: Request, response: Response) -> Response:
    if "etag" not in response.headers:
        response.headers["ETag"] = etags.weak_etag(bytes(response.body))
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if not etags.is_unchanged(request, response.headers["etag"]):
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)


def service_router(service: str, path: str, *, tag: str) -> APIRouter:
    """The router of one resource: `/api/<service>/v1/<path>`; `tag` is its Chinese heading in the documents."""
    return APIRouter(prefix=f"/api/{service}/v1/{path.strip('/')}", tags=[tag], route_class=KitRoute)


def _plan(route: APIRoute) -> _Plan:
    parameters = [pair for each in _every(route.dependant) for param in each.query_params for pair in _expanded(param)]
    item = item_of_page(route.response_model)
    form = route.body_field is not None and isinstance(route.body_field.field_info, Form)
    marked = any(each.call is large_body for each in _every(route.dependant))
    return _Plan(
        lists=frozenset(name for name, types in parameters if types & {list, set, tuple, frozenset}),
        scalars=frozenset(name for name, types in parameters if not types & {list, set, tuple, frozenset})
        | ({FIELDS} if item is not None else frozenset()),
        numbers=frozenset(name for name, types in parameters if int in types),
        item=item,
        large=form or marked or route.path.endswith("/batch"),
        form=form,
        json=route.body_field is not None and not form,
    )


def _every(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _every(inner)


def _expanded(param: Any) -> Iterator[tuple[str, set[Any]]]:
    """Name and types of a query parameter; a model stands for its fields."""
    annotation = param.field_info.annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield field.alias or name, _types(field.annotation)
    else:
        yield param.alias, _types(annotation)


def _types(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return {get_origin(annotation) or annotation}.union(*(_types(part) for part in inner))


def _fault(name: str, message: str) -> Fault:
    return Fault(f"query:{name}", UnknownParameter.code, message)
