"""Balances on the wire. Money is 万元."""

from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Final

from pydantic import Field as Described
from pydantic import StringConstraints

from bond_svc.balances.rules import LONGEST_TERM_YEARS, Balance, BondTerms, CashTest, Repayment, Year, YearFlow, equal_parts
from bond_svc.balances.service import Threshold
from shared.kit.decimals import exact_arithmetic, plain, round_half_up
from shared.kit.schemas import Day, DecimalText, InModel, OutModel

MOST_WAN: Final = 1_000_000_000  # ten trillion yuan: more is a slip of units
Money = Annotated[DecimalText, Described(ge=-MOST_WAN, le=MOST_WAN)]
Paid = Annotated[DecimalText, Described(ge=0, le=MOST_WAN)]
Shown = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+\.[0-9]{2}$")]
"""A coverage ratio as it is shown: two places, zeros kept."""
Years = Annotated[int, Described(ge=1, le=LONGEST_TERM_YEARS)]


class FlowIn(InModel):
    """一年的现金流；测算须逐年填报，没有发生的填 "0"。"""

    year: Annotated[Years, Described(description="债券存续期第几年")]
    income_wan: Money
    operating_cost_wan: Annotated[Money, Described(description="不含折旧和利息")]
    tax_wan: Money
    market_debt_service_wan: Annotated[Paid, Described(description="市场化融资还本付息")] = Decimal()
    funded_debt_service_wan: Annotated[Paid, Described(description="由资金筹措方案解决的还本付息")] = Decimal()

    def flow(self) -> YearFlow:
        return YearFlow(
            self.year,
            self.income_wan,
            self.operating_cost_wan,
            self.tax_wan,
            self.market_debt_service_wan,
            self.funded_debt_service_wan,
        )


class BalanceIn(InModel):
    """一只债券与项目现金流。"""

    principal_wan: Annotated[DecimalText, Described(ge=1, le=MOST_WAN)]
    rate_pct: Annotated[DecimalText, Described(ge=0, le=100, description="年利率（%）")]
    term_years: Years
    repayment: Annotated[
        Repayment, Described(description="bullet 到期一次还本；equal_principal 等额还本；grace 宽限期后等额还本；custom 约定还本")
    ]
    grace_years: Annotated[int, Described(ge=0, lt=LONGEST_TERM_YEARS)] = 0
    instalments_wan: Annotated[list[Paid], Described(max_length=LONGEST_TERM_YEARS, default_factory=list)]
    interest_payments: Annotated[
        int | None, Described(ge=1, le=2, description="每年付息次数；缺省为 10 年以下每年一次、10 年及以上每半年一次")
    ] = None
    cash_flows: Annotated[list[FlowIn], Described(max_length=LONGEST_TERM_YEARS)]
    threshold: Annotated[DecimalText | None, Described(gt=0, le=100, description="要求的倍数；缺省取 on 当日有效政策的要求")] = (
        None
    )
    on: Annotated[Day | None, Described(description="按哪一日的政策；缺省为今天")] = None
    net_income_changes_pct: Annotated[
        list[Annotated[DecimalText, Described(ge=-100, le=1000)]],
        Described(max_length=20, default_factory=list, description="净收益变动百分比，逐一给出变动后的倍数"),
    ]

    def terms(self) -> BondTerms:
        return BondTerms(
            principal_wan=self.principal_wan,
            rate_pct=self.rate_pct,
            term_years=self.term_years,
            repayment=self.repayment,
            grace_years=self.grace_years,
            instalments_wan=tuple(self.instalments_wan),
            interest_payments=self.interest_payments,
        )


class YearOut(OutModel):
    """存续期的一年；interest_instalments_wan 为当年各次付息额。"""

    year: int
    opening_principal_wan: DecimalText
    principal_wan: DecimalText
    interest_wan: DecimalText
    interest_instalments_wan: list[DecimalText]
    market_debt_service_wan: DecimalText
    debt_service_wan: DecimalText
    net_income_wan: DecimalText
    cash_wan: DecimalText
    cumulative_wan: DecimalText
    dscr: Annotated[DecimalText | None, Described(description="当年净收益与当年还本付息之比，四位小数；当年无还本付息时为 null")]

    @classmethod
    def of(cls, year: Year, payments: int) -> "YearOut":
        computed = {
            "interest_instalments_wan": list(equal_parts(year.interest_wan, payments)),
            "dscr": None if year.dscr is None else round_half_up(year.dscr, 4),
        }
        same = {name: getattr(year, name) for name in cls.model_fields if name not in computed}
        return cls.model_validate({**same, **computed})


class CashTestOut(OutModel):
    """逐年累计现金检验（R05）：累计现金始终不为负即通过。"""

    passes: bool
    lowest_wan: DecimalText
    lowest_year: int

    @classmethod
    def of(cls, test: CashTest) -> "CashTestOut":
        return cls.model_validate(test)


class StressOut(OutModel):
    net_income_change_pct: DecimalText
    coverage_ratio: Shown
    meets: bool | None


class BalanceOut(OutModel):
    """融资收益平衡测算结果。倍数显示两位小数，是否达到要求按未舍入的数值判断。"""

    repayment: Repayment
    interest_payments: int
    net_income_wan: DecimalText
    interest_wan: DecimalText
    debt_service_wan: DecimalText
    coverage_ratio: Annotated[Shown, Described(description="本息覆盖倍数，四舍五入到两位小数")]
    coverage_ratio_exact: Annotated[DecimalText, Described(description="本息覆盖倍数，截断到六位小数")]
    threshold: DecimalText | None
    policy_version: Annotated[str | None, Described(description="要求值出自哪个政策版本；自行给定时为 null")]
    meets: Annotated[bool | None, Described(description="是否达到要求；没有要求值时为 null")]
    cash_test: CashTestOut
    yearly: list[YearOut]
    stress: list[StressOut]

    @classmethod
    def of(cls, asked: BalanceIn, result: Balance, threshold: Threshold | None) -> "BalanceOut":
        required = None if threshold is None else threshold.required
        return cls(
            repayment=asked.repayment,
            interest_payments=result.interest_payments,
            net_income_wan=result.net_income_wan,
            interest_wan=result.interest_wan,
            debt_service_wan=result.debt_service_wan,
            coverage_ratio=plain(round_half_up(result.coverage_ratio, 2)),
            coverage_ratio_exact=cut(result.coverage_ratio),
            threshold=required,
            policy_version=None if threshold is None else threshold.policy_version,
            meets=None if required is None else result.meets(required),
            cash_test=CashTestOut.of(result.cash_test),
            yearly=[YearOut.of(year, result.interest_payments) for year in result.years],
            stress=[_stress(result, change, required) for change in asked.net_income_changes_pct],
        )


def _stress(result: Balance, change: Decimal, required: Decimal | None) -> StressOut:
    ratio = result.coverage_if(change)
    return StressOut(
        net_income_change_pct=change,
        coverage_ratio=plain(round_half_up(ratio, 2)),
        meets=None if required is None else ratio >= required,
    )


def cut(ratio: Decimal) -> Decimal:
    """Six places, never rounded up: what is shown as the threshold has reached it."""
    with exact_arithmetic():
        return ratio.quantize(Decimal("0.000001"), rounding=ROUND_DOWN)
