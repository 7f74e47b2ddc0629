"""The parameters of R05–R16 in a policy version (`domain.md` §4.5): which rules it asks for, how hard, and against what."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class DebtBand(StrEnum):
    """债务率风险等级."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def label(self) -> str:
        return {"green": "绿色", "yellow": "黄色", "orange": "橙色", "red": "红色"}[self.value]

    @property
    def hits(self) -> bool:
        return self in (DebtBand.ORANGE, DebtBand.RED)


@dataclass(frozen=True, slots=True)
class AskedRule:
    severity: str
    clause: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Amounts in 万元, shares and bands in percent; a band begins at its edge."""

    rules: Mapping[str, AskedRule]
    tolerance_wan: Decimal
    large_wan: Decimal
    longest_term_years: int
    terms: tuple[int, ...]
    approval_papers: tuple[str, ...]
    proposal_papers: tuple[str, ...]
    performance_sections: tuple[str, ...]
    minimum_capital_pct: Decimal
    yellow_from_pct: Decimal
    orange_from_pct: Decimal
    red_from_pct: Decimal

    def band(self, debt_ratio_pct: Decimal) -> DebtBand:
        if debt_ratio_pct >= self.red_from_pct:
            return DebtBand.RED
        if debt_ratio_pct >= self.orange_from_pct:
            return DebtBand.ORANGE
        return DebtBand.YELLOW if debt_ratio_pct >= self.yellow_from_pct else DebtBand.GREEN

    @property
    def bands_in_order(self) -> bool:
        return 0 < self.yellow_from_pct < self.orange_from_pct < self.red_from_pct

    @classmethod
    def of(cls, item: Mapping[str, Any] | None) -> "Readiness | None":
        if item is None:
            return None
        rules = {each["rule"]: AskedRule(each["severity"], each["clause"]) for each in item["rules"]}
        return cls(
            rules=rules,
            tolerance_wan=Decimal(item["tolerance_wan"]),
            large_wan=Decimal(item["large_wan"]),
            longest_term_years=item["longest_term_years"],
            terms=tuple(item["terms"]),
            approval_papers=tuple(item["approval_papers"]),
            proposal_papers=tuple(item["proposal_papers"]),
            performance_sections=tuple(item["performance_sections"]),
            minimum_capital_pct=Decimal(item["minimum_capital_pct"]),
            yellow_from_pct=Decimal(item["yellow_from_pct"]),
            orange_from_pct=Decimal(item["orange_from_pct"]),
            red_from_pct=Decimal(item["red_from_pct"]),
        )
