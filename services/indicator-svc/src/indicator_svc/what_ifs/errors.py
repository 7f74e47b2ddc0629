"""What can go wrong with what-ifs."""

from collections.abc import Sequence

from shared.kit.errors import Fault, Forbidden, Invalid, NotFound


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


class WhatIfNotFound(NotFound):
    """Also for what somebody else keeps private: its existence is his own."""

    code = "what-if.not-found"

    def __init__(self, what_if: str) -> None:
        super().__init__("没有这份推演，或未共享给您，请核对编号。", what_if=what_if)


class NotTheAuthor(Forbidden):
    code = "what-if.not-the-author"

    def __init__(self, what_if: str) -> None:
        super().__init__("只有作者可以修改或删除推演；如需调整，请另建一份。", what_if=what_if)


class ChangesFaulty(Invalid):
    code = "what-if.changes-faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"所设数值有{len(faults)}处不合要求：{faults[0].message}", faults=faults)


class NoBetterEnd(Invalid):
    code = "what-if.no-better-end"

    def __init__(self, indicator: str) -> None:
        detail = f"评价项“{indicator}”是区间型、加减分或贡献项，修订幅度没有好与差的一端，请用正向推演。"
        super().__init__(detail, pointer=f"/revision_bounds/{indicator}")


class RankBeyondPeers(Invalid):
    code = "what-if.rank-beyond-peers"

    def __init__(self, rank: int, ranked: int) -> None:
        super().__init__(f"该期只有{ranked}个地区有名次，没有第{rank}名。", pointer="/rank")


class OffersFaulty(Invalid):
    code = "what-if.offers-faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"所列承诺有{len(faults)}处不合要求：{faults[0].message}", faults=faults)
