"""Enterprises over HTTP."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from indicator_svc.enterprises.models import Enterprise, EnterpriseFigure
from indicator_svc.enterprises.repository import EnterpriseFilter
from indicator_svc.enterprises.rules import parse_industry
from indicator_svc.enterprises.service import FigureDraft, Outlook
from shared.kit.decimals import UnknownReason, round_half_up
from shared.kit.etags import VersionedOut
from shared.kit.schemas import Code, DecimalText, InModel, LongText, Moment, OutModel, RegionCode, ShortText, Uscc

Money = Annotated[DecimalText, Field(description="万元；未知填 null，不得以零代替")]
Amount = Annotated[DecimalText, Field(ge=0, description="万元；未知填 null，不得以零代替")]
Industry = Annotated[
    str,
    StringConstraints(pattern=r"^[A-T][0-9]{2,4}$"),
    AfterValidator(parse_industry),
    Field(description="GB/T 4754-2017 行业代码，如 C3120"),
]
IndustryStart = Annotated[str, StringConstraints(pattern=r"^[A-T][0-9]{0,4}$"), Field(description="行业代码的开头，如 C31")]
MonthText = Annotated[
    str, StringConstraints(pattern=r"^(19[5-9][0-9]|20[0-9]{2})-M(0[1-9]|1[0-2])$"), Field(description="如 2022-M06（1—6月）")
]
PLACES = 6


class EnterpriseIn(InModel):
    """登记一户企业；以统一社会信用代码认定，不以名称认定。"""

    uscc: Uscc
    name: ShortText
    region: RegionCode
    industry: Industry
    in_register: Annotated[bool, Field(description="是否在规上库")]
    lead_department: ShortText
    portfolio: Code
    responsible_person: ShortText
    key: Annotated[bool, Field(description="是否重点企业")] = False
    cultivated: Annotated[bool, Field(description="是否在“规下转规上”培育库")] = False
    under_construction: Annotated[bool, Field(description="是否为在建工业项目")] = False
    expected_revenue_wan: Annotated[Amount | None, Field(description="在建项目投产后预计年收入")] = None
    synthetic: Annotated[bool, Field(description="是否为合成数据")] = False
    note: LongText | None = None


_CLEARABLE = frozenset({"expected_revenue_wan", "note"})


class EnterprisePatch(InModel):
    """修改企业信息；未列出的字段不变。"""

    name: ShortText | None = None
    industry: Industry | None = None
    in_register: bool | None = None
    key: bool | None = None
    cultivated: bool | None = None
    under_construction: bool | None = None
    expected_revenue_wan: Amount | None = None
    lead_department: ShortText | None = None
    portfolio: Code | None = None
    responsible_person: ShortText | None = None
    note: LongText | None = None

    @model_validator(mode="after")
    def _keep_what_must_be_there(self) -> Self:
        if emptied := sorted(name for name in self.model_fields_set - _CLEARABLE if getattr(self, name) is None):
            raise ValueError(f"字段 {'、'.join(emptied)} 不能为 null。")
        return self

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class EnterpriseOut(VersionedOut):
    """一户企业。"""

    created_at: Moment
    updated_at: Moment
    uscc: str
    name: str
    region: str
    industry: str
    in_register: bool
    key: bool
    cultivated: bool
    under_construction: bool
    expected_revenue_wan: DecimalText | None
    lead_department: str
    portfolio: str
    responsible_person: str
    synthetic: bool
    note: str | None


class FigureIn(InModel):
    """一户企业年初至某月的累计产值、营业收入、利润；任一未知须说明原因。"""

    uscc: Uscc
    period: MonthText
    output_wan: Amount | None
    revenue_wan: Amount | None
    profit_wan: Money | None
    unknown_reason: UnknownReason | None = None
    source: Annotated[ShortText, Field(description="数据来源，如 联网直报")]
    note: LongText | None = None

    @model_validator(mode="after")
    def _unknown_wants_a_reason(self) -> Self:
        if (None in (self.output_wan, self.revenue_wan, self.profit_wan)) != (self.unknown_reason is not None):
            raise ValueError("有未知数值时须填 unknown_reason；全部已知时不填。")
        return self

    def draft(self) -> FigureDraft:
        return FigureDraft(**dict(self))


class FigureOut(OutModel):
    """企业月度数据的一次修订。"""

    id: str
    enterprise_id: str
    period: str
    period_end: date
    revision: int
    output_wan: DecimalText | None
    revenue_wan: DecimalText | None
    profit_wan: DecimalText | None
    unknown_reason: UnknownReason | None
    source: str
    note: str | None
    recorded_at: Moment
    recorded_by: str

    @property
    def version(self) -> int:
        return self.revision


class OutlookOut(OutModel):
    """企业距规上标准还有多远：按现有进度的全年推算、每月须完成数、预计达标月份和培育档次。null 表示未知。"""

    enterprise_id: str
    uscc: str
    name: str
    in_register: bool
    line_wan: DecimalText
    period: Annotated[str | None, Field(description="最近有收入数据的月份")]
    cumulative_wan: DecimalText | None
    average_wan: Annotated[DecimalText | None, Field(description="月均")]
    projected_year_wan: DecimalText | None
    required_month_wan: Annotated[DecimalText | None, Field(description="此后每月须完成；已达标或年内无剩余月份为 null")]
    reach_month: Annotated[str | None, Field(description="达到标准的月份；null 表示按现有进度本年不能达到或数据未知")]
    reached: bool | None
    trailing_wan: Annotated[DecimalText | None, Field(description="近 12 个月收入")]
    growth_percent: DecimalText | None
    tier: str | None
    tier_name: str | None
    swing_percent: Annotated[DecimalText | None, Field(description="当月比上月变动（%）")]
    swing_to_check: bool
    belongs_in: Annotated[bool, Field(description="收入已过线而未在库")]
    document: str

    @classmethod
    def of(cls, enterprise: Enterprise, outlook: Outlook) -> Self:
        pace = outlook.pace
        paced = {
            "period": pace and str(pace.period),
            "cumulative_wan": pace and pace.cumulative_wan,
            "average_wan": pace and round_half_up(pace.average_wan, PLACES),
            "projected_year_wan": pace and round_half_up(pace.projected_wan, PLACES),
            "required_month_wan": pace and _rounded(pace.required_wan),
            "reach_month": pace and pace.reach_month and str(pace.reach_month),
            "reached": pace and pace.reached,
        }
        return cls(
            enterprise_id=enterprise.id,
            uscc=enterprise.uscc,
            name=enterprise.name,
            in_register=enterprise.in_register,
            line_wan=outlook.line_wan,
            trailing_wan=outlook.trailing_wan,
            growth_percent=_rounded(outlook.growth_percent),
            tier=outlook.tier and outlook.tier.tier,
            tier_name=outlook.tier and outlook.tier.name,
            swing_percent=_rounded(outlook.swing_percent),
            swing_to_check=outlook.swing_to_check,
            belongs_in=outlook.belongs_in(enterprise),
            document=outlook.document,
            **paced,
        )


def _rounded(value: Any) -> Any:
    return None if value is None else round_half_up(value, PLACES)


class EnterpriseQuery(BaseModel):
    """Filters of the list, read from the query."""

    uscc: Uscc | None = None
    region: RegionCode | None = None
    industry: IndustryStart | None = None
    in_register: bool | None = None
    key: bool | None = None
    cultivated: bool | None = None
    under_construction: bool | None = None
    lead_department: ShortText | None = None
    synthetic: bool | None = None

    def filter(self) -> EnterpriseFilter:
        return EnterpriseFilter(**dict(self))


def figure_out(figure: EnterpriseFigure) -> FigureOut:
    return FigureOut.model_validate(figure)
