"""What comes in and goes out about permits."""

from typing import Annotated

from pydantic import BaseModel, Field

from project_svc.permits.errors import PERMIT_STATES
from project_svc.permits.models import Issue, Permit, Prolongation
from project_svc.permits.repository import PermitFilter
from project_svc.permits.rules import PermitState, PermitType, Validity
from project_svc.permits.shipped import validities
from shared.kit.http import Principal, VersionedOut
from shared.kit.schemas import Day, InModel, LongText, May, Moment, ObjectId, OutModel, Permission, ShortText

ACTS = ("extend", "withdraw")


class PermitIn(InModel):
    """项目取得的批准文件。"""

    project: ObjectId
    type: PermitType
    number: Annotated[ShortText, Field(description="文号或证号")]
    issued_on: Day

    def issue(self) -> Issue:
        return Issue(self.type, self.number, self.issued_on)


class PermitExtensionIn(InModel):
    """批准的一次延期。"""

    applied_on: Annotated[Day, Field(description="申请延期之日，须在届满之前")]
    months: Annotated[int, Field(ge=1, le=60)]
    document: Annotated[ShortText, Field(description="批准延期的文号")]

    def prolongation(self) -> Prolongation:
        return Prolongation(self.applied_on, self.months, self.document)


class PermitWithdrawalIn(InModel):
    """批准文件作废或换发。"""

    withdrawn_on: Day
    reason: LongText


class PermitQuery(BaseModel):
    """Filters of the list, read from the query."""

    project: ObjectId | None = None
    type: PermitType | None = None
    state: PermitState | None = None
    expires_before: Annotated[Day | None, Field(description="最迟开工日早于这一天")] = None

    def filter(self) -> PermitFilter:
        return PermitFilter(**dict(self))


class PermitExtensionOut(OutModel):
    """一次延期。"""

    months: int
    applied_on: Day
    document: str
    recorded_at: Moment
    recorded_by: str


class PermitOut(VersionedOut):
    """批准文件及其有效期。"""

    created_at: Moment
    updated_at: Moment
    project: str
    project_name: str
    type: PermitType
    type_label: str
    number: str
    state: PermitState
    state_label: str
    issued_on: Day
    expires_on: Annotated[Day | None, Field(description="最迟开工日（含当天）；没有规定有效期的为空")]
    notice_on: Annotated[Day | None, Field(description="自这一天起提醒临期")]
    apply_by: Annotated[Day | None, Field(description="最迟应在这一天申请延期；没有规定或不能再延期的为空")]
    ended_on: Day | None
    reason: str | None
    extensions: list[PermitExtensionOut]
    clause: str
    may: May

    @classmethod
    def of(cls, permit: Permit, principal: Principal) -> "PermitOut":
        return cls.model_validate(
            {
                **{name: getattr(permit, name) for name in _COLUMNS},
                "project": permit.project_id,
                "project_name": permit.project.name,
                "type_label": permit.rule.name,
                "state_label": PERMIT_STATES[permit.state],
                "clause": permit.rule.clause,
                "may": _permissions(permit, principal),
            }
        )


_COLUMNS = (
    *("id", "version", "created_at", "updated_at", "type", "number", "state", "issued_on", "expires_on", "notice_on", "apply_by"),
    *("ended_on", "reason", "extensions"),
)


class ValidityOut(OutModel):
    """一类批准文件的有效期规定。"""

    type: PermitType
    name: str
    effective_from: Day
    months: int | None
    most_extensions: int
    extension_months: int
    clause: str

    @classmethod
    def of(cls, rule: Validity) -> "ValidityOut":
        return cls(**{name: getattr(rule, name) for name in cls.model_fields})


class ValiditiesOut(OutModel):
    """全部有效期规定。"""

    items: list[ValidityOut]

    @classmethod
    def all(cls) -> "ValiditiesOut":
        return cls(items=[ValidityOut.of(each) for each in validities()])


def _permissions(permit: Permit, principal: Principal) -> May:
    reason = None
    if not principal.may("project:write"):
        reason = "该密钥没有写权限（project:write）。"
    elif permit.state is not PermitState.IN_FORCE:
        reason = f"{permit.rule.name}{PERMIT_STATES[permit.state]}，不能再变动。"
    return {act: Permission(allowed=reason is None, reason=reason) for act in ACTS}
