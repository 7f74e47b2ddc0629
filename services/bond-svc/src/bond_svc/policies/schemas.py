"""Policies on the wire."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field as Described
from pydantic import StringConstraints, model_validator

from bond_svc.policies.models import Policy, PolicyState, PolicyText
from bond_svc.policies.rules import Field, Scope, Window
from shared.kit.schemas import Code, Day, DecimalText, InModel, May, Moment, OutModel, Permission, ShortText

Words = Annotated[list[ShortText], Described(max_length=500)]
Paper = Literal[
    "implementation_plan",
    "financial_report",
    "legal_opinion",
    "performance_evaluation",
    "approval",
    "feasibility_study",
    "land",
    "planning_permit",
    "environmental_review",
    "construction_permit",
]
FieldCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]


class DatedIn(InModel):
    name: ShortText
    effective_from: Day
    effective_to: Day | None


class FieldIn(InModel):
    """一个投向领域。"""

    code: FieldCode
    name: ShortText
    name_en: Annotated[str, Described(max_length=200)] = ""
    effective_from: Day
    effective_to: Day | None
    sub_fields: Annotated[list[DatedIn], Described(max_length=100)]
    capital: Annotated[list[DatedIn], Described(max_length=100, description="可用作项目资本金的行业")]
    typical_revenue: Words
    departments: Annotated[Words, Described(min_length=1)]
    portfolio: Code
    confidence: Annotated[str, Described(max_length=40, description="依据的可信度标记")]
    note: Annotated[str, Described(max_length=1000)] = ""
    legal_basis: Annotated[Words, Described(min_length=1)]


class NegativeIn(InModel):
    """负面清单的一个条目。"""

    code: FieldCode
    category: ShortText
    clause: ShortText
    confidence: Annotated[str, Described(max_length=40)]
    effective_from: Day
    effective_to: Day | None
    phrases: Annotated[Words, Described(description="出现即命中；* 代表至多六个字")]
    subject_phrases: Annotated[Words, Described(description="作为项目名称出现即命中，在建设内容中出现须说明")]
    doubtful: Annotated[Words, Described(description="出现时须说明")]
    unless: Annotated[Words, Described(description="包含上述词语但另有所指的词")]


class CoverageIn(InModel):
    """本息覆盖倍数的要求值、省级下限与合理上限。"""

    required: DecimalText
    floor: DecimalText
    ceiling: DecimalText


class ClausesIn(InModel):
    """各审查规则所依据的文件。"""

    field: ShortText
    negative_list: ShortText
    income: ShortText
    coverage: ShortText


class AskedRuleIn(InModel):
    """要审查的一条规则。"""

    rule: Literal["R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15", "R16"]
    severity: Annotated[Literal["H", "S"], Described(description="H：命中即不通过；S：命中仅提示")]
    clause: ShortText


class ReadinessIn(InModel):
    """规则 R05—R16 的参数；金额为万元，比例为百分数。"""

    rules: Annotated[list[AskedRuleIn], Described(min_length=1, max_length=12)]
    tolerance_wan: Annotated[DecimalText, Described(ge=0, le=1)]
    large_wan: Annotated[DecimalText, Described(gt=0, description="总投资超过此数须确认")]
    longest_term_years: Annotated[int, Described(ge=1, le=50)]
    terms: Annotated[list[int], Described(min_length=1, max_length=50, description="可发行的期限（年）")]
    approval_papers: Annotated[list[Paper], Described(max_length=20)]
    proposal_papers: Annotated[list[Paper], Described(max_length=20)]
    performance_sections: Annotated[Words, Described(description="事前绩效评估应涵盖的内容")]
    minimum_capital_pct: Annotated[DecimalText, Described(ge=0, le=100)]
    yellow_from_pct: DecimalText
    orange_from_pct: DecimalText
    red_from_pct: DecimalText


class PolicyDocument(InModel):
    """政策内容。"""

    scope: Annotated[Scope, Described(description="listed：只支持所列领域；open：未列入负面清单即可申报")]
    legal_basis: Annotated[Words, Described(min_length=1)]
    coverage: CoverageIn
    clauses: ClausesIn
    readiness: Annotated[ReadinessIn | None, Described(description="R05—R16 的参数；null 表示本版本不审查这些规则")] = None
    fields: Annotated[list[FieldIn], Described(max_length=100)]
    negatives: Annotated[list[NegativeIn], Described(max_length=200)]


class PolicyBody(InModel):
    name: ShortText
    effective_from: Day
    effective_to: Day | None = None
    document: PolicyDocument

    def text(self) -> PolicyText:
        return PolicyText(self.name, Window(self.effective_from, self.effective_to), self.document.model_dump(mode="json"))


class PolicyIn(PolicyBody):
    code: Code


class PolicyPatch(InModel):
    """未给出的字段保持不变。"""

    name: ShortText | None = None
    effective_from: Day | None = None
    effective_to: Day | None = None
    document: PolicyDocument | None = None

    @model_validator(mode="after")
    def _no_null_where_none_may_be(self) -> Self:
        for name in ("name", "effective_from", "document"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"字段 {name} 不能为 null。")
        return self

    def merged_into(self, policy: Policy) -> PolicyText:
        return PolicyText(
            self.name or policy.name,
            Window(
                self.effective_from or policy.effective_from,
                self.effective_to if "effective_to" in self.model_fields_set else policy.effective_to,
            ),
            policy.document if self.document is None else self.document.model_dump(mode="json"),
        )


class PolicyOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    code: str
    edition: int
    policy_version: str
    name: str
    state: PolicyState
    effective_from: Day
    effective_to: Day | None
    published_at: Moment | None
    superseded_at: Moment | None
    document: PolicyDocument
    may: May

    @classmethod
    def of(cls, policy: Policy) -> "PolicyOut":
        permission = Permission(
            allowed=policy.is_draft, reason=None if policy.is_draft else f"该版本{policy.state.label}，不能修改。"
        )
        columns = {name: getattr(policy, name) for name in cls.model_fields if name != "may"}
        return cls.model_validate({**columns, "may": {"patch": permission, "publish": permission}})


class FieldOut(OutModel):
    """某日可申报的一个投向领域。"""

    code: str
    name: str
    name_en: str
    sub_fields: list[str]
    capital: Annotated[list[str], Described(description="该日可用作项目资本金的行业")]
    typical_revenue: list[str]
    departments: list[str]
    portfolio: str
    confidence: str
    note: str
    legal_basis: list[str]
    effective_from: Day
    effective_to: Day | None

    @classmethod
    def of(cls, field: Field, on: Day) -> "FieldOut":
        same = {name: getattr(field, name) for name in cls.model_fields if hasattr(field, name)}
        dated = {"sub_fields": list(field.sub_fields_on(on)), "capital": list(field.capital_on(on))}
        window = {"effective_from": field.window.first, "effective_to": field.window.last}
        return cls.model_validate({**same, **dated, **window})


class FieldsOut(OutModel):
    """某日的投向领域及其所依据的政策版本。"""

    items: list[FieldOut]
    next_cursor: None = None
    on: Day
    policy_version: str | None
    scope: Scope | None
    unknown_reason: Annotated[Literal["no_policy_in_force"] | None, Described(description="没有有效政策版本时的原因")]

    @classmethod
    def under(cls, policy: Policy | None, fields: Sequence[Field], on: Day) -> "FieldsOut":
        return cls(
            items=[FieldOut.of(each, on) for each in fields],
            on=on,
            policy_version=None if policy is None else policy.policy_version,
            scope=None if policy is None else policy.rule_book.scope,
            unknown_reason="no_policy_in_force" if policy is None else None,
        )
