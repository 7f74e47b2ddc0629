"""What monthly reports refuse, and how they say so."""

from collections.abc import Sequence

from project_svc.progress.rules import Fall
from shared.kit.decimals import shortest
from shared.kit.errors import Invalid, NotFound
from shared.kit.periods import Period


class ReportUnknown(NotFound):
    code = "progress.unknown"

    def __init__(self, report_id: str) -> None:
        super().__init__(f"没有编号为 {report_id} 的进度月报，请核对 id。", report_id=report_id)


class PeriodNotOver(Invalid):
    code = "progress.period-not-over"

    def __init__(self, period: Period) -> None:
        super().__init__(f"报告期 {period.label} 尚未结束（{period.end} 结束），不能填报。", pointer="/period")


class NotAMonth(Invalid):
    code = "progress.not-a-month"

    def __init__(self, period: Period) -> None:
        super().__init__(f"进度按月填报，报告期应如 2022-M06，现为 {period}。", pointer="/period")


class FallUnexplained(Invalid):
    code = "progress.fall-unexplained"

    def __init__(self, falls: Sequence[Fall]) -> None:
        super().__init__(
            "；".join(_fall(each) for each in falls) + "。累计完成投资不得减少，确需调减的请填写说明。", pointer="/explanation"
        )


def _fall(fall: Fall) -> str:
    later, earlier = shortest(fall.later_wan), shortest(fall.earlier_wan)
    return f"{fall.later.label}累计 {later} 万元小于{fall.earlier.label}累计 {earlier} 万元"


class SameFigure(Invalid):
    code = "progress.same-figure"

    def __init__(self, period: Period) -> None:
        super().__init__(f"{period.label}的累计完成投资与已报数相同，无需重报。", pointer="/cumulative_completed_wan")
