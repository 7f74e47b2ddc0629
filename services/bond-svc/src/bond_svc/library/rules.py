"""The states of a library project and the amounts it may be filled in with (`domain.md` §4.6, §4.5 R07, R15).

Money is 万元.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.kit.decimals import exact_arithmetic, shortest

YI_IN_WAN: Final = Decimal(10_000)
SMALLEST_PLAUSIBLE_WAN: Final = Decimal(100)
LARGEST_WAN: Final = Decimal(1_000_000_000)
LARGEST_UNCONFIRMED_WAN: Final = Decimal(2_000_000)  # 200 亿: larger estimates ask for confirmation (R07)


class LibraryState(StrEnum):
    """谋划, 储备, 可申报, 已申报; aside: 退回补正, 未通过, 清退. What follows an application belongs to its own record."""

    IDEA = "idea"
    RESERVE = "reserve"
    READY = "ready"
    APPLIED = "applied"
    RETURNED = "returned"
    REJECTED = "rejected"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def counts(self) -> bool:
        """Whether the project counts towards the library's target."""
        return self in COUNTED

    @property
    def editable(self) -> bool:
        return self not in (LibraryState.APPLIED, LibraryState.REMOVED)


STATE_LABELS: Final[Mapping[LibraryState, str]] = MappingProxyType(
    {
        LibraryState.IDEA: "谋划",
        LibraryState.RESERVE: "储备",
        LibraryState.READY: "可申报",
        LibraryState.APPLIED: "已申报",
        LibraryState.RETURNED: "退回补正",
        LibraryState.REJECTED: "未通过",
        LibraryState.REMOVED: "清退",
    }
)
COUNTED: Final = frozenset({LibraryState.RESERVE, LibraryState.READY, LibraryState.APPLIED})
ENTRY_STATES: Final = (LibraryState.IDEA, LibraryState.RESERVE)
MOVES: Final[Mapping[LibraryState, tuple[LibraryState, ...]]] = MappingProxyType(
    {
        LibraryState.IDEA: (LibraryState.RESERVE, LibraryState.REMOVED),
        LibraryState.RESERVE: (LibraryState.READY, LibraryState.RETURNED, LibraryState.REMOVED),
        LibraryState.READY: (LibraryState.APPLIED, LibraryState.RESERVE, LibraryState.REMOVED),
        LibraryState.APPLIED: (LibraryState.RETURNED, LibraryState.REJECTED),
        LibraryState.RETURNED: (LibraryState.RESERVE, LibraryState.REMOVED),
        LibraryState.REJECTED: (LibraryState.IDEA, LibraryState.REMOVED),
        LibraryState.REMOVED: (),
    }
)
NEEDS_PASS: Final = frozenset({LibraryState.READY, LibraryState.APPLIED})


class IncomeNature(StrEnum):
    """Whose money pays the debt: 政府性基金收入, 专项收入, or something else that may not."""

    GOVERNMENT_FUND = "government_fund"
    SPECIAL_REVENUE = "special_revenue"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a move depends on: whether the amounts are known, and how the latest screening of the present contents came out."""

    amounts_known: bool
    screened: str | None


def refusal(state: LibraryState, to: LibraryState, readiness: Readiness) -> str | None:
    """Why a project may not move there (Chinese); None when it may."""
    if to not in MOVES[state]:
        allowed = "、".join(each.label for each in MOVES[state]) or "无"
        return f"“{state.label}”状态的项目不能转为“{to.label}”（可转为：{allowed}）。"
    if to.counts and not readiness.amounts_known:
        return "进入储备前须填报总投资和专项债券需求。"
    if to in NEEDS_PASS and readiness.screened != "pass":
        return f"转为“{to.label}”前须通过审查，当前内容{_screened_label(readiness.screened)}。"
    return None


def _screened_label(screened: str | None) -> str:
    return {None: "尚未审查", "fail": "审查不通过", "undetermined": "审查未能判断，须补充资料"}.get(screened, "尚未审查")


@dataclass(frozen=True, slots=True)
class Amounts:
    """A project's money in 万元; None is unknown."""

    total_investment_wan: Decimal | None
    bond_demand_wan: Decimal | None
    capital_wan: Decimal | None
    other_funding_wan: Decimal | None

    def parts(self) -> dict[str, Decimal]:
        """The known sources of the money, by field."""
        sources = {
            "bond_demand_wan": self.bond_demand_wan,
            "capital_wan": self.capital_wan,
            "other_funding_wan": self.other_funding_wan,
        }
        return {name: amount for name, amount in sources.items() if amount is not None}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with an amount: the field and a Chinese sentence."""

    field: str
    message: str


def amount_flaws(amounts: Amounts, *, large_confirmed: bool) -> list[Flaw]:
    """Amounts that cannot be right, above all those that mix 亿元 with 万元."""
    parts = amounts.parts()
    total = amounts.total_investment_wan
    known = parts if total is None else {"total_investment_wan": total, **parts}
    flaws = [
        Flaw(name, "金额不能为负，也不能超过 10 万亿元。") for name, amount in known.items() if not 0 <= amount <= LARGEST_WAN
    ]
    if total is None or flaws:
        return flaws
    if total < SMALLEST_PLAUSIBLE_WAN:
        return [Flaw("total_investment_wan", _small(total))]
    if total > LARGEST_UNCONFIRMED_WAN and not large_confirmed:
        return [Flaw("total_investment_wan", _large(total))]
    return _part_flaws(total, parts)


def _part_flaws(total: Decimal, parts: Mapping[str, Decimal]) -> list[Flaw]:
    with exact_arithmetic():
        mixed = [name for name, part in parts.items() if 0 < part < SMALLEST_PLAUSIBLE_WAN and part * YI_IN_WAN <= total]
        beyond = [name for name, part in parts.items() if part > total]
        together = sum(parts.values(), Decimal())
    flaws = [
        Flaw(name, f"{shortest(parts[name])} 万元与总投资 {shortest(total)} 万元相差悬殊，疑似以亿元填报，{UNIT_HINT}")
        for name in mixed
    ]
    flaws += [Flaw(name, f"{shortest(parts[name])} 万元超过总投资 {shortest(total)} 万元，请核对金额和单位。") for name in beyond]
    if not flaws and together > total:
        flaws.append(Flaw("bond_demand_wan", f"各项资金来源合计 {shortest(together)} 万元，超过总投资 {shortest(total)} 万元。"))
    return flaws


UNIT_HINT: Final = "同一行的金额须使用同一单位：请改为万元，或整行以亿元填报并注明 unit=亿元。"


def _small(total: Decimal) -> str:
    return f"总投资 {shortest(total)} 万元过小，疑似以亿元填报，{UNIT_HINT}"


def _large(total: Decimal) -> str:
    return f"总投资 {shortest(total)} 万元超过 200 亿元，疑似以元填报；确认无误请设 large_confirmed=true。"


def mixed_income(by_line: Sequence[Decimal], by_year: Sequence[Decimal]) -> bool:
    """Whether income lines and cash-flow plan differ by exactly the factor between 亿元 and 万元."""
    with exact_arithmetic():
        lines, years = sum(by_line, Decimal()), sum(by_year, Decimal())
        return lines != 0 and (lines * YI_IN_WAN == years or years * YI_IN_WAN == lines)


def nested_flaws(field: str, amounts: Sequence[Decimal]) -> list[Flaw]:
    """Amounts within a list that no project of this world has."""
    if all(0 <= amount <= LARGEST_WAN for amount in amounts):
        return []
    return [Flaw(field, "金额不能为负，也不能超过 10 万亿元，请核对金额和单位。")]
