"""The three queues as of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from project_svc.codes import Role, Sector
from project_svc.obstacles.models import Obstacle
from project_svc.obstacles.repository import Obstacles
from project_svc.obstacles.rules import at_stake
from project_svc.queues.rules import Queue, Season, gap_of, needed_per_day, queue_of, season_of
from project_svc.rates.repository import PlannedProject, Undertakings
from project_svc.sites import site_days
from shared.kit.db import ReadSession


@dataclass(frozen=True, slots=True)
class Whose:
    """Which projects are looked at; None does not narrow it."""

    region: str | None = None
    sector: Sector | None = None
    sponsor_post: str | None = None
    lead_department: str | None = None

    def takes(self, project: PlannedProject) -> bool:
        wanted = (
            (self.sector, project.sector),
            (self.sponsor_post, project.holders.get(Role.SPONSOR_POST)),
            (self.lead_department, project.holders.get(Role.LEAD_DEPARTMENT)),
        )
        return all(one is None or one == is_ for one, is_ in wanted)


@dataclass(frozen=True, slots=True)
class Queued:
    """A project in its queue: what is at stake, the pace that it needs, what holds it up. Money in 万元; None is unknown."""

    project: PlannedProject
    gap_pp: Decimal | None
    at_stake_wan: Decimal | None
    season: Season
    needed_per_day_wan: Decimal | None
    obstacles: Sequence[Obstacle]


@dataclass(frozen=True, slots=True)
class QueueBoard:
    """Each queue, the most investment at stake and the least days left first, what is unknown last."""

    as_of: date
    queues: Mapping[Queue, Sequence[Queued]]


async def queues_on(view: ReadSession, day: date, whose: Whose) -> QueueBoard:
    planned = await Undertakings(view.session).planned(day, region=whose.region)
    obstacles = await Obstacles(view.session).standing_on(day)
    queues: dict[Queue, list[Queued]] = {queue: [] for queue in Queue}
    for project in planned:
        queue = queue_of(project.undertaking, day)
        if queue is not None and whose.takes(project):
            queues[queue].append(_queued(project, day, obstacles.get(project.undertaking.project_id, ())))
    return QueueBoard(day, {queue: _ordered(projects) for queue, projects in queues.items()})


def _queued(project: PlannedProject, day: date, obstacles: Sequence[Obstacle]) -> Queued:
    undertaking, season = project.undertaking, season_of(site_days(project.region), day)
    stake = at_stake(undertaking.planned_wan, undertaking.completed_wan)
    return Queued(project, gap_of(undertaking, day), stake, season, needed_per_day(stake, season), obstacles)


def _ordered(projects: Iterable[Queued]) -> list[Queued]:
    def place(each: Queued) -> tuple[bool, Decimal, int, str]:
        stake = each.at_stake_wan
        return stake is None, -(stake or Decimal()), each.season.days_left, each.project.undertaking.project_id

    return sorted(projects, key=place)
