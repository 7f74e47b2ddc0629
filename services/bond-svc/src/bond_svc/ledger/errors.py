"""What can be wrong with the ledger."""

from shared.kit.errors import Invalid, NotFound


class IssuedBondNotFound(NotFound):
    code = "issued-bond.not-found"

    def __init__(self, bond_id: str) -> None:
        super().__init__("没有这只债券，请检查编号。", bond_id=bond_id)


class LedgerImportNotFound(NotFound):
    code = "issued-bond-import.not-found"

    def __init__(self, import_id: str) -> None:
        super().__init__("没有这次导入，请检查编号。", import_id=import_id)


class TenorUnreadable(Invalid):
    code = "issued-bond.tenor-unreadable"

    def __init__(self, label: str) -> None:
        super().__init__(f"期限“{label}”无法识别，须写作整数年，例如“10年”。", pointer="/tenor_label")
