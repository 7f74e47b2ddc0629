"""What can go wrong with reporting windows."""

from shared.kit.errors import Invalid, NotFound


class TableUnknown(NotFound):
    code = "window.table-unknown"

    def __init__(self, table: str) -> None:
        super().__init__(f"没有报表“{table}”，可用的报表见 reporting-tables。", table=table)


class TableNotListed(Invalid):
    code = "window.table-not-listed"

    def __init__(self, table: str) -> None:
        super().__init__(f"没有报表“{table}”，可用的报表见 reporting-tables。", pointer="query:table", table=table)


class WindowUnknown(NotFound):
    code = "window.unknown"

    def __init__(self, table: str, period: str) -> None:
        super().__init__(f"报表“{table}”没有报告期“{period}”的报送窗口：既无默认日期，也无通知。", table=table, period=period)


class PeriodNotReported(Invalid):
    code = "window.period-not-reported"

    def __init__(self, table: str, period: str) -> None:
        super().__init__(f"报表“{table}”没有报告期“{period}”，请核对频率；月报无单独的 1 月。", pointer="path:period")


class ClosesBeforeOpening(Invalid):
    code = "window.closes-before-opening"

    def __init__(self) -> None:
        super().__init__("关网时间须晚于开网时间。", pointer="/closes_at")


class NoticeInFuture(Invalid):
    code = "window.notice-in-future"

    def __init__(self, day: str) -> None:
        super().__init__(f"通知日期 {day} 尚未到来，请核对。", pointer="/issued_on")
