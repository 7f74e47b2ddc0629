"""Targets, planning tasks and the library's summary on the wire. Money is 万元."""

from typing import Annotated, Self

from pydantic import Field as Described
from pydantic import model_validator

from bond_svc.targets.models import LibraryTarget, PlanningTask
from bond_svc.targets.rules import DEFAULT_TARGET_WAN, Line, Measure, Totals
from bond_svc.targets.service import Summary, TargetValues, TaskText
from shared.kit.schemas import Code, Day, DecimalText, InModel, May, Moment, OutModel, Permission, RegionCode, ShortText

Amount = Annotated[DecimalText, Described(ge=0)]


class TargetIn(InModel):
    region: RegionCode
    target_wan: Annotated[Amount, Described(description="入库目标（万元），缺省 1000 亿元")] = DEFAULT_TARGET_WAN
    measure: Annotated[Measure, Described(description="total_investment：按总投资；bond_demand：按专项债券需求")] = (
        Measure.TOTAL_INVESTMENT
    )

    def values(self) -> TargetValues:
        return TargetValues(self.target_wan, self.measure)


class TargetPatch(InModel):
    """未给出的字段保持不变。"""

    target_wan: Amount | None = None
    measure: Measure | None = None

    def values(self) -> TargetValues:
        return TargetValues(self.target_wan, self.measure)


class TargetOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    region: str
    target_wan: DecimalText
    measure: Measure
    short: Annotated[bool | None, Described(description="是否不足；尚未统计过时为 null")]
    since: Annotated[Moment | None, Described(description="从何时起处于这一状态")]
    crossings: Annotated[int, Described(description="跌破或恢复目标的次数")]
    may: May

    @classmethod
    def of(cls, target: LibraryTarget) -> "TargetOut":
        columns = {name: getattr(target, name) for name in cls.model_fields if name != "may"}
        return cls.model_validate({**columns, "may": {"patch": Permission(allowed=True)}})


class TaskIn(InModel):
    region: RegionCode
    department: ShortText
    portfolio: Code
    task_wan: Annotated[Amount, Described(description="谋划任务（万元）")]
    due_on: Day | None = None
    synthetic: Annotated[bool, Described(description="演示数据")] = False

    def text(self) -> TaskText:
        return TaskText(self.region, self.department, self.portfolio, self.task_wan, self.due_on, self.synthetic)


class TaskPatch(InModel):
    """未给出的字段保持不变。"""

    portfolio: Code | None = None
    task_wan: Amount | None = None
    due_on: Day | None = None

    @model_validator(mode="after")
    def _no_null_where_none_may_be(self) -> Self:
        for name in ("portfolio", "task_wan"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"字段 {name} 不能为 null。")
        return self

    def changes(self) -> list[tuple[str, object]]:
        return [(name, getattr(self, name)) for name in sorted(self.model_fields_set)]


class TaskOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    region: str
    department: str
    portfolio: str
    task_wan: DecimalText
    due_on: Day | None
    synthetic: bool
    may: May

    @classmethod
    def of(cls, task: PlanningTask) -> "TaskOut":
        columns = {name: getattr(task, name) for name in cls.model_fields if name != "may"}
        yes = Permission(allowed=True)
        return cls.model_validate({**columns, "may": {"patch": yes, "delete": yes}})


class LineOut(OutModel):
    """某分管领域或部门的入库情况；没有谋划任务时 task_wan 和 gap_wan 为 null。"""

    portfolio: str
    department: str | None
    task_wan: DecimalText | None
    total_investment_wan: DecimalText
    bond_demand_wan: DecimalText
    projects: int
    gap_wan: DecimalText | None

    @classmethod
    def of(cls, line: Line) -> "LineOut":
        return cls(
            portfolio=line.portfolio,
            department=line.department,
            task_wan=line.task_wan,
            total_investment_wan=line.totals.total_investment_wan,
            bond_demand_wan=line.totals.bond_demand_wan,
            projects=line.totals.projects,
            gap_wan=line.gap_wan,
        )


class StateOut(OutModel):
    state: str
    total_investment_wan: DecimalText
    bond_demand_wan: DecimalText
    projects: int

    @classmethod
    def of(cls, state: str, totals: Totals) -> "StateOut":
        return cls(
            state=state,
            total_investment_wan=totals.total_investment_wan,
            bond_demand_wan=totals.bond_demand_wan,
            projects=totals.projects,
        )


class SummaryOut(OutModel):
    """一个地区的专债项目库与入库目标；只计储备、可申报、已申报的项目。"""

    region: str
    target_wan: DecimalText
    measure: Measure
    total_investment_wan: DecimalText
    bond_demand_wan: DecimalText
    projects: int
    gap_wan: DecimalText
    short: bool
    since: Moment | None
    synthetic: Annotated[bool, Described(description="含演示数据")]
    by_state: list[StateOut]
    by_portfolio: list[LineOut]
    by_department: list[LineOut]

    @classmethod
    def of(cls, summary: Summary) -> "SummaryOut":
        return cls(
            region=summary.region,
            target_wan=summary.target_wan,
            measure=summary.measure,
            total_investment_wan=summary.totals.total_investment_wan,
            bond_demand_wan=summary.totals.bond_demand_wan,
            projects=summary.totals.projects,
            gap_wan=summary.gap_wan,
            short=summary.short,
            since=None if summary.target is None else summary.target.since,
            synthetic=summary.totals.synthetic,
            by_state=[StateOut.of(state, totals) for state, totals in summary.by_state.items()],
            by_portfolio=[LineOut.of(line) for line in summary.by_portfolio],
            by_department=[LineOut.of(line) for line in summary.by_department],
        )
