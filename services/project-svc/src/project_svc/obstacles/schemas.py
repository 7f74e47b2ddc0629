"""What comes in and goes out about obstacles."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field

from project_svc.obstacles.errors import OBSTACLE_ACTS, OBSTACLE_KINDS, OBSTACLE_STATES
from project_svc.obstacles.models import Obstacle, ObstacleNote, Owner, Report
from project_svc.obstacles.repository import ObstacleFilter
from project_svc.obstacles.rules import MOVES, Leverage, ObstacleAct, ObstacleKind, ObstacleState
from project_svc.obstacles.service import Fix, LeverageBoard
from project_svc.projects.models import Entry
from shared.kit.http import Principal, VersionedOut
from shared.kit.schemas import Day, DecimalText, InModel, LongText, May, Moment, ObjectId, OutModel, Permission, ShortText

MOST_PROJECTS = 200


class ObstacleIn(InModel):
    """一个堵点：卡住哪些项目、由谁解决、何时以前解决。"""

    projects: Annotated[list[ObjectId], Field(min_length=1, max_length=MOST_PROJECTS, description="被卡住的项目")]
    kind: ObstacleKind = Field(
        description="approval 审批、planning 规划、land 用地、funding 资金、demolition 征拆、resources 要素、"
        "utilities 配套、other 其他"
    )
    title: ShortText
    description: Annotated[str, Field(max_length=4000)] = ""
    lead_department: Annotated[ShortText, Field(description="负责解决的部门")]
    responsible_person: Annotated[ShortText, Field(description="负责解决的人")]
    raised_on: Day
    due_on: Annotated[Day, Field(description="应在这一天以前（含当天）解决")]

    def report(self) -> Report:
        owner = Owner(self.lead_department, self.responsible_person)
        return Report(self.kind, self.title, self.description, owner, self.raised_on, self.due_on)


class DatedActIn(InModel):
    """在某一天对堵点做了什么。"""

    effective_on: Day
    reason: LongText = Field(description="办理情况、依据或理由，记入历史")

    def dated(self, entry: Entry) -> Entry:
        return Entry(self.effective_on, entry.at, entry.by, self.reason)


class DeferralIn(DatedActIn):
    """批准的延期；已发出的逾期预警不因此消除。"""

    due_on: Annotated[Day, Field(description="新的解决时限，今天或以后")]
    approver: ShortText

    def dated(self, entry: Entry) -> Entry:
        return Entry(self.effective_on, entry.at, entry.by, f"{self.approver}批准：{self.reason}")


class HandOverIn(DatedActIn):
    """移交给另一部门或另一人；须由其重新受理。"""

    lead_department: ShortText
    responsible_person: ShortText

    def owner(self) -> Owner:
        return Owner(self.lead_department, self.responsible_person)


class ObstacleQuery(BaseModel):
    """Filters of the list, read from the query."""

    project: ObjectId | None = None
    kind: ObstacleKind | None = None
    state: ObstacleState | None = None
    lead_department: Annotated[str | None, Field(max_length=200)] = None
    due_before: Annotated[Day | None, Field(description="解决时限早于这一天")] = None
    standing_on: Annotated[Day | None, Field(description="这一天终了时尚未解决的")] = None

    def filter(self) -> ObstacleFilter:
        return ObstacleFilter(**dict(self))


class HeldProjectOut(OutModel):
    """被卡住的一个项目；金额未知为 null。"""

    id: str
    name: str
    sponsor_post: str
    lead_department: str
    annual_plan_wan: DecimalText | None
    total_investment_wan: DecimalText | None
    synthetic: bool


class ObstacleNoteOut(OutModel):
    """历史中的一条。"""

    act: ObstacleAct
    act_label: str
    state: ObstacleState
    effective_on: Day
    due_on: Day
    lead_department: str
    responsible_person: str
    reason: str | None
    recorded_at: Moment
    recorded_by: str

    @classmethod
    def of(cls, note: ObstacleNote) -> Self:
        return cls.model_validate({**_fields(note, cls, "act_label"), "act_label": OBSTACLE_ACTS[note.act]})


class ObstacleOut(VersionedOut):
    """堵点。"""

    created_at: Moment
    updated_at: Moment
    region: str
    kind: ObstacleKind
    kind_label: str
    title: str
    description: str
    state: ObstacleState
    state_label: str
    lead_department: str
    responsible_person: str
    raised_on: Day
    due_on: Day
    ended_on: Day | None
    projects: list[HeldProjectOut]
    history: list[ObstacleNoteOut]
    may: May

    @classmethod
    def of(cls, obstacle: Obstacle, principal: Principal) -> Self:
        said = {
            "kind_label": OBSTACLE_KINDS[obstacle.kind],
            "state_label": OBSTACLE_STATES[obstacle.state],
            "projects": [HeldProjectOut.model_validate(each.project) for each in obstacle.holds],
            "history": [ObstacleNoteOut.of(note) for note in obstacle.notes],
            "may": _permissions(obstacle, principal),
        }
        return cls.model_validate({**_fields(obstacle, cls, *said), **said})


class FreedProjectOut(OutModel):
    """随之可以推进的一个项目。"""

    id: str
    name: str


class NamedObstacleOut(OutModel):
    """一个堵点及其负责部门。"""

    id: str
    title: str
    kind_label: str
    lead_department: str
    responsible_person: str
    due_on: Day


class LeverageOut(OutModel):
    """解决其中一项（或一组）堵点可以盘活多少。"""

    key: list[str] = Field(description="堵点编号、部门或类别；两两组合时为两个编号")
    label: str
    obstacles: list[NamedObstacleOut]
    freed: list[FreedProjectOut] = Field(description="再无其他堵点、可以推进的项目")
    touched: int = Field(description="涉及的项目数，含仍被其他堵点卡住的")
    at_stake_wan: DecimalText = Field(description="可盘活的年度投资：年度计划减已完成；当年未报进度的按年度计划全额计")
    total_wan: DecimalText = Field(description="可盘活项目的总投资")
    unknown_plans: int = Field(description="年度计划未知、未计入的项目数")
    unknown_totals: int = Field(description="总投资未知、未计入的项目数")
    unreported: int = Field(description="当年未报进度、按年度计划全额计的项目数")


class LeverageBoardOut(OutModel):
    """按可盘活投资排序；只列未解决的堵点与未竣工的项目。"""

    by: Fix
    items: list[LeverageOut]

    @classmethod
    def of(cls, fix: Fix, board: LeverageBoard) -> Self:
        return cls(by=fix, items=[_leverage(fix, each, board) for each in board.fixes])


def _leverage(fix: Fix, each: Leverage, board: LeverageBoard) -> LeverageOut:
    obstacles = [board.obstacles[identity] for identity in each.obstacles]
    amounts = ("touched", "at_stake_wan", "total_wan", "unknown_plans", "unknown_totals", "unreported")
    return LeverageOut(
        key=list(each.key),
        label=_label(fix, each, obstacles),
        obstacles=[_named(obstacle) for obstacle in obstacles],
        freed=[FreedProjectOut(id=identity, name=board.projects[identity].name) for identity in each.freed],
        **{name: getattr(each, name) for name in amounts},
    )


def _label(fix: Fix, each: Leverage, obstacles: Sequence[Obstacle]) -> str:
    if fix is Fix.DEPARTMENT:
        return each.key[0]
    if fix is Fix.KIND:
        return OBSTACLE_KINDS[ObstacleKind(each.key[0])]
    return " ＋ ".join(obstacle.title for obstacle in obstacles)


def _named(obstacle: Obstacle) -> NamedObstacleOut:
    fields = _fields(obstacle, NamedObstacleOut, "kind_label")
    return NamedObstacleOut.model_validate({**fields, "kind_label": OBSTACLE_KINDS[obstacle.kind]})


def _fields(row: object, model: type[OutModel], *but: str) -> dict[str, object]:
    return {name: getattr(row, name) for name in model.model_fields if name not in but}


def _permissions(obstacle: Obstacle, principal: Principal) -> May:
    permissions = {}
    for act in ObstacleAct:
        if act is ObstacleAct.RAISE:
            continue
        reason = None
        if not principal.may("project:write"):
            reason = "该密钥没有写权限（project:write）。"
        elif (obstacle.state, act) not in MOVES:
            reason = f"堵点{OBSTACLE_STATES[obstacle.state]}，不能{OBSTACLE_ACTS[act]}。"
        permissions[act.value] = Permission(allowed=reason is None, reason=reason)
    return permissions
