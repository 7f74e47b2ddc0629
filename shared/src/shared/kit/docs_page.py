"""`/docs`: the OpenAPI document as a page of plain HTML. No script, nothing from elsewhere: it works on a closed network."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
body{margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a}
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}
details{margin:.4rem 0;border:1px solid #ddd;border-radius:4px;padding:.4rem .8rem}
summary{cursor:pointer}code{font:13px/1.5 ui-monospace,monospace}b.m{display:inline-block;width:4.5rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #ddd;padding:.2rem .5rem;text-align:left;vertical-align:top}
""".strip()


def docs_page(document: Mapping[str, Any], openapi_url: str) -> str:
    """The page for one OpenAPI document."""
    info = document["info"]
    title = escape(info["title"])
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{escape(info.get('description', ''))}</p>"
        f'<p>机器可读的文档：<a href="{escape(openapi_url)}"><code>{escape(openapi_url)}</code></a></p>'
        + "".join(_sections(document))
        + "<h2>数据结构</h2>"
        + "".join(_model(name, schema) for name, schema in sorted(document["components"]["schemas"].items()))
    )


def _sections(document: Mapping[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(next(iter(operation.get("tags", ["其他"]))), []).append(_operation(path, method, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(parameter['name'])}</code><td>{_WHERE[parameter['in']]}"
        f"<td>{'必填' if parameter.get('required') else '可选'}<td>{escape(parameter.get('description', ''))}"
        f"<td>{_type(parameter['schema'])}"
        for parameter in operation.get("parameters", ())
    )
    body = "".join(_type(content["schema"]) for content in operation.get("requestBody", {}).get("content", {}).values())
    answers = "".join(
        f"<tr><td>{status}<td>{escape(answer.get('description', ''))}<td>{_contents(answer)}"
        for status, answer in operation["responses"].items()
    )
    return (
        f'<details><summary><b class="m">{method.upper()}</b> <code>{escape(path)}</code> {escape(operation.get("summary", ""))}'
        f"</summary><p>{escape(operation.get('description', ''))}</p>"
        + (f"<table><tr><th>参数<th>位置<th>要求<th>说明<th>类型{rows}</table>" if rows else "")
        + (f"<p>请求体：{body}</p>" if body else "")
        + f"<table><tr><th>状态<th>含义<th>内容{answers}</table></details>"
    )


_WHERE: Final = {"query": "查询", "path": "路径", "header": "请求头", "cookie": "Cookie"}


def _contents(answer: Mapping[str, Any]) -> str:
    return "、".join(_type(content.get("schema", {})) for content in answer.get("content", {}).values())


def _model(name: str, schema: Mapping[str, Any]) -> str:
    schema = next(iter(schema.get("oneOf", ())), schema) if "properties" not in schema else schema
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code><td>{'必填' if field in required else '可选'}<td>{_type(part)}"
        f"<td>{escape(part.get('description', ''))}"
        for field, part in schema.get("properties", {}).items()
    )
    said = f"<p>{escape(schema['description'])}</p>" if "description" in schema else ""
    inner = f"<table><tr><th>字段<th>要求<th>类型<th>说明{rows}</table>" if rows else f"<p>{_type(schema)}</p>"
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{said}{inner}</details>'


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}"><code>{name}</code></a>'
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " 或 ".join(_type(part) for part in schema[word])
    if "enum" in schema:
        return "、".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return f"<code>{escape(str(schema.get('format') or schema.get('type') or '任意'))}</code>"
