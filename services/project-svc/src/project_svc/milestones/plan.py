"""A project together with its milestones: what moves them all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from project_svc.milestones.errors import MilestonesStillOpen
from project_svc.milestones.models import Milestone
from project_svc.milestones.rules import MilestoneState
from project_svc.projects.models import Entry, Project
from shared.kit.db import Recorder


@dataclass(frozen=True, slots=True)
class Plan:
    """A project together with its milestones."""

    project: Project
    milestones: Sequence[Milestone]

    @property
    def open(self) -> list[Milestone]:
        return [milestone for milestone in self.milestones if milestone.state is MilestoneState.OPEN]

    def suspend(self, entry: Entry, recorder: Recorder) -> None:
        """Stop the project; what was not done yet is withdrawn."""
        self.project.suspend(entry)
        for milestone in self.open:
            milestone.withdraw(entry, recorder)

    def resume(self, entry: Entry) -> None:
        """Lift the stop; what was withdrawn comes under watch again."""
        self.project.resume(entry)
        for milestone in self.milestones:
            if milestone.state is MilestoneState.WITHDRAWN:
                milestone.come_back()

    def complete(self, entry: Entry) -> None:
        """Finish the project, once nothing in its plan is left open."""
        if self.open:
            raise MilestonesStillOpen([milestone.name for milestone in self.open])
        self.project.complete(entry)
