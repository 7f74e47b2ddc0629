"""`fields=`: a list with only some of each item's fields."""

import json
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from shared.kit.errors import Fault, Invalid

FIELDS: Final = "fields"


class UnknownFields(Invalid):
    code = "query.unknown-fields"


def item_of_page(model: Any) -> type[BaseModel] | None:
    """The model of the items when `model` is a page; None otherwise."""
    if not (isinstance(model, type) and issubclass(model, BaseModel) and {"items", "next_cursor"} <= model.model_fields.keys()):
        return None
    annotation = model.model_fields["items"].annotation
    item = next(iter(get_args(annotation)), None) if get_origin(annotation) is list else None
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None


def only_fields(body: bytes, wanted: str, item: type[BaseModel]) -> bytes:
    """The page in `body` with each item cut down to the wanted fields; `id` always stays."""
    names = [name.strip() for name in wanted.split(",")]
    unknown = [name for name in names if name not in item.model_fields]
    if unknown:
        faults = [Fault(f"query:{FIELDS}", UnknownFields.code, f"没有字段“{name}”。") for name in unknown]
        detail = f"查询参数 fields：没有字段 {'、'.join(unknown)}，可用的有 {'、'.join(item.model_fields)}。"
        raise UnknownFields(detail, faults=faults)
    page = json.loads(body)
    keep = {*names, "id"}
    page["items"] = [{name: value for name, value in row.items() if name in keep} for row in page["items"]]
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
