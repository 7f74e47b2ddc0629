"""Issued bonds on the wire. Rows come in as the register has them (亿元, text); everything goes out in 万元."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Described

from bond_svc.ledger.models import ImportOutcome, IssuedBond, IssuedBondRevision
from bond_svc.ledger.repository import BondFilter, YearSum
from bond_svc.ledger.rules import BondType, Flag, Row
from bond_svc.ledger.service import Imported
from shared.kit.bulk import BatchOut, ItemResult
from shared.kit.schemas import Day, DecimalText, InModel, Moment, OutModel, RegionCode, ShortText

Figure = Annotated[str, Described(max_length=40, description="亿元，文本；未知留空或填 *")]
BondCode = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
CREATED, OK = 201, 200


class BondRowIn(InModel):
    """公开台账的一行，字段名与公开数据相同。"""

    issuer: ShortText
    set_year: Annotated[str, Described(max_length=10)]
    bond_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    bond_code: BondCode
    issue_date: Day
    bond_type: Annotated[str, Described(max_length=20, description="一般债券、专项债券")]
    bond_type_en: Annotated[str | None, Described(max_length=20, description="不使用")] = None
    tenor_label: Annotated[str, Described(max_length=40, description="如 20年")]
    coupon_pct: Annotated[str, Described(max_length=40, description="票面利率（%）")]
    amount_yi: Figure
    new_amount_yi: Figure
    refinance_amount_yi: Figure
    swap_amount_yi: Figure
    origin: Annotated[ShortText | None, Described(description="数据来源")] = None

    def row(self) -> Row:
        return Row(**{name: getattr(self, name) for name in Row.__slots__})


def codes_in(items: Sequence[object]) -> list[str]:
    """The codes that rows name, before the rows are checked one by one."""
    named = [item.get("bond_code") for item in items if isinstance(item, dict)]
    return [code.strip() for code in named if isinstance(code, str)]


class ImportedRow(ItemResult):
    """一行的导入结果；重复导入相同内容为 unchanged，不产生任何变化。"""

    outcome: ImportOutcome | None = None
    flags: Annotated[list[Flag], Described(default_factory=list, description="该行的疑点，如各部分与合计不符")]


class ImportOut(OutModel):
    """一次导入的结果：逐行结果与合计。"""

    results: list[ImportedRow]
    created: int
    unchanged: int
    revised: int
    refused: int
    flagged: int

    @classmethod
    def of(cls, batch: BatchOut, done: Iterable[Imported]) -> "ImportOut":
        """`done` holds, in order, what became of the rows that were not refused."""
        taken = iter(done)
        results = [_result(result, None if result.id is None else next(taken)) for result in batch.results]
        counts = Counter(result.outcome for result in results)
        return cls(
            results=results,
            created=counts[ImportOutcome.CREATED],
            unchanged=counts[ImportOutcome.UNCHANGED],
            revised=counts[ImportOutcome.REVISED],
            refused=counts[None],
            flagged=sum(1 for result in results if result.flags),
        )


def _result(result: ItemResult, imported: Imported | None) -> ImportedRow:
    if imported is None:
        return ImportedRow(index=result.index, status=result.status, problem=result.problem, flags=[])
    created = imported.outcome is ImportOutcome.CREATED
    flags = [Flag(flag) for flag in imported.bond.flags]
    return ImportedRow(index=result.index, status=CREATED if created else OK, id=result.id, outcome=imported.outcome, flags=flags)


class BondFilterIn(BaseModel):
    """筛选条件；日期含当日。"""

    # The page's own parameters come along; unknown ones are refused by the route.
    model_config = ConfigDict(extra="ignore", frozen=True)

    region: RegionCode | None = None
    issuer: ShortText | None = None
    bond_type: BondType | None = None
    bond_code: BondCode | None = None
    issue_year: Annotated[int | None, Described(ge=1900, le=2199)] = None
    term_years: Annotated[int | None, Described(ge=1, le=99)] = None
    flagged: bool | None = None
    issued_from: Day | None = None
    issued_to: Day | None = None
    q: Annotated[ShortText | None, Described(description="名称包含；全角半角、括号、连字符不区分")] = None

    def filter(self) -> BondFilter:
        return BondFilter(**dict(self))


class BondOut(OutModel):
    """一只已发行债券；金额为万元，未知为 null。"""

    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    issuer: str
    region: str | None
    bond_code: str
    issue_date: Day
    issue_year: int
    set_year: int | None
    name: str
    bond_type: BondType
    tenor_label: str
    term_years: int | None
    coupon_pct: DecimalText | None
    amount_wan: DecimalText | None
    new_wan: DecimalText | None
    refinance_wan: DecimalText | None
    swap_wan: DecimalText | None
    origin: str | None
    flags: list[Flag]

    @classmethod
    def of(cls, bond: IssuedBond) -> "BondOut":
        return cls.model_validate(bond)


class RevisionOut(OutModel):
    """一次重新导入所替换的内容。"""

    id: str
    before: dict[str, Any]
    actor: str
    at: Moment

    @classmethod
    def of(cls, revision: IssuedBondRevision) -> "RevisionOut":
        return cls.model_validate(revision)


class SumOut(OutModel):
    """某年某类债券的发行合计（万元）；unknown 只金额未知，不计入合计。"""

    issue_year: int
    bond_type: BondType
    bonds: int
    unknown: int
    amount_wan: DecimalText
    new_wan: DecimalText
    refinance_wan: DecimalText
    swap_wan: DecimalText


class SumsOut(OutModel):
    """按发行年份和类型的合计及总计。"""

    items: list[SumOut]
    next_cursor: None = None
    bonds: int
    amount_wan: DecimalText

    @classmethod
    def of(cls, sums: Sequence[YearSum]) -> "SumsOut":
        total = sum((each.amount_wan for each in sums), Decimal())
        items = [SumOut.model_validate(each) for each in sums]
        return cls(items=items, bonds=sum(each.bonds for each in sums), amount_wan=total)
