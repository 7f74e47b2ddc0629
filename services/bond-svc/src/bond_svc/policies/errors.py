"""What can go wrong with policies."""

from collections.abc import Sequence

from bond_svc.policies.rules import Flaw, Window
from shared.kit.errors import Conflict, Fault, Invalid, NotFound


class PolicyNotFound(NotFound):
    code = "bond.policy-not-found"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"没有政策版本 {wanted}，请先查询 GET /api/bond/v1/policies。", policy=wanted)


class PolicyImmutable(Conflict):
    code = "bond.policy-immutable"

    def __init__(self, version: str, state: str) -> None:
        super().__init__(f"政策版本 {version} {state}，不能再修改或发布；请以同一代码新建草稿。", policy=version)


class PolicyUnsound(Invalid):
    code = "bond.policy-unsound"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        faults = [Fault(flaw.pointer, self.code, flaw.message) for flaw in flaws]
        super().__init__(f"政策内容有 {len(flaws)} 处不符合发布要求：{flaws[0].message}", faults=faults)


class PolicyWindowTaken(Conflict):
    code = "bond.policy-window-taken"

    def __init__(self, version: str, window: Window) -> None:
        until = "长期" if window.last is None else window.last.isoformat()
        super().__init__(
            f"有效期与已发布的 {version}（{window.first} 至 {until}）重叠；请先发布该政策的新版本以缩短其有效期。",
            pointer="/effective_from",
            policy=version,
        )
