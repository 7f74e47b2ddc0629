"""What can go wrong with observations."""

from shared.kit.errors import Conflict, Invalid, NotFound

_ACTS = {"confirm": "确认", "withdraw": "撤回", "supersede": "取代"}
_STATES = {"accepted": "已采用", "held": "待确认", "withdrawn": "已撤回"}
_STATUS_NAMES = {"flash": "快报", "preliminary": "初步", "verified": "核实", "final": "最终"}


class ObservationNotFound(NotFound):
    code = "observation.not-found"

    def __init__(self, observation: str) -> None:
        super().__init__("没有这条数据，请核对编号。", observation=observation)


class IllegalMove(Conflict):
    code = "observation.illegal-move"

    def __init__(self, observation: str, act: str, state: str) -> None:
        super().__init__(f"该数据{_STATES[state]}，不能{_ACTS[act]}。", observation=observation, act=act, state=state)


class StatusWentBack(Conflict):
    code = "observation.status-went-back"

    def __init__(self, status: str, earlier: str) -> None:
        said, before = _STATUS_NAMES[status], _STATUS_NAMES[earlier]
        super().__init__(f"已有{before}数据，不能再报{said}；更正请使用同级或更高的状态。", pointer="/status", status=status)


class PeriodInFuture(Invalid):
    code = "observation.period-in-future"

    def __init__(self, label: str, day: str) -> None:
        super().__init__(f"报告期（{label}）在 {day} 尚未结束，不可能已有数据，请核对报告期。", pointer="/period")


class PeriodUnknown(Invalid):
    code = "observation.period-unknown"

    def __init__(self, detail: str) -> None:
        super().__init__(f"{detail}。", pointer="/period")


class PublishedInFuture(Invalid):
    code = "observation.published-in-future"

    def __init__(self) -> None:
        super().__init__("发布时间晚于当前时间，请核对。", pointer="/published_at")


class UnitMismatch(Invalid):
    code = "observation.unit-mismatch"

    def __init__(self, given: str, wanted: str) -> None:
        super().__init__(f"该指标的计量单位为“{wanted}”，提交的是“{given}”，请换算后再报。", pointer="/unit")


class KindMismatch(Invalid):
    code = "observation.kind-mismatch"

    def __init__(self, given: str, wanted: str) -> None:
        super().__init__(f"该指标的数据类型为 {wanted}，提交的是 {given}；增速与水平值须分别登记。", pointer="/kind")


class DerivedNotObserved(Invalid):
    code = "observation.derived-indicator"

    def __init__(self, indicator: str, base: str) -> None:
        super().__init__(f"指标“{indicator}”由“{base}”推算，不接受直接填报。", pointer="/indicator")


class ImpossibleValue(Invalid):
    code = "observation.impossible-value"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, pointer="/value")


class AsOfMalformed(Invalid):
    code = "as-of.malformed"

    def __init__(self, text: str) -> None:
        super().__init__(f"as_of“{text}”不是有效的日期或时刻，请核对。", pointer="query:as_of")


class AsOfInFuture(Invalid):
    code = "as-of.in-future"

    def __init__(self) -> None:
        super().__init__("as_of 晚于当前时间：将来的数据不可能已知，请核对。", pointer="query:as_of")
