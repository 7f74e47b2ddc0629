"""What the register of enterprises refuses, and how it says so."""

from shared.kit.errors import Conflict, Invalid, NotFound


class EnterpriseNotFound(NotFound):
    code = "enterprise.not-found"

    def __init__(self, enterprise_id: str) -> None:
        super().__init__(f"没有编号为 {enterprise_id} 的企业，请核对 id。", enterprise_id=enterprise_id)


class EnterpriseUnknown(Invalid):
    code = "enterprise.unknown"

    def __init__(self, uscc: str) -> None:
        super().__init__(f"统一社会信用代码 {uscc} 未登记，请先登记企业。", pointer="/uscc", uscc=uscc)


class EnterpriseExists(Conflict):
    code = "enterprise.exists"

    def __init__(self, uscc: str, enterprise_id: str) -> None:
        detail = f"统一社会信用代码 {uscc} 已登记（id {enterprise_id}），请勿重复登记。"
        super().__init__(detail, pointer="/uscc", enterprise_id=enterprise_id)


class FigurePeriodRefused(Invalid):
    code = "enterprise.period-refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, pointer="/period")
