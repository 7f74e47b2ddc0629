"""What factor gaps refuse, and how they say so."""

from shared.kit.errors import Invalid


class FactorPeriodInFuture(Invalid):
    code = "factor.period-in-future"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} 尚未结束，不可能有该期的供应数据。", pointer="/period")
