"""The deployment's home region, where a request names none."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from shared.kit.edge import edge_of


def home_region(request: Request) -> str:
    """The region of the settings (GB/T 2260)."""
    return edge_of(request).runtime.settings.region


HomeRegion = Annotated[str, Depends(home_region)]
