"""Alert rules on the wire."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from alert_svc.rules.models import AlertRule
from alert_svc.rules.rules import Definition, RuleState
from shared.kit.auth import Principal
from shared.kit.schemas import Day, InModel, May, OutModel, Permission, ShortText

RuleCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$", max_length=60)]
"""`milestone.overdue`."""


class RuleIn(InModel):
    """A new version of an alert rule, kept as a draft until it is published."""

    code: RuleCode = Field(description="规则代码，如 milestone.overdue")
    name: Annotated[ShortText, Field(max_length=100)] = Field(description="规则名称")
    effective_from: Day = Field(description="生效日")
    definition: Definition = Field(description="规则内容：信号、等级、文本模板、责任链、示例")


class RuleBody(OutModel):
    """A version of a rule, but for what the caller may do with it."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    number: int = Field(description="规则版本号")
    name: str
    state: RuleState
    effective_from: date
    definition: dict[str, Any]
    published_at: datetime | None
    published_by: str | None


class RuleOut(RuleBody):
    may: May = Field(description="调用者接下来可以做什么")


def rule_out(rule: AlertRule, caller: Principal) -> RuleOut:
    """A version as this caller sees it."""
    return RuleOut(**RuleBody.model_validate(rule).model_dump(), may={"publish": _publish(rule, caller)})


def _publish(rule: AlertRule, caller: Principal) -> Permission:
    if not caller.may("alert:write"):
        return Permission(allowed=False, reason="该密钥没有 alert:write 权限。")
    published = rule.state == RuleState.PUBLISHED
    return Permission(allowed=not published, reason="该版本已发布。" if published else None)
