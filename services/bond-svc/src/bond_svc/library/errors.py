"""What can go wrong in the library."""

from collections.abc import Sequence

from bond_svc.library.rules import Flaw, LibraryState
from shared.kit.errors import Conflict, Fault, Invalid, NotFound


class ProjectNotFound(NotFound):
    code = "bond.library-project-not-found"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"专债项目库中没有项目 {project_id}。", project_id=project_id)


class DocumentNotFound(NotFound):
    code = "bond.document-not-found"

    def __init__(self, document_id: str) -> None:
        super().__init__(f"没有资料 {document_id}。", document_id=document_id)


class CodeTaken(Conflict):
    code = "bond.library-code-taken"

    def __init__(self, region: str, code: str) -> None:
        super().__init__(f"{region} 已有编号为 {code} 的项目，请换一个编号或修改已有项目。", pointer="/code", region=region)


class MoveRefused(Conflict):
    code = "bond.library-move-refused"

    def __init__(self, project_id: str, to: LibraryState, reason: str) -> None:
        super().__init__(reason, pointer="/to", project_id=project_id, to=to.value)


class ProjectSealed(Conflict):
    code = "bond.library-project-sealed"

    def __init__(self, project_id: str, state: LibraryState) -> None:
        super().__init__(f"项目{state.label}，不能修改；已申报的项目须先退回补正。", project_id=project_id)


class AmountsImplausible(Invalid):
    code = "bond.amounts-implausible"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        faults = [Fault(f"/{flaw.field}", self.code, flaw.message) for flaw in flaws]
        super().__init__(flaws[0].message, faults=faults)


class IncomeUnitsMixed(Invalid):
    code = "bond.income-units-mixed"

    def __init__(self) -> None:
        super().__init__(
            "收入来源合计与现金流计划收入合计恰好相差一万倍，疑似一处以亿元、一处以万元填报，请统一单位。",
            pointer="/income_lines",
        )


class DaysOutOfOrder(Invalid):
    code = "bond.document-days-out-of-order"

    def __init__(self) -> None:
        super().__init__("有效期截止日早于签发日期。", pointer="/valid_until")
