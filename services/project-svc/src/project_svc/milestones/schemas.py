"""What comes in about milestones."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from project_svc.codes import Stage
from project_svc.milestones.models import Approval, Completion, Node
from project_svc.milestones.planning import FromTemplate, NodeDraft, PredecessorDraft
from project_svc.milestones.repository import MilestoneFilter
from project_svc.milestones.rules import DateBasis, MilestoneState
from project_svc.milestones.service import Predecessor
from project_svc.network.days import DayUnit, Work
from project_svc.network.rules import LinkType
from shared.kit.schemas import Code, Day, InModel, LongText, ObjectId, OutModel, RegionCode, ShortText

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"), Field(description="节点键，本计划内唯一")]
Lag = Annotated[int, Field(ge=-500, le=500, description="工作日，负数为提前")]


class WorkIn(InModel):
    """到达节点所需的工期；室外作业冬季停工期间不计，室内作业不受影响。"""

    days: Annotated[int, Field(ge=0, le=3_650, description="工期天数，0 为没有工期的时点")]
    unit: Annotated[DayUnit, Field(description="working_days：工作日（节假日除外、调休计入）；calendar_days：自然日")] = (
        DayUnit.WORKING
    )
    outdoor: Annotated[bool, Field(description="是否室外作业")] = False
    least_days: Annotated[int | None, Field(ge=0, description="最短工期；为空时按规定的最大压缩比例推算")] = None

    @model_validator(mode="after")
    def _least_within(self) -> Self:
        if self.least_days is not None and self.least_days > self.days:
            raise ValueError("最短工期不能大于工期。")
        return self

    def work(self) -> Work:
        return Work(self.days, self.unit, self.outdoor, self.least_days)


class WorkOut(OutModel):
    """到达节点所需的工期。"""

    days: int
    unit: DayUnit
    outdoor: bool
    least_days: Annotated[int | None, Field(description="最短工期；为空时按规定的最大压缩比例推算")]

    @classmethod
    def of(cls, work: Work) -> "WorkOut":
        return cls(days=work.days, unit=work.unit, outdoor=work.outdoor, least_days=work.least_days)


class CompletionIn(InModel):
    """节点何时完成，附依据。"""

    actual_on: Day
    reference: Annotated[ShortText, Field(description="佐证材料编号")]
    note: LongText | None = None

    def completion(self) -> Completion:
        return Completion(self.actual_on, self.reference, self.note)


class ReBaselineIn(InModel):
    """经批准调整到期日。"""

    due_on: Day
    reason: LongText
    approver: ShortText
    approved_on: Day
    document: ShortText | None = None

    def approval(self) -> Approval:
        return Approval(self.approver, self.approved_on, self.reason, self.document)


class KeyedPredecessorIn(InModel):
    """同一计划中须先完成的节点。"""

    key: Key
    type: LinkType = LinkType.FS
    lag_working_days: Lag = 0


class NodeIn(InModel):
    """计划中的一个节点；带 done 的在编排计划前已完成。"""

    key: Key
    name: ShortText
    stage: Stage
    baseline_due_on: Day
    date_basis: Annotated[DateBasis, Field(description="approved：经批准；assumed：资料未给出，系暂定")] = DateBasis.APPROVED
    predecessors: Annotated[list[KeyedPredecessorIn], Field(max_length=50, default_factory=list)]
    work: WorkIn = WorkIn(days=0)
    done: CompletionIn | None = None
    note: LongText | None = None

    def draft(self) -> NodeDraft:
        return NodeDraft(
            key=self.key,
            name=self.name,
            stage=self.stage,
            due_on=self.baseline_due_on,
            date_basis=self.date_basis,
            predecessors=[PredecessorDraft(**dict(each)) for each in self.predecessors],
            work=self.work.work(),
            done=self.done.completion() if self.done else None,
            note=self.note,
        )


class PlanIn(InModel):
    """项目的节点计划：逐个给出节点，或给出模板和首个节点的到期日。"""

    project: ObjectId
    nodes: Annotated[list[NodeIn] | None, Field(min_length=1, max_length=200)] = None
    template: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,59}$")] | None = None
    begin_on: Annotated[Day | None, Field(description="按模板编排时，第一个节点的到期日")] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.nodes is None) == (self.template is None):
            raise ValueError("nodes 与 template 须填且只能填一项。")
        if (self.template is None) != (self.begin_on is None):
            raise ValueError("按模板编排须给出 begin_on；自行给出 nodes 时不要填写 begin_on。")
        return self

    def wanted(self) -> Sequence[NodeDraft] | FromTemplate:
        if self.template is not None and self.begin_on is not None:
            return FromTemplate(self.template, self.begin_on)
        return [node.draft() for node in self.nodes or ()]


class PredecessorIn(InModel):
    """同一项目中须先完成的节点。"""

    milestone: ObjectId
    type: LinkType = LinkType.FS
    lag_working_days: Lag = 0


def _no_repeats(wanted: list[PredecessorIn]) -> list[PredecessorIn]:
    if len({each.milestone for each in wanted}) < len(wanted):
        raise ValueError("同一前置节点只能填写一次。")
    return wanted


Predecessors = Annotated[list[PredecessorIn], Field(max_length=50), AfterValidator(_no_repeats)]


class MilestoneIn(InModel):
    """在项目计划末尾增加一个节点。"""

    project: ObjectId
    name: ShortText
    stage: Stage
    baseline_due_on: Day
    date_basis: DateBasis = DateBasis.APPROVED
    predecessors: Annotated[Predecessors, Field(default_factory=list)]
    work: WorkIn = WorkIn(days=0)
    note: LongText | None = None

    def node(self) -> Node:
        return Node(
            name=self.name,
            stage=self.stage,
            due_on=self.baseline_due_on,
            date_basis=self.date_basis,
            work=self.work.work(),
            note=self.note,
        )

    def after(self) -> list[Predecessor]:
        return [Predecessor(**dict(each)) for each in self.predecessors]


class MilestonePatch(InModel):
    """修改节点；到期日只能经批准调整。"""

    name: ShortText | None = None
    note: LongText | None = None
    predecessors: Predecessors | None = None
    work: WorkIn | None = None

    @model_validator(mode="after")
    def _keep_what_must_be_there(self) -> Self:
        emptied = [name for name in self.model_fields_set - {"note"} if getattr(self, name) is None]
        if emptied:
            raise ValueError(f"字段 {'、'.join(sorted(emptied))} 不能为 null。")
        return self

    def changes(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.predecessors is not None:
            given["predecessors"] = [Predecessor(**dict(each)) for each in self.predecessors]
        if self.work is not None:
            given["work"] = self.work.work()
        return given


class MilestoneQuery(BaseModel):
    """Filters of the list, read from the query."""

    project: ObjectId | None = None
    state: MilestoneState | None = None
    stage: Stage | None = None
    region: RegionCode | None = None
    sponsor_post: Code | None = None
    lead_department: ShortText | None = None
    synthetic: bool | None = None
    due_before: Annotated[Day | None, Field(description="现行到期日早于这一天")] = None
    due_from: Annotated[Day | None, Field(description="现行到期日不早于这一天")] = None
    as_of: Annotated[Day | None, Field(description="按这一天计算灯色与逾期天数，缺省为今天")] = None

    def filter(self) -> MilestoneFilter:
        return MilestoneFilter(**{name: value for name, value in self if name != "as_of"})
