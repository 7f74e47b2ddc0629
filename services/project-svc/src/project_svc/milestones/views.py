"""What goes out about milestones."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field

from project_svc.codes import SYNTHETIC_LABEL, Stage
from project_svc.milestones.errors import MilestoneNotOpen
from project_svc.milestones.models import Milestone
from project_svc.milestones.outlook import schedule_on
from project_svc.milestones.rules import DateBasis, Lamp, MilestoneState, Warned, days_overdue, lamp
from project_svc.milestones.schemas import WorkOut
from project_svc.milestones.service import conflicts
from project_svc.milestones.shipped import templates, watch_on
from project_svc.network.rules import LinkType
from project_svc.network.schedule import Schedule
from project_svc.network.wording import advice, verdict
from shared.kit.http import Principal, VersionedOut
from shared.kit.schemas import Day, DecimalText, May, Moment, OutModel, Permission

WARNINGS: Final = MappingProxyType(
    {Warned.DUE_SOON: "due_soon", Warned.OVERDUE: "overdue", Warned.SERIOUSLY_OVERDUE: "seriously_overdue"}
)
ACTS: Final = ("complete", "re_baseline")


class PredecessorOut(OutModel):
    """须先完成的节点及间隔的工作日。"""

    milestone: str
    type: LinkType
    lag_working_days: int


class ReBaselineOut(OutModel):
    """一次经批准的到期日调整。"""

    from_due_on: Day
    to_due_on: Day
    reason: str
    approver: str
    approved_on: Day
    document: str | None
    recorded_at: Moment
    recorded_by: str


class WarningOut(OutModel):
    """巡查记录的一次越线。"""

    warning: str
    due_on: Day
    crossed_on: Day
    recorded_at: Moment


class MilestoneOut(VersionedOut):
    """节点及其三个日期；due_on、lamp、days_overdue 均为截至 as_of 当天。金额单位为万元。"""

    created_at: Moment
    updated_at: Moment
    project: str
    project_code: str | None
    project_name: str
    region: str
    total_investment_wan: DecimalText | None
    sponsor_post: str
    lead_department: str
    responsible_person: str
    position: int
    name: str
    stage: Stage
    stage_label: str
    state: MilestoneState
    baseline_due_on: Day
    current_due_on: Day
    actual_on: Day | None
    date_basis: DateBasis
    evidence: dict[str, Any] | None
    predecessors: list[PredecessorOut]
    re_baselines: list[ReBaselineOut]
    warnings: list[WarningOut]
    as_of: Day
    due_on: Day
    lamp: Lamp
    days_overdue: int
    days_late: Annotated[int | None, Field(description="完成日比现行到期日晚几天，提前为负；未完成为空")]
    synthetic: bool
    data_label: Annotated[str | None, Field(description=f"合成数据标为“{SYNTHETIC_LABEL}”，其余为空")]
    work: WorkOut
    note: str | None
    may: May

    @classmethod
    def of(cls, milestone: Milestone, day: date, principal: Principal) -> "MilestoneOut":
        return cls.model_validate(
            {**_own(milestone), **_whose(milestone), **_on(milestone, day), "may": _permissions(milestone, principal)}
        )


class ConflictOut(OutModel):
    """到期日与前置关系不符之处。"""

    milestone: str
    predecessor: str
    type: LinkType
    lag_working_days: int
    earliest_on: Day


class OutlookOut(OutModel):
    """计划能否按期；不可能时说明差几个工作日、为什么、至少压缩什么。"""

    impossible: bool
    impossible_by_working_days: int
    explanation: str
    compression: str | None

    @classmethod
    def of(cls, found: Schedule) -> "OutlookOut":
        return cls(
            impossible=found.miss is not None,
            impossible_by_working_days=found.miss.working_days if found.miss else 0,
            explanation=verdict(found),
            compression=advice(found),
        )


class PlanOut(OutModel):
    """项目的全部节点计划；id 与 version 是项目的。"""

    id: str
    version: int
    milestones: list[MilestoneOut]
    date_conflicts: list[ConflictOut]
    outlook: Annotated[OutlookOut | None, Field(description="今天看能否按期；查看往日计划时为空")]


class TemplateOut(OutModel):
    """一种节点模板。"""

    code: str
    name: str
    kinds: list[str]
    basis: str
    nodes: list[str]


class TemplatesOut(OutModel):
    """全部节点模板。"""

    items: list[TemplateOut]

    @classmethod
    def all(cls) -> "TemplatesOut":
        return cls(
            items=[
                TemplateOut(
                    code=each.code,
                    name=each.name,
                    kinds=sorted(each.kinds),
                    basis=each.basis,
                    nodes=[node.name for node in each.nodes],
                )
                for each in templates().values()
            ]
        )


def plan_out(milestones: Sequence[Milestone], day: date, principal: Principal, *, today: date) -> PlanOut:
    """A plan with the dependencies that its days do not keep, and whether it can be kept; at least one milestone."""
    project = milestones[0].project
    found = [
        ConflictOut(
            milestone=each.link.successor,
            predecessor=each.link.predecessor,
            type=each.link.type,
            lag_working_days=each.link.lag_working_days,
            earliest_on=each.earliest_on,
        )
        for each in conflicts(milestones)
    ]
    shown = [MilestoneOut.of(each, day, principal) for each in milestones]
    schedule = schedule_on(milestones, today) if day == today else None
    outlook = OutlookOut.of(schedule) if schedule else None
    return PlanOut(id=project.id, version=project.version, milestones=shown, date_conflicts=found, outlook=outlook)


_COLUMNS: Final = (
    *("id", "version", "created_at", "updated_at", "position", "name", "stage", "state", "baseline_due_on", "current_due_on"),
    *("actual_on", "date_basis", "evidence", "note"),
)


def _own(milestone: Milestone) -> dict[str, Any]:
    links = [
        PredecessorOut(milestone=link.predecessor_id, type=link.type, lag_working_days=link.lag_working_days)
        for link in milestone.predecessors
    ]
    warnings = [
        WarningOut(
            warning=WARNINGS[Warned(each.warned)], due_on=each.due_on, crossed_on=each.crossed_on, recorded_at=each.recorded_at
        )
        for each in milestone.crossings
    ]
    own = {name: getattr(milestone, name) for name in _COLUMNS}
    return {
        **own,
        "stage_label": milestone.stage.label,
        "work": WorkOut.of(milestone.work),
        "predecessors": links,
        "re_baselines": milestone.re_baselines,
        "warnings": warnings,
    }


def _whose(milestone: Milestone) -> dict[str, Any]:
    project = milestone.project
    return {
        "project": project.id,
        "project_code": project.code,
        "project_name": project.name,
        "region": project.region,
        "total_investment_wan": project.total_investment_wan,
        "sponsor_post": project.sponsor_post,
        "lead_department": project.lead_department,
        "responsible_person": project.responsible_person,
        "synthetic": project.synthetic,
        "data_label": SYNTHETIC_LABEL if project.synthetic else None,
    }


def _on(milestone: Milestone, day: date) -> dict[str, Any]:
    node = milestone.on_day(day)
    done = milestone.actual_on
    return {
        "as_of": day,
        "due_on": node.due_on,
        "lamp": lamp(node, day, watch_on(day)),
        "days_overdue": days_overdue(node.due_on, day) if node.state is MilestoneState.OPEN else 0,
        "days_late": (done - milestone.current_due_on).days if done else None,
    }


def _permissions(milestone: Milestone, principal: Principal) -> May:
    reason = None
    if not principal.may("project:write"):
        reason = "该密钥没有写权限（project:write）。"
    elif milestone.state is not MilestoneState.OPEN:
        reason = MilestoneNotOpen(milestone.name, milestone.state).detail
    return {act: Permission(allowed=reason is None, reason=reason) for act in ACTS}
