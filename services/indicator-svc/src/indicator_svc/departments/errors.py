"""What can go wrong with the register of department leads."""

from shared.kit.errors import Invalid


class NotOneDepartment(Invalid):
    code = "department.not-one"

    def __init__(self, department: str, pointer: str) -> None:
        super().__init__(f"“{department}”不是一个部门：牵头部门只能有一个，请只填一个部门的名称。", pointer=pointer)
