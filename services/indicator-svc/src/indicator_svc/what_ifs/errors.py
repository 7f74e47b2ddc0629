"""What can go wrong with what-ifs."""

from shared.kit.errors import Invalid


class AsOfInFuture(Invalid):
    code = "what-if.as-of-in-future"

    def __init__(self) -> None:
        super().__init__("as_of 晚于当前时刻：还没有人知道那时的数据。", pointer="/as_of")


class RegionNotRanked(Invalid):
    code = "what-if.region-not-ranked"

    def __init__(self, region: str, *, peer: bool) -> None:
        why = "在该期计分榜上待定，没有名次可倒推" if peer else "不是该方案的评价对象"
        super().__init__(f"地区 {region} {why}。", pointer="/region")


class NotAnItem(Invalid):
    code = "what-if.not-an-item"

    def __init__(self, indicator: str, scheme: str, pointer: str) -> None:
        super().__init__(f"方案“{scheme}”没有评价项“{indicator}”，请核对指标代码。", pointer=pointer)
