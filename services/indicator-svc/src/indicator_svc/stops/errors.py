"""What the watch over stops refuses, and how it says so."""

from datetime import date
from types import MappingProxyType
from typing import Final

from indicator_svc.stops.rules import StopAct, StopState
from shared.kit.errors import Conflict, Invalid, NotFound

STATE_NAMES: Final = MappingProxyType(
    {
        StopState.STOPPED: "停产（未定复工方案）",
        StopState.PLANNED: "停产（已定复工方案）",
        StopState.RESUMED: "已复工",
        StopState.EXITED: "已退出",
    }
)
ACT_NAMES: Final = MappingProxyType(
    {StopAct.REPORT: "填报", StopAct.PLAN: "制定或调整复工方案", StopAct.RESUME: "复工", StopAct.EXIT: "退出"}
)


class StopNotFound(NotFound):
    code = "stop.not-found"

    def __init__(self, stop_id: str) -> None:
        super().__init__(f"没有编号为 {stop_id} 的停产记录，请核对 id。", stop_id=stop_id)


class StopActRefused(Conflict):
    code = "stop.act-refused"

    def __init__(self, act: StopAct, state: StopState) -> None:
        super().__init__(f"该企业目前为“{STATE_NAMES[state]}”，不能{ACT_NAMES[act]}。", act=act, state=state)


class StopsAlready(Conflict):
    code = "stop.already-standing"

    def __init__(self, stop_id: str) -> None:
        super().__init__(f"该企业已有未结束的停产记录（id {stop_id}），请在其中更新。", pointer="/uscc", stop_id=stop_id)


class StopDayRefused(Invalid):
    code = "stop.day-refused"

    def __init__(self, pointer: str, day: date, why: str) -> None:
        super().__init__(f"日期 {day} {why}。", pointer=pointer)
