"""Department leads over HTTP."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from indicator_svc.departments.models import DepartmentLead
from indicator_svc.departments.rules import Post, post_of
from shared.kit.http import VersionedOut
from shared.kit.schemas import Day, InModel, Moment, ShortText

Department = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class DepartmentLeadIn(InModel):
    """自某日起一个部门由谁负责；职位空缺填 null。"""

    department: Department
    head: Person | None = Field(description="主要负责人；null 表示空缺")
    deputy: Person | None = Field(description="主持工作或协助负责的副职；null 表示没有")
    effective_from: Day
    document: ShortText = Field(description="任免或分工文件")


class DepartmentLeadOut(VersionedOut):
    """部门负责人的一条登记。"""

    created_at: Moment
    department: str
    head: str | None
    deputy: str | None
    post: Post = Field(description="filled 有主要负责人、acting 由副职主持、vacant 空缺、unknown 未登记")
    effective_from: Day
    document: str
    recorded_by: str

    @classmethod
    def of(cls, entry: DepartmentLead) -> Self:
        own = {name: getattr(entry, name) for name in cls.model_fields if name != "post"}
        return cls.model_validate({**own, "post": post_of(entry.lead)})
