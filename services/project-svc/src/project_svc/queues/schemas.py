"""The three queues on the wire."""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field

from project_svc.codes import KIND_LABELS, ProjectKind, Role, Sector
from project_svc.obstacles.errors import OBSTACLE_KINDS
from project_svc.obstacles.models import Obstacle
from project_svc.obstacles.rules import is_overdue
from project_svc.queues.rules import Queue
from project_svc.queues.service import QueueBoard, Queued, Whose
from shared.kit.schemas import Day, DecimalText, OutModel, RegionCode

QUEUE_LABELS: Final = MappingProxyType(
    {
        Queue.START: "未开工，促开工",
        Queue.SPEED_UP: "进度慢，促进度",
        Queue.FINISH: "进度快，促竣工",
        Queue.UNDETERMINED: "计划或完成未知，无法判定快慢",
    }
)


class QueueQuery(BaseModel):
    """Which queues of whom, read from the query."""

    as_of: Annotated[Day | None, Field(description="截至哪一天（含当天），缺省为今天")] = None
    region: Annotated[RegionCode | None, Field(description="只看该区划及其下辖区划")] = None
    sector: Annotated[Sector | None, Field(description="行业")] = None
    sponsor_post: Annotated[str | None, Field(max_length=200, description="包抓领导（当日在任）")] = None
    lead_department: Annotated[str | None, Field(max_length=200, description="牵头单位（当日在任）")] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="每列最多列出多少项；合计仍含全部")] = 100

    def whose(self) -> Whose:
        return Whose(self.region, self.sector, self.sponsor_post, self.lead_department)


class HoldingObstacleOut(OutModel):
    """卡住项目的一个堵点，由谁解决。"""

    id: str
    kind_label: str
    title: str
    lead_department: str
    responsible_person: str
    due_on: Day
    overdue: bool


class QueuedOut(OutModel):
    """队列中的一个项目；金额单位为万元，未知为 null。"""

    project: str
    name: str
    kind: ProjectKind
    kind_label: str
    sector: Sector
    sponsor_post: str | None
    lead_department: str | None
    responsible_person: str | None
    annual_plan_wan: DecimalText | None
    completed_wan: DecimalText | None
    gap_pp: DecimalText | None = Field(description="序时差，百分点")
    at_stake_wan: DecimalText | None = Field(description="年度计划减已完成；当年未报进度的按年度计划全额计")
    reported: str | None = Field(description="最近一期进度月报；当年未报为 null")
    days_left: int = Field(description="入冬停工（或年底）前尚可施工的天数")
    last_day: Day | None
    needed_per_day_wan: DecimalText | None = Field(description="按剩余可施工天数，每天须完成的投资")
    obstacles: list[HoldingObstacleOut]
    synthetic: bool


class QueueOut(OutModel):
    """一列。"""

    queue: Queue
    label: str
    count: int
    at_stake_wan: DecimalText = Field(description="可知的投资之和")
    unknown: int = Field(description="年度计划未知、未计入的项目数")
    blocked: int = Field(description="有未解决堵点的项目数")
    projects: list[QueuedOut]


class QueueBoardOut(OutModel):
    """三列队列，按待完成投资与剩余施工天数排序；竣工、停缓建与前期项目不列。"""

    as_of: Day
    queues: list[QueueOut]

    @classmethod
    def of(cls, board: QueueBoard, limit: int) -> Self:
        queues = [_queue(queue, projects, board, limit) for queue, projects in board.queues.items()]
        return cls(as_of=board.as_of, queues=queues)


def _queue(queue: Queue, projects: Sequence[Queued], board: QueueBoard, limit: int) -> QueueOut:
    known = [each.at_stake_wan for each in projects if each.at_stake_wan is not None]
    return QueueOut(
        queue=queue,
        label=QUEUE_LABELS[queue],
        count=len(projects),
        at_stake_wan=sum(known, Decimal()),
        unknown=len(projects) - len(known),
        blocked=sum(bool(each.obstacles) for each in projects),
        projects=[_queued(each, board) for each in projects[:limit]],
    )


def _queued(each: Queued, board: QueueBoard) -> QueuedOut:
    project, undertaking = each.project, each.project.undertaking
    return QueuedOut(
        project=undertaking.project_id,
        name=project.name,
        kind=undertaking.kind,
        kind_label=KIND_LABELS[undertaking.kind],
        sector=project.sector,
        sponsor_post=project.holders.get(Role.SPONSOR_POST),
        lead_department=project.holders.get(Role.LEAD_DEPARTMENT),
        responsible_person=project.holders.get(Role.RESPONSIBLE_PERSON),
        annual_plan_wan=undertaking.planned_wan,
        completed_wan=undertaking.completed_wan,
        gap_pp=each.gap_pp,
        at_stake_wan=each.at_stake_wan,
        reported=None if undertaking.reported is None else str(undertaking.reported),
        days_left=each.season.days_left,
        last_day=each.season.last_day,
        needed_per_day_wan=each.needed_per_day_wan,
        obstacles=[_obstacle(obstacle, board) for obstacle in each.obstacles],
        synthetic=undertaking.synthetic,
    )


def _obstacle(obstacle: Obstacle, board: QueueBoard) -> HoldingObstacleOut:
    then = obstacle.as_it_stood_on(board.as_of)
    return HoldingObstacleOut(
        id=obstacle.id,
        kind_label=OBSTACLE_KINDS[obstacle.kind],
        title=obstacle.title,
        lead_department=then.lead_department,
        responsible_person=then.responsible_person,
        due_on=then.due_on,
        overdue=is_overdue(then.due_on, board.as_of),
    )
