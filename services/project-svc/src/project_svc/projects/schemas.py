"""The register on the wire."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from project_svc.codes import SYNTHETIC_LABEL, FundingSource, ProjectKind, ProjectState, Role, Sector
from project_svc.projects.models import Project
from project_svc.projects.repository import ProjectFilter
from project_svc.projects.rules import Act, Permit, PermitKind, Photo, StartEvidence
from project_svc.projects.service import Funding, Registration
from shared.kit.auth import Principal
from shared.kit.decimals import UnknownReason
from shared.kit.identifiers import project_code
from shared.kit.schemas import (
    Code,
    Day,
    DecimalText,
    InModel,
    LongText,
    May,
    Moment,
    OutModel,
    Permission,
    RegionCode,
    ShortText,
    Uscc,
)

Money = Annotated[DecimalText, Field(ge=0, description="万元")]
PlanYear = Annotated[int, Field(ge=2000, le=2100, description="计划年度")]
ProjectCode = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$"),
    AfterValidator(lambda text: project_code(text).code),
    Field(description="投资项目代码（新码 GB/T 40058-2021 或 2020 年以前的旧码）"),
]


class FundingIn(InModel):
    """一项资金来源。"""

    source: FundingSource
    amount_wan: Money


class PermitIn(InModel):
    """施工许可证、开工报告或复工报告。"""

    kind: PermitKind
    number: ShortText
    issued_on: Day
    extensions: Annotated[int, Field(ge=0, le=9, description="已办理的延期次数")] = 0


class PhotoIn(InModel):
    """注明日期的现场照片。"""

    reference: ShortText
    taken_on: Day


class StartIn(InModel):
    """开工或复工，附依据：许可、照片、合同。"""

    started_on: Day
    permit: PermitIn | None = None
    photo: PhotoIn | None = None
    contract: ShortText | None = None

    def evidence(self) -> StartEvidence:
        return StartEvidence(
            started_on=self.started_on,
            permit=Permit(**dict(self.permit)) if self.permit else None,
            photo=Photo(**dict(self.photo)) if self.photo else None,
            contract=self.contract,
        )


class ProjectIn(InModel):
    """登记项目。金额单位为万元；未知填 null 并说明原因。"""

    name: ShortText
    kind: ProjectKind
    sector: Sector
    region: RegionCode
    plan_year: PlanYear
    sponsor_post: Annotated[Code, Field(description="包抓领导（岗位代码）")]
    lead_department: Annotated[ShortText, Field(description="牵头单位")]
    responsible_person: Annotated[ShortText, Field(description="责任人")]
    code: ProjectCode | None = None
    owner_unit: Annotated[Uscc | None, Field(description="项目单位的统一社会信用代码")] = None
    total_investment_wan: Money | None = None
    annual_plan_wan: Money | None = None
    unknown_reason: UnknownReason | None = None
    funding: Annotated[list[FundingIn], Field(max_length=20, default_factory=list)]
    listed_on: Annotated[Day | None, Field(description="列入台账之日；缺省为开工之日，未开工的为今天")] = None
    synthetic: Annotated[bool, Field(description="是否为合成数据")] = False
    note: LongText | None = None
    start: Annotated[StartIn | None, Field(description="登记前已开（复）工的，一并填报依据")] = None

    def registration(self) -> Registration:
        given = {name: value for name, value in self if name not in ("funding", "start")}
        funding = [Funding(each.source, each.amount_wan) for each in self.funding]
        return Registration(**given, funding=funding, start=self.start.evidence() if self.start else None)


_CLEARABLE = frozenset({"code", "owner_unit", "total_investment_wan", "annual_plan_wan", "unknown_reason", "note"})


class ProjectPatch(InModel):
    """修改项目信息；未列出的字段不变。类型、状态和责任人另有专门的接口。"""

    name: ShortText | None = None
    sector: Sector | None = None
    code: ProjectCode | None = None
    owner_unit: Uscc | None = None
    total_investment_wan: Money | None = None
    annual_plan_wan: Money | None = None
    unknown_reason: UnknownReason | None = None
    funding: Annotated[list[FundingIn] | None, Field(max_length=20)] = None
    note: LongText | None = None

    @model_validator(mode="after")
    def _keep_what_must_be_there(self) -> Self:
        emptied = [name for name in self.model_fields_set - _CLEARABLE if getattr(self, name) is None]
        if emptied:
            raise ValueError(f"字段 {'、'.join(sorted(emptied))} 不能为 null。")
        return self

    def changes(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.funding is not None:
            given["funding"] = [Funding(each.source, each.amount_wan).document() for each in self.funding]
        return given


class ProjectQuery(BaseModel):
    """Filters of the list, read from the query."""

    code: Annotated[str | None, Field(max_length=24)] = None
    kind: ProjectKind | None = None
    state: ProjectState | None = None
    sector: Sector | None = None
    region: RegionCode | None = None
    sponsor_post: Code | None = None
    lead_department: ShortText | None = None
    plan_year: PlanYear | None = None
    synthetic: bool | None = None

    def filter(self) -> ProjectFilter:
        return ProjectFilter(**dict(self))


class FundingOut(OutModel):
    """一项资金来源。"""

    source: FundingSource
    amount_wan: DecimalText


class ProjectOut(OutModel):
    """台账中的项目。金额单位为万元，null 表示未知。"""

    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    code: str | None
    name: str
    kind: ProjectKind
    state: ProjectState
    sector: Sector
    region: str
    plan_year: int
    owner_unit: str | None
    total_investment_wan: DecimalText | None
    annual_plan_wan: DecimalText | None
    unknown_reason: UnknownReason | None
    funding: list[FundingOut]
    sponsor_post: str
    lead_department: str
    responsible_person: str
    listed_on: Day
    standing_since: Day
    synthetic: bool
    data_label: Annotated[str | None, Field(description=f"合成数据标为“{SYNTHETIC_LABEL}”，其余为空")]
    note: str | None
    may: May

    @classmethod
    def of(cls, project: Project, principal: Principal) -> "ProjectOut":
        own = {name: getattr(project, name) for name in cls.model_fields.keys() - {"data_label", "may"}}
        return cls.model_validate({**own, "data_label": label_of(project.synthetic), "may": permissions(project, principal)})


def label_of(synthetic: bool) -> str | None:
    """What marks generated data wherever it shows."""
    return SYNTHETIC_LABEL if synthetic else None


_ACTS = (Act.CONFIRM_READY, Act.START, Act.SUSPEND, Act.RESUME, Act.COMPLETE, Act.LIST)
_NO_RIGHT = "该密钥没有写权限（project:write）。"


def permissions(project: Project, principal: Principal) -> May:
    """What the caller may do next with a project."""
    if not principal.may("project:write"):
        return {act: Permission(allowed=False, reason=_NO_RIGHT) for act in (*_ACTS, "change", "hand_over")}
    acts = {act: project.refuses(act) for act in _ACTS}
    open_to_all = {name: Permission(allowed=True) for name in ("change", "hand_over")}
    return {act: Permission(allowed=why is None, reason=why and why.detail) for act, why in acts.items()} | open_to_all


class ResponsibilityIn(InModel):
    """谁从哪一天起接任。"""

    role: Role
    holder: ShortText
    from_on: Day
    reason: LongText


class ResponsibilityOut(OutModel):
    """某人在某一期间担任的责任。"""

    id: str
    role: Role
    holder: str
    from_on: Day
    until_on: Annotated[Day | None, Field(description="继任者接手之日；现任为空")]
    reason: str | None
    recorded_at: Moment
    recorded_by: str
    version: Literal[1] = 1


class ResponsibilitiesOut(OutModel):
    """包抓责任沿革，现任的止期为空。"""

    items: list[ResponsibilityOut]


class StandingOut(OutModel):
    """项目自某日起的状态及缘由。"""

    position: int
    effective_on: Day
    act: Act
    state: ProjectState
    kind: ProjectKind
    plan_year: int
    annual_plan_wan: DecimalText | None
    reason: str | None
    evidence: dict[str, Any] | None
    recorded_at: Moment
    recorded_by: str


class StandingsOut(OutModel):
    """项目状态沿革，由先到后。"""

    items: list[StandingOut]


class ReadinessIn(InModel):
    """已具备开工条件，附依据。"""

    confirmed_on: Day
    basis: LongText


class PlanEntryIn(InModel):
    """列入某年度建设计划。"""

    year: PlanYear
    annual_plan_wan: Money | None
    listed_on: Day
    document: ShortText
