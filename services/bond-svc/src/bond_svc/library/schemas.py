"""Library projects on the wire. Money is 万元 unless the row says `unit: 亿元`."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Described

from bond_svc.balances.rules import LONGEST_TERM_YEARS, Repayment
from bond_svc.library.models import DocumentKind, LibraryDocument, LibraryMove, LibraryProject
from bond_svc.library.readiness_schemas import ReadinessContents, ReadinessOut
from bond_svc.library.repository import ProjectFilter
from bond_svc.library.rules import ENTRY_STATES, YI_IN_WAN, IncomeNature, LibraryState
from bond_svc.library.service import DocumentText, Proposal, possible_moves
from shared.kit.decimals import exact_arithmetic, plain
from shared.kit.schemas import (
    Code,
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
)

FieldCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
Amount = DecimalText | None
Unit = Annotated[Literal["万元", "亿元"], Described(description="本行所有金额的单位；保存和返回一律为万元")]
Years = Annotated[int, Described(ge=1, le=LONGEST_TERM_YEARS)]
FACTORS: Final = {"万元": Decimal(1), "亿元": YI_IN_WAN}
REQUIRED: Final = ("name", "lead_department", "portfolio", "clarifications", "large_confirmed")


class IncomeLineIn(InModel):
    """一项收入来源；nature：government_fund 政府性基金收入，special_revenue 专项收入，other 其他。"""

    name: Annotated[str, Described(max_length=200)]
    nature: IncomeNature | None
    total_wan: Annotated[Amount, Described(description="债券存续期内合计")]
    first_year: Annotated[Years | None, Described(description="自债券存续期第几年起")] = None
    last_year: Annotated[Years | None, Described(description="至债券存续期第几年止")] = None


class CashFlowIn(InModel):
    """债券存续期内一年的现金流；未知填 null，不能以 0 代替。"""

    year: Annotated[Years, Described(description="债券存续期第几年")]
    income_wan: Amount
    operating_cost_wan: Annotated[Amount, Described(description="不含折旧和利息")]
    tax_wan: Amount
    market_debt_service_wan: Annotated[DecimalText, Described(description="市场化融资还本付息")] = Decimal()
    funded_debt_service_wan: Annotated[DecimalText, Described(description="由资金筹措方案解决的还本付息（如建设期利息）")] = (
        Decimal()
    )


class ClarificationIn(InModel):
    """对审查中存疑词语的说明。"""

    mention: ShortText
    statement: LongText


class ContentsIn(ReadinessContents):
    """项目内容；可为 null 的字段表示未知。"""

    name: ShortText | None = None
    description: Annotated[LongText | None, Described(description="建设内容")] = None
    field: Annotated[FieldCode | None, Described(description="投向领域代码，见 /fields")] = None
    sub_field: ShortText | None = None
    lead_department: ShortText | None = None
    portfolio: Annotated[Code | None, Described(description="分管市领导代码")] = None
    total_investment_wan: Amount = None
    bond_demand_wan: Amount = None
    capital_wan: Amount = None
    other_funding_wan: Amount = None
    unit: Unit = "万元"
    large_confirmed: Annotated[bool, Described(description="确认总投资确实超过 200 亿元")] = False
    public_interest: bool | None = None
    income_lines: Annotated[
        list[IncomeLineIn] | None, Described(max_length=100, description="空列表表示没有任何收入，null 表示未知")
    ] = None
    rate_pct: Annotated[DecimalText | None, Described(ge=0, le=100, description="年利率（%）")] = None
    term_years: Years | None = None
    repayment: Repayment | None = None
    grace_years: Annotated[int | None, Described(ge=0, lt=LONGEST_TERM_YEARS)] = None
    instalments_wan: Annotated[list[DecimalText] | None, Described(max_length=LONGEST_TERM_YEARS)] = None
    cash_flows: Annotated[list[CashFlowIn] | None, Described(max_length=LONGEST_TERM_YEARS)] = None
    clarifications: Annotated[list[ClarificationIn], Described(default_factory=list, max_length=100)]

    @model_validator(mode="after")
    def _no_null_where_none_may_be(self) -> Self:
        for name in REQUIRED:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"字段 {name} 不能为 null。")
        return self

    def contents(self) -> dict[str, Any]:
        """What was given, by column name, with every amount in 万元."""
        given = {
            name: getattr(self, name) for name in ContentsIn.model_fields if name in self.model_fields_set and name != "unit"
        }
        return {name: _stored(name, value, FACTORS[self.unit]) for name, value in given.items()}


def _stored(name: str, value: Any, factor: Decimal) -> Any:
    """The value as its column keeps it: amounts in 万元, and as text within documents."""
    if isinstance(value, InModel):
        return {key: _text(_stored(key, getattr(value, key), factor)) for key in type(value).model_fields}
    if isinstance(value, list):
        return [_text(_stored(name, each, factor)) for each in value]
    if isinstance(value, Decimal) and name.endswith("_wan"):
        with exact_arithmetic():
            return value * factor
    return value


def _text(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


class ProjectIn(ContentsIn):
    """新入库项目；state 可为 idea（谋划）或 reserve（储备）。"""

    region: RegionCode
    code: Annotated[Code | None, Described(description="本地编号，同一地区内唯一")] = None
    state: Literal[LibraryState.IDEA, LibraryState.RESERVE] = ENTRY_STATES[0]
    synthetic: Annotated[bool, Described(description="演示数据")] = False
    name: ShortText
    lead_department: ShortText
    portfolio: Annotated[Code, Described(description="分管市领导代码")]

    def proposal(self) -> Proposal:
        return Proposal(self.region, self.code, LibraryState(self.state), self.synthetic, self.contents())


class ProjectPatch(ContentsIn):
    """未给出的字段保持不变；列表整体替换。"""


class ProjectOut(ReadinessOut):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    region: str
    code: str | None
    name: str
    description: str | None
    field: str | None
    sub_field: str | None
    lead_department: str
    portfolio: str
    total_investment_wan: DecimalText | None
    bond_demand_wan: DecimalText | None
    capital_wan: DecimalText | None
    other_funding_wan: DecimalText | None
    large_confirmed: bool
    public_interest: bool | None
    income_lines: list[IncomeLineIn] | None
    rate_pct: DecimalText | None
    term_years: int | None
    repayment: Repayment | None
    grace_years: int | None
    instalments_wan: list[DecimalText] | None
    cash_flows: list[CashFlowIn] | None
    clarifications: list[ClarificationIn]
    state: LibraryState
    state_label: str
    screening_id: Annotated[str | None, Described(description="对现有内容的最近一次审查；内容变更后为 null")]
    screening_outcome: str | None
    synthetic: bool
    may: May

    @classmethod
    def of(cls, project: LibraryProject) -> "ProjectOut":
        columns = {name: getattr(project, name) for name in cls.model_fields if name not in ("may", "state_label")}
        editable = project.state.editable
        sealed = None if editable else f"项目{project.state.label}，不能修改。"
        may = {to.value: Permission(allowed=reason is None, reason=reason) for to, reason in possible_moves(project).items()}
        may["patch"] = Permission(allowed=editable, reason=sealed)
        return cls.model_validate({**columns, "state_label": project.state.label, "may": may})


class CashFlowsIn(InModel):
    """整体替换现金流计划。"""

    cash_flows: Annotated[list[CashFlowIn], Described(max_length=LONGEST_TERM_YEARS)]
    unit: Unit = "万元"

    def contents(self) -> dict[str, Any]:
        return {"cash_flows": _stored("cash_flows", self.cash_flows, FACTORS[self.unit])}


class CashFlowsOut(OutModel):
    """逐年现金流计划（万元）；id、version 属于项目，null 表示尚未填报。"""

    id: str
    version: int
    cash_flows: list[CashFlowIn] | None


class ProjectFilterIn(BaseModel):
    """列表筛选条件。"""

    # The page's own parameters come along; unknown ones are refused by the route.
    model_config = ConfigDict(extra="ignore", frozen=True)

    state: Annotated[list[LibraryState], Described(default_factory=list, max_length=10)]
    field: Annotated[list[FieldCode], Described(default_factory=list, max_length=50)]
    region: RegionCode | None = None
    lead_department: ShortText | None = None
    portfolio: Code | None = None
    screening_outcome: Literal["pass", "fail", "undetermined"] | None = None
    synthetic: bool | None = None

    def filter(self) -> ProjectFilter:
        given = {name: value for name, value in self if name not in ("state", "field")}
        return ProjectFilter(states=self.state, fields=self.field, **given)


class MoveIn(InModel):
    to: Annotated[LibraryState, Described(description="目标状态")]
    reason: LongText | None = None


class MoveOut(OutModel):
    """一次状态变动；from_state 为 null 表示入库。"""

    id: str
    from_state: LibraryState | None
    to_state: LibraryState
    reason: str | None
    actor: str
    at: Moment

    @classmethod
    def of(cls, move: LibraryMove) -> "MoveOut":
        return cls.model_validate(move)


class DocumentIn(InModel):
    kind: DocumentKind
    title: ShortText
    number: Annotated[ShortText | None, Described(description="文号")] = None
    issued_on: Day
    valid_until: Annotated[Day | None, Described(description="有效期截止日（含当日），长期有效为 null")] = None

    def text(self) -> DocumentText:
        return DocumentText(self.kind, self.title, self.number, self.issued_on, self.valid_until)


class DocumentOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    project_id: str
    kind: DocumentKind
    title: str
    number: str | None
    issued_on: Day
    valid_until: Day | None
    expired: bool

    @classmethod
    def of(cls, document: LibraryDocument, today: Day) -> "DocumentOut":
        columns = {name: getattr(document, name) for name in cls.model_fields if name != "expired"}
        expired = document.valid_until is not None and document.valid_until < today
        return cls.model_validate({**columns, "expired": expired})
