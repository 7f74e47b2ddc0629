"""Settings of the sample."""

from pathlib import Path
from typing import ClassVar

from shared.kit.settings import ServiceSettings
from shared.testing.runtimes import settings_of


class SampleSettings(ServiceSettings):
    service: ClassVar[str] = "sample"


def sample_settings(database_url: str, folder: Path, **changes: object) -> SampleSettings:
    """Settings for a test."""
    return settings_of(SampleSettings, database_url, folder, **changes)
