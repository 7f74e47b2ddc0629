"""What an operator of project-svc decides."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from shared.kit.settings import Seconds, ServiceSettings


class ProjectSettings(ServiceSettings):
    """Read from `PROJECT_…`."""

    service: ClassVar[str] = "project"

    sweep_interval: Seconds = timedelta(seconds=30)
    """How often due days are looked over. A late sweep loses nothing: it records what came about meanwhile."""
    sweep_batch: Annotated[int, Field(ge=1, le=5_000)] = 200
    """How many milestones one transaction of a sweep takes."""
    rates_interval: Seconds = timedelta(minutes=1)
    """How often the rates at the end of the last month are looked over for a change that the others have to hear of."""
