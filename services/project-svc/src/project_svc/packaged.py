"""Documents that ship with the package, each with its origin."""

import json
from importlib import resources
from typing import Any


def packaged(name: str) -> Any:
    """The document of that name under `data`."""
    return json.loads((resources.files("project_svc") / "data" / name).read_text(encoding="utf-8"))
