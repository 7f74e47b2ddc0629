"""Entry over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from indicator_svc.entries.models import EntryApplication
from indicator_svc.entries.repository import EntryFilter
from indicator_svc.entries.rules import MOVES, EntryAct, EntryState, Finding, Route, Stage, Subject
from indicator_svc.entries.service import Obstacle, Registration
from indicator_svc.entries.shipped import INVESTMENT, entry_rules_on
from shared.kit.auth import Principal
from shared.kit.etags import VersionedOut
from shared.kit.identifiers import project_code
from shared.kit.periods import Frequency, Period
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

Money = Annotated[DecimalText, Field(ge=0, description="万元；未知填 null，不得以零代替")]
Sector = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$"), Field(description="行业类别，见 /entry-rules")]
DocumentKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
ProjectCode = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$"),
    AfterValidator(lambda text: project_code(text).code),
    Field(description="投资项目代码"),
]


def _month(text: str) -> str:
    if Period.parse(text).frequency is not Frequency.MONTH:
        raise ValueError("须为月度报告期，例如 2022-M06（1—6月累计）。")
    return text


MonthText = Annotated[str, StringConstraints(pattern=r"^(19[5-9][0-9]|20[0-9]{2})-M(0[1-9]|1[0-2])$"), AfterValidator(_month)]


class StatementFields(InModel):
    """企业自报的报表数据（万元）；未知填 null。"""

    income_month: Annotated[MonthText | None, Field(description="利润表所属月份")] = None
    income_cumulative_wan: Annotated[Money | None, Field(description="利润表本年累计营业收入")] = None
    vat_month: Annotated[MonthText | None, Field(description="增值税申报表所属月份")] = None
    vat_cumulative_wan: Annotated[Money | None, Field(description="增值税申报表本年累计销售额")] = None
    output_cumulative_wan: Annotated[Money | None, Field(description="本年累计产值")] = None
    first_sale_on: Annotated[Day | None, Field(description="首笔销售日期，新建投产企业必填")] = None


class ApplicationIn(StatementFields):
    """登记一个应入统的项目或企业。"""

    route: Annotated[
        Route, Field(description="construction 建设、purchase 单纯购置、existing 现有、new 新建投产、upgrade 小升规")
    ]
    name: ShortText
    region: RegionCode
    lead_department: Annotated[ShortText, Field(description="责任单位")]
    portfolio: Annotated[Code, Field(description="分管领域（岗位代码）")]
    responsible_person: ShortText
    sector: Sector = INVESTMENT
    uscc: Annotated[Uscc | None, Field(description="统一社会信用代码；企业必填")] = None
    project_code: ProjectCode | None = None
    total_investment_wan: Money | None = None
    synthetic: Annotated[bool, Field(description="是否为合成数据")] = False
    note: LongText | None = None

    def registration(self) -> Registration:
        return Registration(**dict(self))


_KEPT = frozenset({"name", "lead_department", "portfolio", "responsible_person"})


class ApplicationPatch(StatementFields):
    """修改待申报事项的内容；未列出的字段不变。"""

    name: ShortText | None = None
    lead_department: ShortText | None = None
    portfolio: Code | None = None
    responsible_person: ShortText | None = None
    total_investment_wan: Money | None = None
    note: LongText | None = None

    @model_validator(mode="after")
    def _keep_what_must_be_there(self) -> Self:
        if emptied := sorted(name for name in self.model_fields_set & _KEPT if getattr(self, name) is None):
            raise ValueError(f"字段 {'、'.join(emptied)} 不能为 null。")
        return self

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class DocumentIn(InModel):
    """登记一份材料；现场照片须注明名称、地点、时间、核实人。"""

    key: Annotated[DocumentKey, Field(description="材料，见 /entry-rules 的 documents")]
    reference: Annotated[ShortText, Field(description="文号、档案号或编号")]
    name: ShortText | None = None
    place: ShortText | None = None
    taken_on: Day | None = None
    verified_by: ShortText | None = None

    def filed(self) -> dict[str, str | None]:
        given = {name: value for name, value in self if name != "key"}
        return {name: None if value is None else str(value) for name, value in given.items()}


class MoveIn(InModel):
    """办理一步：认定达标、申报、审核通过、退回、退库等。"""

    act: Annotated[
        EntryAct,
        Field(
            description="qualify 认定达标、disqualify 撤销认定、submit 申报、approve 本级审核通过、return 退回补正、"
            "reject 不通过、postpone 转入下一窗口期、exit 退库、readmit 重新纳入"
        ),
    ]
    reason: Annotated[LongText, Field(description="依据或理由，记入历史")]


class BlockerIn(InModel):
    """登记一个堵点。"""

    description: LongText
    owner_department: Annotated[ShortText, Field(description="负责解决的单位")]
    due_on: Annotated[Day, Field(description="限期")]

    def obstacle(self) -> Obstacle:
        return Obstacle(self.description, self.owner_department, self.due_on)


class ResolutionIn(InModel):
    """堵点已解决。"""

    resolved_on: Day
    resolution: LongText


class BlockerOut(OutModel):
    """一个堵点。"""

    id: str
    version: int
    description: str
    owner_department: str
    due_on: Annotated[date, Field(validation_alias="promised_on")]
    resolved_on: date | None
    resolution: str | None


class FindingOut(OutModel):
    """申报还缺什么、哪里不符。"""

    code: str
    message: str


class ApplicationOut(VersionedOut):
    """一项入统申报：状态、还缺的材料、不符之处、堵点和应入统的依据。"""

    created_at: Moment
    updated_at: Moment
    subject_type: Subject
    route: Route
    sector: str
    name: str
    region: str
    uscc: str | None
    project_code: str | None
    total_investment_wan: DecimalText | None
    income_month: str | None
    income_cumulative_wan: DecimalText | None
    vat_month: str | None
    vat_cumulative_wan: DecimalText | None
    output_cumulative_wan: DecimalText | None
    first_sale_on: date | None
    documents: dict[str, dict[str, str | None]]
    state: EntryState
    stage: Annotated[Stage | None, Field(description="目前所在审核环节")]
    due_on: Annotated[date | None, Field(description="窗口期截止日，或本级审核时限")]
    window: str | None
    belongs_in: Annotated[bool, Field(description="证据显示应入统而未入统")]
    lead_department: str
    portfolio: str
    responsible_person: str
    synthetic: bool
    note: str | None
    dossier: Annotated[str | None, Field(description="适用的材料清单")]
    chain: Annotated[list[Stage], Field(description="审核链")]
    missing: Annotated[list[FindingOut], Field(description="还缺的材料")]
    below_line: Annotated[list[FindingOut], Field(description="未达标准或数据不一致之处")]
    evidence: Annotated[list[str], Field(description="应入统的依据")]
    blockers: list[BlockerOut]
    rules_version: str
    may: May

    @classmethod
    def of(cls, application: EntryApplication, today: date, principal: Principal) -> Self:
        rules = entry_rules_on(today)
        dossier = application.dossier(rules)
        worked_out = {
            "dossier": dossier and dossier.name,
            "chain": application.chain(rules),
            "missing": _findings(application.missing(rules)),
            "below_line": _findings(application.below_line(today)),
            "evidence": application.evidence(today),
            "blockers": [BlockerOut.model_validate(each) for each in application.blockers],
            "rules_version": rules.version,
            "may": _may(EntryState(application.state), principal),
        }
        own = {name: getattr(application, name) for name in cls.model_fields.keys() - worked_out.keys()}
        return cls.model_validate({**own, **worked_out})


def _findings(findings: list[Finding]) -> list[FindingOut]:
    return [FindingOut(code=each.code, message=each.message) for each in findings]


def _may(state: EntryState, principal: Principal) -> May:
    if not principal.may("indicator:write"):
        return {act: Permission(allowed=False, reason="该密钥没有写权限（indicator:write）。") for _, act in MOVES}
    open_acts = {act for from_state, act in MOVES if from_state is state}
    reason = "目前的状态不允许这一步。"
    return {act: Permission(allowed=act in open_acts, reason=None if act in open_acts else reason) for _, act in MOVES}


class MoveOut(OutModel):
    """申报历史中的一步。"""

    position: int
    act: EntryAct
    from_state: EntryState | None
    to_state: EntryState
    stage: Stage | None
    due_on: date | None
    reason: str
    recorded_at: datetime
    recorded_by: str


class MovesOut(OutModel):
    """申报历史，由先到后。"""

    items: list[MoveOut]


class EntryQuery(BaseModel):
    """Filters of the list, read from the query."""

    state: EntryState | None = None
    subject_type: Subject | None = None
    route: Route | None = None
    sector: Sector | None = None
    stage: Stage | None = None
    region: RegionCode | None = None
    uscc: Uscc | None = None
    project_code: ProjectCode | None = None
    lead_department: ShortText | None = None
    portfolio: Code | None = None
    synthetic: bool | None = None
    belongs_in: Annotated[bool | None, Field(description="true：应统未统清单")] = None
    due_before: Annotated[Day | None, Field(description="截止日早于这一天")] = None

    def filter(self) -> EntryFilter:
        return EntryFilter(**dict(self))
