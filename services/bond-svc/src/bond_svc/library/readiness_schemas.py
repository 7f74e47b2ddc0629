"""What a project shows of its readiness, on the wire: funding, debt, registrations. Money is in the unit of its row."""

from typing import Annotated, Literal

from pydantic import Field as Described

from bond_svc.balances.rules import LONGEST_TERM_YEARS
from shared.kit.schemas import Code, Day, DecimalText, InModel, OutModel, ShortText

Amount = DecimalText | None
Years = Annotated[int, Described(ge=1, le=LONGEST_TERM_YEARS)]


class SourceIn(InModel):
    """一个年度一项资金来源。"""

    year: Annotated[int, Described(ge=2000, le=2100)]
    source: Literal["capital", "special_bond", "market_loan", "fiscal", "other"]
    amount_wan: Amount


class DebtYearIn(InModel):
    """债券存续期内一年的借还计划；未知填 null，没有填 "0"。"""

    year: Years
    construction_outlay_wan: Amount
    bond_issued_wan: Amount
    bond_principal_wan: Amount
    market_borrowed_wan: Amount
    market_principal_wan: Amount
    interest_wan: Amount


class RegistrationIn(InModel):
    """在一个系统中的登记；ndrc：国家重大建设项目库，mof：地方政府债务管理系统。"""

    system: Literal["ndrc", "mof"]
    code: Code | None
    name: ShortText | None
    amount_wan: Amount


class OtherFundingIn(InModel):
    """其他财政资金。"""

    kind: Literal["central_budget", "general_bond", "hidden_debt", "other"]
    purpose: ShortText
    same_spend: Annotated[bool | None, Described(description="是否与专项债券用于同一支出")]


class ReadinessContents(InModel):
    """R05—R16 所需的内容；null 表示未知，空列表表示没有。"""

    project_code: Annotated[Code | None, Described(description="投资项目代码")] = None
    starts_on: Annotated[Day | None, Described(description="计划开工日期")] = None
    build_years: Annotated[Years | None, Described(description="建设期年数")] = None
    payback_years: Annotated[Years | None, Described(description="回收期年数")] = None
    bond_capital_wan: Annotated[Amount, Described(description="专项债券用作项目资本金的金额")] = None
    debt_ratio_pct: Annotated[DecimalText | None, Described(ge=0, le=10000, description="地区债务率（%）")] = None
    funding_plan: Annotated[list[SourceIn] | None, Described(max_length=200)] = None
    debt_plan: Annotated[list[DebtYearIn] | None, Described(max_length=LONGEST_TERM_YEARS)] = None
    registrations: Annotated[list[RegistrationIn] | None, Described(max_length=2)] = None
    performance_sections: Annotated[list[ShortText] | None, Described(max_length=50)] = None
    other_funding_lines: Annotated[list[OtherFundingIn] | None, Described(max_length=50)] = None


class ReadinessOut(OutModel):
    """Columns that a project's answer carries beside its contents."""

    project_code: str | None
    starts_on: Day | None
    build_years: int | None
    payback_years: int | None
    bond_capital_wan: DecimalText | None
    debt_ratio_pct: DecimalText | None
    funding_plan: list[SourceIn] | None
    debt_plan: list[DebtYearIn] | None
    registrations: list[RegistrationIn] | None
    performance_sections: list[str] | None
    other_funding_lines: list[OtherFundingIn] | None
