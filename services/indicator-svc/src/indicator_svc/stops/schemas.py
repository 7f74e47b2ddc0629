"""Stops over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from indicator_svc.stops.models import Plan, Stop
from indicator_svc.stops.repository import StopFilter
from indicator_svc.stops.rules import MOVES, Cause, Measure, StopAct, StopKind, StopState, drag_together
from shared.kit.decimals import round_half_up
from shared.kit.etags import VersionedOut
from shared.kit.schemas import (
    Code,
    Count,
    Day,
    DecimalText,
    InModel,
    LongText,
    May,
    Moment,
    OutModel,
    Permission,
    RegionCode,
    ShortText,
    Uscc,
)

Amount = Annotated[DecimalText, Field(ge=0, description="万元；未知填 null，不得以零代替")]
PLACES = 6


class LossFields(InModel):
    """停产造成的损失和测算基数；未知填 null。"""

    lost_output_wan: Annotated[Amount | None, Field(description="同期减少的产值")] = None
    lost_tax_wan: Amount | None = None
    jobs_affected: Count | None = None
    city_base_wan: Annotated[Amount | None, Field(description="全市上年同期产值，用于测算对增速的影响")] = None


class StopIn(LossFields):
    """登记一户停产企业。"""

    uscc: Uscc
    kind: Annotated[StopKind, Field(description="full 停产、partial 半停产、seasonal 季节性、overhaul 检修、closure 关停")]
    causes: Annotated[
        list[Cause],
        Field(
            min_length=1,
            max_length=9,
            description="market 市场、funds 资金、material 原料、energy 能源、environment 环保、safety 安全、labour 用工、"
            "lawsuit 诉讼、technical_change 技改",
        ),
    ]
    stopped_on: Day
    sponsor_post: Annotated[Code, Field(description="包抓领导（岗位代码）")]
    reason: LongText

    def fields(self) -> dict[str, Any]:
        given = {name: value for name, value in self if name not in ("uscc", "reason")}
        return {**given, "causes": [cause.value for cause in self.causes]}


class StopPatch(LossFields):
    """更正损失和测算基数；未列出的字段不变。"""

    sponsor_post: Code | None = None

    @model_validator(mode="after")
    def _keep_a_sponsor(self) -> Self:
        if "sponsor_post" in self.model_fields_set and self.sponsor_post is None:
            raise ValueError("字段 sponsor_post 不能为 null。")
        return self

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class MeasureIn(InModel):
    """一项措施：哪个部门、做什么、何时完成。"""

    department: ShortText
    action: LongText
    due_on: Day
    done_on: Day | None = None


class PlanIn(InModel):
    """一企一策复工方案；再次提交即为调整。"""

    resume_on: Annotated[Day, Field(description="预计复工日")]
    conditions: Annotated[LongText, Field(description="复工条件")]
    measures: Annotated[list[MeasureIn], Field(min_length=1, max_length=50)]
    reason: LongText

    def plan(self) -> Plan:
        return Plan(self.resume_on, self.conditions, [Measure(**dict(each)) for each in self.measures])


class EndIn(InModel):
    """复工或退出的日期和依据。"""

    on: Day
    reason: LongText


class StatusIn(InModel):
    """每周进展。"""

    on: Day
    progress: LongText


class MeasureOut(OutModel):
    """一项措施，及是否逾期。"""

    department: str
    action: str
    due_on: date
    done_on: date | None
    late: bool


class StopOut(VersionedOut):
    """一次停产：损失、对全市增速的影响、复工方案和下次进展应报日。"""

    created_at: Moment
    updated_at: Moment
    uscc: str
    enterprise_name: str
    region: str
    industry: str
    state: StopState
    kind: StopKind
    causes: list[Cause]
    stopped_on: date
    ended_on: date | None
    sponsor_post: str
    lost_output_wan: DecimalText | None
    lost_tax_wan: DecimalText | None
    jobs_affected: int | None
    city_base_wan: DecimalText | None
    drag_pp: Annotated[DecimalText | None, Field(description="对全市增速的影响（百分点，负数为下拉）；null 表示未知")]
    conditions: str | None
    measures: list[MeasureOut]
    resume_on: date | None
    status_due_on: Annotated[date | None, Field(description="下次进展应报日")]
    may: May

    @classmethod
    def of(cls, stop: Stop, today: date) -> Self:
        enterprise = stop.enterprise
        beside = {
            "uscc": enterprise.uscc,
            "enterprise_name": enterprise.name,
            "region": enterprise.region,
            "industry": enterprise.industry,
            "measures": [_measure(each, today) for each in stop.measures],
            "status_due_on": stop.weekly.due_on,
            "may": _may(StopState(stop.state)),
        }
        own = {name: getattr(stop, name) for name in cls.model_fields.keys() - beside.keys()}
        return cls.model_validate({**own, **beside})


def _measure(document: dict[str, Any], today: date) -> MeasureOut:
    days = {name: document[name] and date.fromisoformat(document[name]) for name in ("due_on", "done_on")}
    measure = Measure(document["department"], document["action"], **days)
    return MeasureOut(**document | days, late=measure.is_late(today))


def _may(state: StopState) -> May:
    acts = (StopAct.PLAN, StopAct.RESUME, StopAct.EXIT)
    return {
        act: Permission(allowed=(state, act) in MOVES, reason=None if (state, act) in MOVES else "停产已经结束。") for act in acts
    }


class StopMoveOut(OutModel):
    """停产历史中的一步。"""

    position: int
    act: StopAct
    state: StopState
    resume_on: date | None
    reason: str
    recorded_at: Moment
    recorded_by: str


class StopMovesOut(OutModel):
    """停产历史，由先到后。"""

    items: list[StopMoveOut]


class StatusOut(VersionedOut):
    """一次每周进展。"""

    version: int = 1
    stop_id: str
    on: date
    progress: str
    recorded_at: Moment
    recorded_by: str


class DragOut(OutModel):
    """一个地区停产企业对增速的影响合计；未知的不计入，另列户数。"""

    region: str
    standing: int
    drag_pp: DecimalText
    unknown: Annotated[int, Field(description="影响未知、未计入合计的户数")]

    @classmethod
    def of(cls, region: str, stops: Sequence[Stop]) -> Self:
        drag, unknown = drag_together([(each.lost_output_wan, each.city_base_wan) for each in stops])
        return cls(region=region, standing=len(stops), drag_pp=round_half_up(drag, PLACES), unknown=unknown)


class StopQuery(BaseModel):
    """Filters of the list, read from the query."""

    state: StopState | None = None
    kind: StopKind | None = None
    region: RegionCode | None = None
    uscc: Uscc | None = None
    sponsor_post: Code | None = None
    resume_before: Annotated[Day | None, Field(description="预计复工日早于这一天")] = None

    def filter(self) -> StopFilter:
        return StopFilter(**dict(self))
