"""Alerts on the wire."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from alert_svc.alerts.models import Alert, CaseEntry
from alert_svc.alerts.rules import AlertState, Role
from alert_svc.deliveries.repository import Told
from shared.contracts.facts import Level
from shared.kit.auth import Principal
from shared.kit.schemas import Day, InModel, LongText, May, OutModel, Permission, ShortText


class AcknowledgementIn(InModel):
    """Who takes the alert on, with what plan, until when."""

    by: ShortText = Field(description="认领人或单位")
    plan: LongText = Field(description="整改措施")
    due_on: Day | None = Field(default=None, description="承诺完成日，今天或以后")


class CommentIn(InModel):
    text: LongText = Field(description="意见内容")


class ObjectOut(OutModel):
    service: str = Field(description="对象所在服务")
    type: str = Field(description="对象类型")
    id: str
    name: str


class ResponsibleOut(OutModel):
    role: Role = Field(description="责任类型：牵头部门、分管口、包抓领导岗位、责任人")
    code: str = Field(description="目录代码或姓名")


class CommitmentOut(OutModel):
    by: str
    plan: str
    due_on: date | None


class AlertBody(OutModel):
    """An alert, but for what the caller may do with it."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    region: str = Field(description="行政区划代码（GB/T 2260）")
    rule: str = Field(description="预警规则代码")
    rule_number: int = Field(description="所依据的规则版本")
    object: ObjectOut = Field(description="预警对象")
    period: str = Field(description="期间；无期间的规则为空")
    occurrence: int = Field(description="同一规则、对象、期间的第几次预警")
    level: Level = Field(description="预警等级")
    state: AlertState = Field(description="状态：待认领、已认领、已关闭")
    raised_at: datetime
    level_since: datetime = Field(description="进入当前等级的时刻")
    acknowledged_at: datetime | None
    closed_at: datetime | None
    closed_because: str | None = Field(description="关闭原因")
    reason: str = Field(description="预警内容")
    clause: str = Field(description="依据条款")
    responsible: list[ResponsibleOut] = Field(description="责任链")
    commitment: CommitmentOut | None = Field(description="认领时的承诺")
    synthetic: bool = Field(description="是否由演示数据产生")


class AlertOut(AlertBody):
    may: May = Field(description="调用者接下来可以做什么")


class ReceiverOut(OutModel):
    endpoint_id: str
    url: str
    description: str


class HistoryEntryOut(OutModel):
    """One entry of a case file: a change, a comment, or an attempt to tell somebody."""

    id: str
    at: datetime
    kind: str = Field(description="raised、level_changed、acknowledged、closed、commented、evidence_changed 或 told")
    actor: str = Field(description="操作者：密钥持有人、消息来源或推送组件")
    level: Level | None = Field(description="当时的等级；推送记录为空")
    note: dict[str, Any] = Field(description="变化内容")
    through: str | None = Field(description="推送渠道；非推送记录为空")
    receiver: ReceiverOut | None = Field(description="推送接收方")
    outcome: str | None = Field(description="推送结果")


Department = Annotated[str, Field(max_length=200)]


def alert_out(alert: Alert, caller: Principal) -> AlertOut:
    """An alert as this caller sees it."""
    return AlertOut(**AlertBody.model_validate(alert).model_dump(), may=_may(alert, caller))


def _may(alert: Alert, caller: Principal) -> May:
    if not caller.may("alert:write"):
        refused = Permission(allowed=False, reason="该密钥没有 alert:write 权限。")
        return {"acknowledge": refused, "comment": refused}
    reasons = {AlertState.ACKNOWLEDGED: "预警已被认领。", AlertState.CLOSED: "预警已关闭。"}
    reason = reasons.get(AlertState(alert.state))
    return {"acknowledge": Permission(allowed=reason is None, reason=reason), "comment": Permission(allowed=True)}


def entry_out(item: CaseEntry | Told) -> HistoryEntryOut:
    """An entry of the history, whichever kind it is."""
    return _told_out(item) if isinstance(item, Told) else _written_out(item)


def _written_out(entry: CaseEntry) -> HistoryEntryOut:
    return HistoryEntryOut(
        id=f"entry-{entry.id}",
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        level=Level(entry.level),
        note=entry.note,
        through=None,
        receiver=None,
        outcome=None,
    )


def _told_out(told: Told) -> HistoryEntryOut:
    attempt, delivery, endpoint = told.attempt, told.delivery, told.endpoint
    note = {"delivery_id": delivery.id, "type": delivery.type, "attempt": attempt.number}
    return HistoryEntryOut(
        id=f"attempt-{attempt.id}",
        at=attempt.started_at,
        kind="told",
        actor="worker:deliveries",
        level=None,
        note={**note, "status": attempt.status, "latency_ms": attempt.latency_ms, "detail": attempt.detail},
        through="webhook",
        receiver=ReceiverOut(endpoint_id=endpoint.id, url=endpoint.url, description=endpoint.description),
        outcome=attempt.outcome,
    )
