"""Screenings on the wire."""

from typing import Annotated, Any

from pydantic import Field as Described

from bond_svc.screenings.models import LibraryScreening
from bond_svc.screenings.proposals import Outcome, RuleId, Severity, Verdict
from bond_svc.screenings.service import Question
from shared.kit.schemas import Code, Day, InModel, Moment, OutModel


class ScreeningIn(InModel):
    """审查什么日期、按哪个政策版本；都不给出时按今天有效的政策审查，结果才改变项目的审查状态。"""

    on: Annotated[Day | None, Described(description="按哪一日审查；缺省为今天")] = None
    policy_version: Annotated[
        Code | None, Described(description="已发布或已被取代的政策版本，如 CN-2022.1；缺省为当日有效的版本")
    ] = None

    def question(self) -> Question:
        return Question(self.on, self.policy_version)


class FindingOut(OutModel):
    """一条规则的结论、依据、所用数据和需要补充的内容。"""

    rule: RuleId
    outcome: Verdict
    severity: Annotated[Severity, Described(description="H：决定结论；S：仅提示")]
    clause: Annotated[str, Described(description="依据的文件")]
    message: str
    inputs: dict[str, Any]
    needed: Annotated[list[str], Described(description="不能判断时需要补充什么")]


class ScreeningOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    project_id: str
    region: str
    project_version: Annotated[int, Described(description="审查时项目的版本")]
    screened_on: Day
    policy_version: str
    outcome: Outcome
    decisive: Annotated[bool, Described(description="是否改变了项目的审查状态")]
    findings: list[FindingOut]
    actor: str

    @classmethod
    def of(cls, screening: LibraryScreening) -> "ScreeningOut":
        return cls.model_validate(screening)
