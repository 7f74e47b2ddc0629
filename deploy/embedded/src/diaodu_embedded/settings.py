"""What may be decided about the embedded suite: five variables, and every one has a default."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shared.kit.settings import ConfigurationError, Port
from shared.kit.validation_texts import sentence

VARIABLES: Final = ("HOST", "PORT", "DATA_DIR", "CLOCK_START", "LOG_LEVEL")


class EmbeddedSettings(BaseModel):
    """Settings of the one process. `clock_start` makes a demonstration live at another time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Port = 8080
    data_dir: Path = Field(default=Path("var"), validate_default=True)
    clock_start: datetime | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("clock_start")
    @classmethod
    def _has_an_offset(cls, start: datetime | None) -> datetime | None:
        if start is not None and start.tzinfo is None:
            raise ValueError("须带时区，例如 2022-07-01T09:00:00+08:00。")
        return start

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.absolute()


def load_embedded_settings(environ: Mapping[str, str] | None = None) -> EmbeddedSettings:
    """Read the settings from the environment. Raises `ConfigurationError` that names every wrong variable."""
    source = os.environ if environ is None else environ
    given = {name.lower(): source[name] for name in VARIABLES if source.get(name)}
    try:
        return EmbeddedSettings.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError([_fault(item) for item in error.errors(include_url=False)]) from None


def _fault(item: Mapping[str, object]) -> str:
    ctx = item.get("ctx")
    context = ctx if isinstance(ctx, dict) else {}
    reason = str(context["error"]) if "error" in context else sentence(str(item["type"]), context, str(item["msg"]))
    loc = item["loc"]
    name = str(loc[0]) if isinstance(loc, tuple) else ""
    return f"{name.upper()}：{reason}"
