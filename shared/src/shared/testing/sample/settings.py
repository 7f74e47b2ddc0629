"""Settings of the sample."""

from pathlib import Path
from typing import ClassVar

from pydantic import SecretStr

from shared.kit.settings import ServiceSettings


class SampleSettings(ServiceSettings):
    service: ClassVar[str] = "sample"


def sample_settings(database_url: str, folder: Path, **changes: object) -> SampleSettings:
    """Settings for a test."""
    values: dict[str, object] = {
        "environment": "test",
        "database_url": database_url,
        "bus_url": f"file://{folder / 'bus.db'}",
        "signing_key": SecretStr("k" * 40),
        **changes,
    }
    return SampleSettings.model_validate(values)
