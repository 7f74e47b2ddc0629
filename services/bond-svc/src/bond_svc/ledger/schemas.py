"""The ledger over HTTP. Rows come as the public register has them: amounts in 亿元; answers are in 万元."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bond_svc.ledger.rules import BondType, Flag, Outcome
from shared.kit.bulk import LARGEST_BATCH
from shared.kit.problems import ProblemOut
from shared.kit.schemas import Day, DecimalText, InModel, Moment, OutModel, ShortText

Year = Annotated[int, Field(ge=1990, le=2100)]
NotNegative = Annotated[DecimalText, Field(ge=0)]


class IssuedBondIn(InModel):
    """One row of the register."""

    issuer: Annotated[ShortText, StringConstraints(max_length=100)] = Field(description="发行人，如“甘肃省”")
    bond_code: Annotated[ShortText, StringConstraints(max_length=40)] = Field(description="债券代码")
    issue_date: Day = Field(description="发行日")
    set_year: Year = Field(description="年度")
    bond_name: ShortText = Field(description="债券全称")
    bond_type: BondType = Field(description="general 一般债券；special 专项债券")
    tenor_label: Annotated[ShortText, StringConstraints(max_length=20)] = Field(description="期限，如“10年”")
    coupon_pct: NotNegative = Field(description="票面利率（%）")
    amount_yi: NotNegative = Field(description="发行额（亿元）")
    new_amount_yi: NotNegative = Field(description="其中新增（亿元）")
    refinance_amount_yi: NotNegative = Field(description="其中再融资（亿元）")
    swap_amount_yi: NotNegative = Field(description="其中置换（亿元）")


class LedgerImportIn(InModel):
    """An import of rows; each is taken or refused on its own."""

    origin: ShortText = Field(description="数据来源，如“中国地方政府债券信息公开平台”")
    rows: Annotated[list[IssuedBondIn], Field(min_length=1, max_length=LARGEST_BATCH)]


class RowOut(OutModel):
    """What became of one row."""

    index: int
    outcome: Outcome
    id: str | None = None
    flags: list[Flag] = Field(default_factory=list)
    problem: ProblemOut | None = None


class LedgerImportOut(OutModel):
    """What an import did."""

    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    origin: str
    imported_by: str
    rows: int
    created: int
    unchanged: int
    revised: int
    refused: int
    flagged: int


class LedgerImportDone(LedgerImportOut):
    """An import with what became of every row."""

    results: list[RowOut]


class RevisionOut(OutModel):
    """What an import replaced: field → value before, as text."""

    at: str
    by: str
    replaced: dict[str, str | None]


class IssuedBondOut(OutModel):
    """A bond of the ledger; money in 万元."""

    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    issuer: str
    code: str
    issue_date: Day
    name: str
    set_year: int
    bond_type: BondType
    tenor_years: int
    coupon_pct: DecimalText
    amount_wan: DecimalText
    new_amount_wan: DecimalText
    refinance_amount_wan: DecimalText
    swap_amount_wan: DecimalText
    flags: list[Flag]
    history: list[RevisionOut]


class TotalOut(OutModel):
    """What was issued in a year, of one type; money in 万元."""

    year: int
    bond_type: BondType
    bonds: int
    amount_wan: DecimalText
    new_amount_wan: DecimalText
    refinance_amount_wan: DecimalText
    swap_amount_wan: DecimalText


class TotalsOut(OutModel):
    """All years."""

    items: list[TotalOut]
