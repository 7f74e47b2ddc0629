"""What can go wrong with indicators."""

from shared.kit.errors import Conflict, Invalid, NotFound


class IndicatorNotFound(NotFound):
    code = "indicator.not-found"

    def __init__(self, indicator: str) -> None:
        super().__init__(f"指标“{indicator}”未登记，请核对代码。", indicator=indicator)


class IndicatorUnknown(Invalid):
    code = "indicator.unknown"

    def __init__(self, indicator: str) -> None:
        detail = f"指标“{indicator}”未登记，请核对代码或先登记指标。"
        super().__init__(detail, pointer="/indicator", indicator=indicator)


class IndicatorExists(Conflict):
    code = "indicator.exists"

    def __init__(self, indicator: str) -> None:
        super().__init__(f"指标代码“{indicator}”已登记，请改用其他代码。", pointer="/code", indicator=indicator)


class DerivationInvalid(Invalid):
    code = "indicator.derivation-invalid"

    def __init__(self, base: str) -> None:
        super().__init__(f"只能由已登记的水平值指标推算名义增速，“{base}”不是。", pointer="/derived_from", base=base)
