"""What can go wrong with claims."""

from types import MappingProxyType
from typing import Final

from indicator_svc.claims.rules import ClaimAct, ClaimState
from shared.kit.errors import Conflict, Invalid, NotFound

STATES: Final = MappingProxyType(
    {
        ClaimState.OFFERED: "待认领",
        ClaimState.ACCEPTED: "已认领",
        ClaimState.DISPUTED: "有异议，待裁定",
        ClaimState.TRANSFERRED: "已转给其他部门",
    }
)
ACTS: Final = MappingProxyType(
    {
        ClaimAct.OFFER: "交办",
        ClaimAct.ACCEPT: "认领",
        ClaimAct.DISPUTE: "提出异议",
        ClaimAct.UPHOLD: "裁定维持",
        ClaimAct.TRANSFER: "转给其他部门",
    }
)


class ClaimNotFound(NotFound):
    code = "claim.not-found"

    def __init__(self, claim: str) -> None:
        super().__init__("没有这条认领记录，请核对编号。", claim=claim)


class ClaimMoveIllegal(Conflict):
    code = "claim.illegal-move"

    def __init__(self, claim: str, act: ClaimAct, state: ClaimState) -> None:
        super().__init__(f"该指标{STATES[state]}，不能{ACTS[act]}。", claim=claim, act=act, state=state)


class ItemAlreadyOffered(Conflict):
    code = "claim.already-offered"

    def __init__(self, indicator: str, department: str, claim: str) -> None:
        super().__init__(
            f"指标 {indicator} 已交给{department}：一项指标只有一个牵头部门，如需调整请办理转出。",
            pointer="/indicator",
            claim=claim,
        )


class ItemNotInScheme(Invalid):
    code = "claim.item-not-in-scheme"

    def __init__(self, indicator: str, scheme: str) -> None:
        super().__init__(f"现行方案“{scheme}”没有指标 {indicator}，请核对指标代码。", pointer="/indicator", scheme=scheme)


class SameDepartment(Invalid):
    code = "claim.same-department"

    def __init__(self, department: str) -> None:
        super().__init__(f"该指标现由{department}牵头，转出须另定部门或分管副市长。", pointer="/lead_department")


class DueInThePast(Invalid):
    code = "claim.due-in-the-past"

    def __init__(self, day: str) -> None:
        super().__init__(f"期限 {day} 已过，请另定。", pointer="/due_on")


class DepartmentLeaderless(Conflict):
    code = "claim.department-leaderless"

    def __init__(self, department: str) -> None:
        super().__init__(
            f"{department}主要负责人空缺且无副职主持工作，无人可认领；请先明确负责人（登记于 department-leads）。",
            department=department,
        )


class AsOfInFuture(Invalid):
    code = "claim.as-of-in-future"

    def __init__(self, day: str) -> None:
        super().__init__(f"{day} 尚未到来，无从知道届时由谁负责。", pointer="query:as_of")
