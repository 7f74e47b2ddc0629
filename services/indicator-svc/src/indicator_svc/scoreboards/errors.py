"""What can go wrong with scoreboards."""

from shared.kit.errors import Invalid, NotFound


class ScoreboardNotFound(NotFound):
    code = "scoreboard.not-found"

    def __init__(self, scoreboard: str) -> None:
        super().__init__("没有这份计分榜，请核对编号。", scoreboard=scoreboard)


class PeriodNotEvaluated(Invalid):
    code = "scoreboard.period-not-evaluated"

    def __init__(self, period: str, scheme: str) -> None:
        super().__init__(f"方案“{scheme}”不评价报告期 {period}，请核对年度与评价频率。", pointer="/period")


class PeriodNotOver(Invalid):
    code = "scoreboard.period-not-over"

    def __init__(self, period: str, day: str) -> None:
        super().__init__(f"报告期 {period} 在 {day} 尚未结束，不能计分。", pointer="/period")
