"""What an operator decides about this service."""

from typing import ClassVar

from shared.kit.settings import ServiceSettings


class IndicatorSettings(ServiceSettings):
    """Settings of indicator-svc, read from `INDICATOR_…`."""

    service: ClassVar[str] = "indicator"
