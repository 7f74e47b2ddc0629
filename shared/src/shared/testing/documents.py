"""What an OpenAPI document leaves open, and a fuzzer or a careless caller would find."""

from collections.abc import Iterator, Mapping
from typing import Any

BOUNDS = {"minimum", "maximum"}
FORMS = {"pattern", "enum", "format"}


def loose_ends(document: Mapping[str, Any]) -> list[str]:
    """One line per operation that says too little: numbers without bounds, path parameters of any form, no summary."""
    return [
        f"{method.upper()} {path}: {end}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for end in _ends(operation, document)
    ]


def _ends(operation: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    if operation.get("summary") in (None, "", _guessed(operation)):
        yield "no summary"
    for parameter in operation.get("parameters", ()):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path" and schema.get("type") == "string" and not FORMS & schema.keys():
            yield f"path parameter {name} takes anything"
        yield from (f"{name} has no bounds" for _ in _unbounded(schema, document, set()))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from (f"body{place} has no bounds" for place in _unbounded(content["schema"], document, set()))


def _guessed(operation: Mapping[str, Any]) -> str:
    """FastAPI's own summary, made from the function's name."""
    return str(operation["operationId"]).split("_api_")[0].replace("_", " ").title()


def _unbounded(schema: Any, document: Mapping[str, Any], seen: set[str], place: str = "") -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _unbounded(part, document, seen, place)
    if not isinstance(schema, dict):
        return
    if (reference := schema.get("$ref")) is not None and reference not in seen:
        name = reference.rpartition("/")[2]
        yield from _unbounded(document["components"]["schemas"][name], document, {*seen, reference}, place)
    if schema.get("type") == "integer" and not schema.keys() >= BOUNDS and "enum" not in schema and "const" not in schema:
        yield place
    for name, part in schema.get("properties", {}).items():
        yield from _unbounded(part, document, seen, f"{place}/{name}")
    for word in ("items", "anyOf", "oneOf", "allOf", "additionalProperties"):
        yield from _unbounded(schema.get(word), document, seen, place)
