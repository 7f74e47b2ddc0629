"""What an operator decides about bond-svc (`BOND_…`)."""

from typing import ClassVar

from shared.kit.settings import ServiceSettings


class BondSettings(ServiceSettings):
    """The settings that every service has; targets, thresholds and policies are data, changed over the interface."""

    service: ClassVar[str] = "bond"
