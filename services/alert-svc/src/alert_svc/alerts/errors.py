"""What can go wrong with alerts."""

from datetime import date

from shared.kit.errors import Conflict, Invalid, NotFound


class AlertNotFound(NotFound):
    code = "alert.not-found"

    def __init__(self, alert_id: str) -> None:
        super().__init__(f"没有编号为“{alert_id}”的预警。", alert_id=alert_id)


class AlertIsClosed(Conflict):
    code = "alert.closed"

    def __init__(self, alert_id: str) -> None:
        super().__init__("预警已关闭，不能再认领或变更等级；如再次触发会生成新的一次预警。", alert_id=alert_id)


class AlertAlreadyAcknowledged(Conflict):
    code = "alert.already-acknowledged"

    def __init__(self, alert_id: str) -> None:
        super().__init__("预警已被认领；如需补充说明，请提交意见。", alert_id=alert_id)


class CommitmentInThePast(Invalid):
    code = "alert.commitment-in-the-past"

    def __init__(self, due_on: date, today: date) -> None:
        super().__init__(f"承诺完成日 {due_on} 早于今天（{today}），请填写今天或以后的日期。", pointer="/due_on")
