"""What permits refuse, and how they say so."""

from datetime import date
from types import MappingProxyType
from typing import Final

from project_svc.permits.rules import ExtensionFault, PermitState, Validity
from shared.kit.errors import Conflict, Invalid, NotFound

PERMIT_STATES: Final = MappingProxyType(
    {PermitState.IN_FORCE: "有效待用", PermitState.USED: "已据以开工", PermitState.WITHDRAWN: "已作废或换发"}
)
EXTENSION_FAULTS: Final = MappingProxyType(
    {
        ExtensionFault.NO_LIMIT: "没有规定有效期，无须延期",
        ExtensionFault.NONE_ALLOWED: "不得延期，逾期须重新办理",
        ExtensionFault.TOO_MANY: "延期次数已用完",
        ExtensionFault.TOO_LONG: "延期月数超过规定",
        ExtensionFault.AFTER_EXPIRY: "届满后才申请延期，原件已失效",
    }
)
POINTERS: Final = MappingProxyType({ExtensionFault.TOO_LONG: "/months", ExtensionFault.AFTER_EXPIRY: "/applied_on"})


class PermitUnknown(NotFound):
    code = "permit.unknown"

    def __init__(self, permit_id: str) -> None:
        super().__init__(f"没有编号为 {permit_id} 的批准文件，请核对 id。", permit_id=permit_id)


class PermitAlreadyHeld(Conflict):
    code = "permit.already-held"

    def __init__(self, number: str) -> None:
        super().__init__(f"该项目已登记文号为“{number}”的同类批准文件。", pointer="/number")


class PermitDayInFuture(Invalid):
    code = "permit.day-in-future"

    def __init__(self, day: date, pointer: str) -> None:
        super().__init__(f"日期 {day} 尚未到来，不得预先登记。", pointer=pointer)


class PermitNotInForce(Conflict):
    code = "permit.not-in-force"

    def __init__(self, name: str, state: PermitState) -> None:
        super().__init__(f"{name}{PERMIT_STATES[state]}，不能再变动。", state=state)


class ExtensionRefused(Conflict):
    code = "permit.extension-refused"

    def __init__(self, rule: Validity, fault: ExtensionFault) -> None:
        pointer = POINTERS.get(fault, "")
        super().__init__(f"{rule.name}{EXTENSION_FAULTS[fault]}（{rule.clause}）。", pointer=pointer, fault=fault)
