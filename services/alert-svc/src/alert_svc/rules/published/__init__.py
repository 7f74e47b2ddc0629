"""The rules that the product comes with, as published: a file is never changed, a new version is a new file."""

import json
from importlib.resources import files
from typing import Any


def published_rules() -> list[dict[str, Any]]:
    """Every packaged rule version: `code`, `number`, `name`, `effective_from` (ISO day), `definition`."""
    packaged = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".json"))
    return [json.loads(entry.read_text(encoding="utf-8")) for entry in sorted(packaged, key=lambda entry: entry.name)]
