"""Webhook receivers on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from alert_svc.endpoints.models import WebhookEndpoint
from alert_svc.endpoints.rules import DisabledBecause, EndpointState
from shared.contracts.facts import Level
from shared.kit.auth import Principal
from shared.kit.schemas import InModel, May, OutModel, Permission, ShortText

Url = Annotated[str, Field(min_length=1, max_length=2000)]
Levels = Annotated[list[Level], Field(max_length=5)]
Names = Annotated[list[ShortText], Field(max_length=200)]


class EndpointIn(InModel):
    """A receiver of pushes; an empty filter wants everything."""

    url: Url = Field(description="推送地址；主机须已登记，须为 https（除非运维特许）")
    description: ShortText = Field(description="接收方说明")
    levels: Levels = Field(default=[], description="只推送这些等级；空为全部")
    rules: Names = Field(default=[], description="只推送这些规则；空为全部")
    departments: Names = Field(default=[], description="只推送这些牵头部门的预警；空为全部")


class EndpointPatch(InModel):
    """What to change; a field that is left out stays as it is."""

    url: Url | None = Field(default=None, description="推送地址")
    description: ShortText | None = Field(default=None, description="接收方说明")
    state: Literal["enabled", "disabled"] | None = Field(default=None, description="启用或停用")
    levels: Levels | None = Field(default=None, description="只推送这些等级；空列表为全部")
    rules: Names | None = Field(default=None, description="只推送这些规则；空列表为全部")
    departments: Names | None = Field(default=None, description="只推送这些牵头部门的预警；空列表为全部")

    @model_validator(mode="after")
    def _nothing_is_null(self) -> Self:
        if nulls := [name for name in self.model_fields_set if getattr(self, name) is None]:
            raise ValueError(f"字段 {'、'.join(sorted(nulls))} 不能为 null；不修改请省略。")
        return self


class RotationIn(InModel):
    """How long the old secret signs along with the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = Field(default=24, description="新旧密钥同时有效的小时数")


class EndpointBody(OutModel):
    """A receiver, but for what the caller may do with it."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    url: str
    description: str
    state: EndpointState
    disabled_because: DisabledBecause | None = Field(description="停用原因：人工、接收方答 410、重试用尽")
    disabled_at: datetime | None
    levels: list[Level]
    rules: list[str]
    departments: list[str]


class EndpointOut(EndpointBody):
    may: May = Field(description="调用者接下来可以做什么")


class EndpointWithSecret(EndpointOut):
    secret: str = Field(description="签名密钥（Standard Webhooks），只显示这一次，请妥善保存")


def endpoint_out(endpoint: WebhookEndpoint, caller: Principal) -> EndpointOut:
    """A receiver as this caller sees it; its secrets never show."""
    return EndpointOut(**EndpointBody.model_validate(endpoint).model_dump(), may=_may(endpoint, caller))


def with_secret(endpoint: WebhookEndpoint, secret: str, caller: Principal) -> EndpointWithSecret:
    """A receiver with the secret that was just made for it."""
    return EndpointWithSecret(**endpoint_out(endpoint, caller).model_dump(), secret=secret)


def _may(endpoint: WebhookEndpoint, caller: Principal) -> May:
    if not caller.may("alert:write"):
        refused = Permission(allowed=False, reason="该密钥没有 alert:write 权限。")
        return dict.fromkeys(("change", "test", "rotate"), refused)
    reason = None if endpoint.state == EndpointState.ENABLED else "推送接收方已停用。"
    allowed = Permission(allowed=True)
    return {"change": allowed, "test": Permission(allowed=reason is None, reason=reason), "rotate": allowed}
