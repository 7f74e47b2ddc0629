"""Claims over HTTP."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from indicator_svc.claims.errors import ACTS, STATES
from indicator_svc.claims.models import Claim, Holder, Said
from indicator_svc.claims.rules import ClaimAct, ClaimState, is_late
from indicator_svc.claims.service import NotOffered, Terms
from indicator_svc.departments.schemas import Department
from shared.kit.db import UnitOfWork
from shared.kit.http import VersionedOut
from shared.kit.schemas import Code, Day, InModel, LongText, May, Moment, OutModel, Permission, ShortText

Portfolio = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class ActIn(InModel):
    """谁、因何、依据什么。"""

    by: ShortText = Field(description="作出该决定的人，如“市工信局 王某”")
    reason: LongText | None = None
    document: ShortText | None = Field(default=None, description="依据文件或会议纪要")

    def said(self, uow: UnitOfWork) -> Said:
        return Said(uow.now, uow.actor, self.by, self.reason, self.document)


class ReasonedIn(ActIn):
    """须说明理由的决定。"""

    reason: LongText


class OfferIn(ActIn):
    """把方案中的一项指标交给一个牵头部门和一位分管副市长。"""

    scheme: Code
    indicator: Code
    lead_department: Department
    portfolio: Portfolio = Field(description="分管副市长的代码，如 VM-ECON")
    due_on: Day | None = Field(default=None, description="认领期限；空则按现行规则以工作日推算")

    def holder(self) -> Holder:
        return Holder(self.lead_department, self.portfolio)


class RoundIn(ActIn):
    """按方案写明的牵头部门与分管副市长，把尚未交办的指标一次交办。"""

    due_on: Day | None = Field(default=None, description="认领期限；空则按现行规则以工作日推算")

    def terms(self) -> Terms:
        return Terms(self.due_on)


class TransferIn(ReasonedIn):
    """转给另一部门或另一位分管副市长；由其重新认领。"""

    lead_department: Department
    portfolio: Portfolio

    def holder(self) -> Holder:
        return Holder(self.lead_department, self.portfolio)


class ResolutionIn(ReasonedIn):
    """对异议的裁定：不填部门为维持原部门，填写则改交该部门认领。"""

    lead_department: Department | None = None
    portfolio: Portfolio | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lead_department is None) != (self.portfolio is None):
            raise ValueError("改交其他部门须同时写明牵头部门 lead_department 与分管副市长 portfolio。")
        return self

    def successor(self) -> Holder | None:
        if self.lead_department is None or self.portfolio is None:
            return None
        return Holder(self.lead_department, self.portfolio)


class ClaimMoveOut(OutModel):
    """历史中的一步。"""

    act: ClaimAct = Field(description="offer 交办、accept 认领、dispute 异议、uphold 裁定维持、transfer 转出")
    state: ClaimState
    at: Moment
    actor: str
    by: str
    reason: str | None
    document: str | None


class ClaimOut(VersionedOut):
    """一项指标的一次认领。"""

    created_at: Moment
    updated_at: Moment
    region: str
    scheme: str
    indicator: str
    lead_department: str
    portfolio: str
    state: ClaimState = Field(description="offered 待认领、accepted 已认领、disputed 有异议、transferred 已转出")
    offered_at: Moment
    due_on: Day
    late: bool = Field(description="期限已过仍无人认领")
    history: list[ClaimMoveOut]
    may: May

    @classmethod
    def of(cls, claim: Claim, day: date) -> Self:
        own = {name: getattr(claim, name) for name in cls.model_fields if name not in ("scheme", "late", "history", "may")}
        waits = claim.state in (ClaimState.OFFERED, ClaimState.DISPUTED)
        may = {act.value: _permission(claim, act) for act in ClaimAct if act is not ClaimAct.OFFER}
        rest = {"scheme": claim.scheme_code, "history": claim.moves, "may": may}
        return cls.model_validate({**own, **rest, "late": waits and is_late(claim.due_on, day)})


class NotOfferedOut(OutModel):
    """未能交办的指标与原因。"""

    indicator: str
    reason: str


class RoundOut(OutModel):
    """一次交办的结果。"""

    offered: list[ClaimOut]
    not_offered: list[NotOfferedOut]

    @classmethod
    def of(cls, made: list[Claim], left: list[NotOffered], day: date) -> Self:
        return cls.model_validate({"offered": [ClaimOut.of(claim, day) for claim in made], "not_offered": left})


def _permission(claim: Claim, act: ClaimAct) -> Permission:
    allowed = claim.may(act)
    return Permission(allowed=allowed, reason=None if allowed else f"该指标{STATES[ClaimState(claim.state)]}，不能{ACTS[act]}")
