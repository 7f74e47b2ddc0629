"""Deliveries on the wire."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from alert_svc.deliveries.models import Delivery, DeliveryAttempt
from alert_svc.deliveries.rules import DeliveryState, Outcome
from shared.kit.auth import Principal
from shared.kit.schemas import May, OutModel, Permission


class AttemptOut(OutModel):
    number: int = Field(description="第几次尝试")
    started_at: datetime
    outcome: Outcome = Field(description="结果；unknown 表示正在发送，或发送进程中断")
    status: int | None = Field(description="接收方的 HTTP 状态码")
    latency_ms: int | None = Field(description="耗时（毫秒）")
    detail: str


class DeliveryBody(OutModel):
    """A delivery, but for its body and what the caller may do with it."""

    id: str = Field(description="即推送头 webhook-id，重试时不变")
    version: int
    created_at: datetime
    updated_at: datetime
    endpoint_id: str
    alert_id: str | None = Field(description="测试推送为空")
    type: str
    state: DeliveryState
    attempts: int = Field(description="已尝试次数")
    due_at: datetime = Field(description="下一次尝试的时刻（待发送时有意义）")
    delivered_at: datetime | None
    last_outcome: Outcome | None


class DeliveryOut(DeliveryBody):
    may: May = Field(description="调用者接下来可以做什么")


class DeliveryInFull(DeliveryOut):
    message: dict[str, Any] = Field(description="推送内容")
    tries: list[AttemptOut] = Field(description="每次尝试")


def delivery_out(delivery: Delivery, caller: Principal) -> DeliveryOut:
    """A delivery as this caller sees it."""
    return DeliveryOut(**DeliveryBody.model_validate(delivery).model_dump(), may={"retry": _retry(delivery, caller)})


def in_full(delivery: Delivery, attempts: Sequence[DeliveryAttempt], caller: Principal) -> DeliveryInFull:
    """A delivery with what was sent and every attempt."""
    tries = [AttemptOut.model_validate(attempt) for attempt in attempts]
    return DeliveryInFull(**delivery_out(delivery, caller).model_dump(), message=json.loads(delivery.body), tries=tries)


def _retry(delivery: Delivery, caller: Principal) -> Permission:
    if not caller.may("alert:write"):
        return Permission(allowed=False, reason="该密钥没有 alert:write 权限。")
    under_way = delivery.state in {DeliveryState.PENDING, DeliveryState.SENDING}
    return Permission(allowed=not under_way, reason="推送仍在按计划重试。" if under_way else None)
