"""What entry refuses, and how it says so."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from indicator_svc.entries.rules import EntryAct, EntryState, Finding
from indicator_svc.entries.windows import Window
from shared.kit.errors import Conflict, Fault, Invalid, NotFound

STATE_NAMES: Final = MappingProxyType(
    {
        EntryState.NOT_QUALIFIED: "未达标",
        EntryState.TO_APPLY: "待申报",
        EntryState.APPLIED: "已申报",
        EntryState.ENTERED: "已入统",
        EntryState.EXITED: "退库",
    }
)
ACT_NAMES: Final = MappingProxyType(
    {
        EntryAct.REGISTER: "登记",
        EntryAct.QUALIFY: "认定达标",
        EntryAct.DISQUALIFY: "撤销达标认定",
        EntryAct.SUBMIT: "申报",
        EntryAct.APPROVE: "审核通过",
        EntryAct.RETURN: "退回补正",
        EntryAct.REJECT: "审核不通过",
        EntryAct.POSTPONE: "转入下一窗口期",
        EntryAct.EXIT: "退库",
        EntryAct.READMIT: "重新纳入",
    }
)


class ApplicationNotFound(NotFound):
    code = "entry.not-found"

    def __init__(self, application_id: str) -> None:
        super().__init__(f"没有编号为 {application_id} 的入统申报，请核对 id。", application_id=application_id)


class BlockerNotFound(NotFound):
    code = "entry.blocker-not-found"

    def __init__(self, blocker_id: str) -> None:
        super().__init__(f"该申报没有编号为 {blocker_id} 的堵点，请核对 id。", blocker_id=blocker_id)


class DocumentNotFound(NotFound):
    code = "entry.document-not-found"

    def __init__(self, key: str) -> None:
        super().__init__(f"该申报没有登记材料“{key}”。", key=key)


class EntryActRefused(Conflict):
    code = "entry.act-refused"

    def __init__(self, act: EntryAct, state: EntryState) -> None:
        detail = f"申报目前为“{STATE_NAMES[state]}”，不能{ACT_NAMES[act]}。"
        super().__init__(detail, pointer="/act", act=act, state=state)


class AlreadyOnFile(Conflict):
    code = "entry.already-on-file"

    def __init__(self, pointer: str, application_id: str) -> None:
        detail = f"该对象已有未退库的入统申报（id {application_id}），请勿重复登记。"
        super().__init__(detail, pointer=pointer, application_id=application_id)


class NotReady(Invalid):
    """Everything that keeps an application from this act, at once."""

    code = "entry.not-ready"

    def __init__(self, act: EntryAct, findings: Sequence[Finding]) -> None:
        faults = [Fault("/act", finding.code, f"{finding.message}。") for finding in findings]
        super().__init__(f"不能{ACT_NAMES[act]}：{'；'.join(finding.message for finding in findings)}。", faults=faults)


class WindowClosed(Conflict):
    code = "entry.window-closed"

    def __init__(self, ahead: Window | None) -> None:
        following = "目前没有可用的窗口期" if ahead is None else f"下一窗口期为 {ahead.opens_on} 至 {ahead.closes_on}"
        super().__init__(f"现在不在申报窗口期内，{following}。", pointer="/act")


class NoDossier(Invalid):
    code = "entry.no-dossier"

    def __init__(self, route: str, sector: str) -> None:
        super().__init__(f"现行规则中没有途径“{route}”、行业类别“{sector}”的入库材料清单。", pointer="/sector")


class SectorUnknown(Invalid):
    code = "entry.sector-unknown"

    def __init__(self, sector: str, known: Sequence[str]) -> None:
        super().__init__(f"没有行业类别“{sector}”，可用的有 {'、'.join(known)}。", pointer="/sector")


class DocumentUnknown(Invalid):
    code = "entry.document-unknown"

    def __init__(self, key: str, known: Sequence[str]) -> None:
        super().__init__(f"材料清单中没有“{key}”，可用的有 {'、'.join(known)}。", pointer="/key")


class IdentityMissing(Invalid):
    code = "entry.identity-missing"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail, pointer=pointer)


class InFuture(Invalid):
    code = "entry.in-future"

    def __init__(self, pointer: str, day: date) -> None:
        super().__init__(f"日期 {day} 尚未到来，只能登记已经发生的事实。", pointer=pointer)


class MonthInFuture(Invalid):
    code = "entry.month-in-future"

    def __init__(self, pointer: str, month: str) -> None:
        super().__init__(f"{month} 尚未结束，不可能有该月报表。", pointer=pointer)


class FrozenWhileApplied(Conflict):
    code = "entry.frozen-while-applied"

    def __init__(self, state: EntryState) -> None:
        detail = f"申报目前为“{STATE_NAMES[state]}”，申报材料和数据不得改动；审核中的须先退回补正。"
        super().__init__(detail, state=state)


class BlockerResolvedAlready(Conflict):
    code = "entry.blocker-resolved"

    def __init__(self, resolved_on: date) -> None:
        super().__init__(f"该堵点已于 {resolved_on} 解决，不能再变动。")
