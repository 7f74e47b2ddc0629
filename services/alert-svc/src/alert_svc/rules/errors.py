"""What can go wrong with alert rules."""

from collections.abc import Sequence

from shared.kit.errors import Conflict, Fault, Invalid, NotFound


class RuleNotFound(NotFound):
    code = "rule.not-found"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"没有编号为“{rule_id}”的预警规则版本。", rule_id=rule_id)


class RuleAlreadyPublished(Conflict):
    code = "rule.already-published"

    def __init__(self, code: str, number: int) -> None:
        super().__init__(f"预警规则“{code}”第 {number} 版已发布，发布后不可更改；请提交新版本。", rule_code=code, number=number)


class RuleUnsound(Invalid):
    """A rule that cannot be published; every flaw is named."""

    code = "rule.unsound"

    def __init__(self, code: str, faults: Sequence[Fault]) -> None:
        super().__init__(f"预警规则“{code}”未通过发布检查，共 {len(faults)} 处问题。", faults=faults, rule_code=code)


class FactWithoutEnvelope(Invalid):
    """A handler was called outside of a consumer: nothing orders the fact among the others of its object."""

    code = "rule.fact-without-envelope"

    def __init__(self, fact: object) -> None:
        super().__init__(f"消息“{type(fact).__name__}”缺少信封，无法确定先后次序。")
