"""The sensitivity of a balance, and its fees, on the wire. Money is 万元."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field as Described

from bond_svc.balances.rules import Balance, BondTerms, YearFlow
from bond_svc.balances.schemas import BalanceIn, Shown, cut
from bond_svc.balances.sensitivity import BreakEven, Cell, Factor, FeeRates, Fees, break_even, fees, grid
from bond_svc.balances.service import Threshold
from shared.kit.decimals import plain, round_half_up
from shared.kit.schemas import DecimalText, InModel, OutModel

Rate = Annotated[DecimalText, Described(ge=0, le=100)]


class FeeRatesIn(InModel):
    """费率（%）。"""

    issue_pct: Annotated[Rate, Described(description="发行费，按本金")] = Decimal("0.08")
    registration_pct: Annotated[Rate, Described(description="登记服务费，按本金")] = Decimal("0.0064")
    redemption_pct: Annotated[Rate, Described(description="兑付手续费，按本息合计")] = Decimal("0.005")

    def rates(self) -> FeeRates:
        return FeeRates(self.issue_pct, self.registration_pct, self.redemption_pct)


class SensitivityIn(BalanceIn):
    """一只债券、项目现金流与费率。"""

    fee_rates: Annotated[FeeRatesIn, Described(default_factory=FeeRatesIn)]


class CellOut(OutModel):
    factor: Annotated[Factor, Described(description="income 收入；operating_cost 运营成本；rate 利率；principal 本金")]
    change_pct: DecimalText
    coverage_ratio: Shown
    coverage_ratio_exact: Annotated[DecimalText, Described(description="截断到六位小数")]
    meets: bool | None
    cash_test_passes: bool

    @classmethod
    def of(cls, cell: Cell, required: Decimal | None) -> "CellOut":
        ratio = cell.balance.coverage_ratio
        return cls(
            factor=cell.factor,
            change_pct=cell.change_pct,
            coverage_ratio=plain(round_half_up(ratio, 2)),
            coverage_ratio_exact=cut(ratio),
            meets=None if required is None else cell.balance.meets(required),
            cash_test_passes=cell.balance.cash_test.passes,
        )


class BreakEvenOut(OutModel):
    """仍达到要求的最大变动（收入为最大降幅，其余为最大升幅），精确到万分之一个百分点。"""

    factor: Factor
    change_pct: Annotated[DecimalText | None, Described(description="在 −100% 至 +1000% 内没有临界点时为 null")]
    always: Annotated[bool, Described(description="true：全程达到要求；false 且 change_pct 为 null：全程达不到")]

    @classmethod
    def of(cls, found: BreakEven) -> "BreakEvenOut":
        return cls.model_validate(found)


class FeesOut(OutModel):
    issue_wan: DecimalText
    registration_wan: DecimalText
    redemption_wan: DecimalText
    total_wan: DecimalText

    @classmethod
    def of(cls, found: Fees) -> "FeesOut":
        return cls.model_validate(found)


class SensitivityOut(OutModel):
    """敏感性分析：各因素 −8% 至 +8% 的倍数，盈亏平衡点，以及发行、登记、兑付费用。"""

    threshold: DecimalText | None
    policy_version: Annotated[str | None, Described(description="要求值出自哪个政策版本；自行给定时为 null")]
    grid: list[CellOut]
    break_even: Annotated[list[BreakEvenOut], Described(description="没有要求值时为空")]
    fees: FeesOut

    @classmethod
    def of(cls, asked: SensitivityIn, result: Balance, threshold: Threshold | None) -> "SensitivityOut":
        terms, flows = asked.terms(), [each.flow() for each in asked.cash_flows]
        required = None if threshold is None else threshold.required
        return cls(
            threshold=required,
            policy_version=None if threshold is None else threshold.policy_version,
            grid=[CellOut.of(cell, required) for cell in grid(terms, flows)],
            break_even=_break_evens(terms, flows, required),
            fees=FeesOut.of(fees(terms, result, asked.fee_rates.rates())),
        )


def _break_evens(terms: BondTerms, flows: list[YearFlow], required: Decimal | None) -> list[BreakEvenOut]:
    if required is None:
        return []
    return [BreakEvenOut.of(break_even(terms, flows, factor, required)) for factor in Factor]
