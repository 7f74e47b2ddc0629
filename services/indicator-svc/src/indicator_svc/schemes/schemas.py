"""Schemes over HTTP."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.bounds import DEFAULT_CONSECUTIVE, DEFAULT_EDGE_PLACES, DEFAULT_STANDING_RULES
from indicator_svc.schemes.definition import Group, PendingPolicy, RankOn, Shape
from indicator_svc.schemes.models import SchemeEdition, SchemeState
from shared.contracts.facts import Level
from shared.kit.decimals import Rounding
from shared.kit.schemas import Code, DecimalText, InModel, May, OutModel, Permission, ShortText

Year = Annotated[int, Field(ge=1950, le=2099)]
Region = Annotated[str, Field(max_length=12)]
Regions = Annotated[list[Region], Field(max_length=400)]


class ItemIn(InModel):
    """方案中的一项指标。"""

    indicator: Code
    group: Group = Field(description="main 主要经济指标、six_guarantees “六保”任务指标、bonus 加减分、contribution 经济增长贡献")
    weight: DecimalText | None = Field(default=None, description="权重（分）；加减分与贡献指标不设")
    direction: Direction = Direction.HIGHER
    method: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="计分方法，如 target、rank、mix、bonus_tiers")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="方法参数；十进制数一律写作字符串")
    lead_department: Annotated[str, Field(max_length=100)] = ""
    portfolio: Annotated[str, Field(max_length=40)] = ""


class TalkLineIn(InModel):
    """约谈线。"""

    bottom: Annotated[int, Field(ge=1, le=400)] = Field(description="末几名列入约谈")
    edge_points: DecimalText = Field(description="高于约谈线多少分以内为边缘")
    edge_places: Annotated[int, Field(ge=0, le=400)] = Field(default=DEFAULT_EDGE_PLACES, description="约谈线以上几名为边缘")
    consecutive: Annotated[int, Field(ge=2, le=12)] = Field(
        default=DEFAULT_CONSECUTIVE, description="连续多少期列入约谈名次的，约谈市长本人"
    )


class AwardRulesIn(InModel):
    """贡献奖与进步奖的评选规则。"""

    contribution_places: Annotated[int, Field(ge=0, le=400)] = Field(default=3, description="贡献奖名额，按增量贡献份额")
    progress_places: Annotated[int, Field(ge=0, le=400)] = Field(default=3, description="进步奖名额，按得分增量、再按位次增量")
    least_places: Annotated[int, Field(ge=0, le=400)] = Field(default=1, description="进步奖须前进的最少位次")
    one_each: bool = Field(default=True, description="已得贡献奖的不再评进步奖")


class OutlookRulesIn(InModel):
    """低、落后趋势、有挖潜空间、稳的判定界限。"""

    low_from: Literal[Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED] = Field(
        default=Level.YELLOW, description="自该等级起算“低”"
    )
    falling_periods: Annotated[int, Field(ge=1, le=12)] = Field(default=2, description="连续多少期退步算“落后趋势”")
    widened_pp: DecimalText = Field(default=Decimal("0.5"), description="差距逐期扩大合计至少多少个百分点")
    push_pp: DecimalText = Field(default=Decimal("1.0"), description="距上一名或目标多少个百分点以内算“有挖潜空间”")
    push_points: DecimalText = Field(default=Decimal("0.5"), description="至少还有多少分可得")


class StandingRulesIn(InModel):
    """预警界限。差距只用于以 % 计且有目标的指标；其余只看位次。"""

    gap_pp: dict[Literal[Level.GREEN, Level.BLUE, Level.YELLOW, Level.ORANGE], DecimalText] = Field(
        description="各等级仍可容许的最大差距（百分点），超过最末一级为红色"
    )
    rank_from: dict[Literal[Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED], Annotated[int, Field(ge=1, le=400)]] = Field(
        description="自该位次起属于该等级"
    )
    consecutive_orange: Annotated[int, Field(ge=2, le=12)] = 2
    outlook: OutlookRulesIn = Field(default_factory=OutlookRulesIn)


def _default_rules() -> StandingRulesIn:
    return StandingRulesIn.model_validate(DEFAULT_STANDING_RULES)


class SchemeFields(InModel):
    """方案内容。"""

    name: ShortText
    year: Year
    through_year: Year | None = Field(default=None, description="适用的最后年度；空则只适用 year")
    evaluated: Literal["M", "Q", "H", "Y"] = Field(description="评价频率：M 月、Q 季、H 半年、Y 年")
    shape: Shape = Field(default=Shape.FREE, description="city31：8+14+9 项、权重合计 100；free：不限")
    peers: Regions
    province: Region = "620000"
    regions_watched: Regions = Field(default_factory=list, description="对其发布等级变化的地区；同一指标只能由一个方案关注")
    rank_on: RankOn = RankOn.RAW
    publish_places: Annotated[int, Field(ge=0, le=4)] = 2
    rounding: Rounding = Rounding.HALF_UP
    bonus_cap: Annotated[list[DecimalText], Field(min_length=2, max_length=2, description="加减分合计的下限与上限")]
    talk_line: TalkLineIn | None = None
    awards: AwardRulesIn = Field(default_factory=AwardRulesIn)
    pending: PendingPolicy = Field(default=PendingPolicy.WAIT, description="wait 有待定项不排名；rank_without 按已有权重折算排名")
    legal_basis: Annotated[str, Field(max_length=400)] = ""
    standing_rules: StandingRulesIn = Field(default_factory=_default_rules)
    items: Annotated[list[ItemIn], Field(max_length=200)]


class SchemeIn(SchemeFields):
    """新建方案草稿；同一代码可有多版。"""

    code: Code

    def definition(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"code"})


class SchemeChange(InModel):
    """修改草稿；未列出的字段不变。"""

    name: ShortText | None = None
    year: Year | None = None
    through_year: Year | None = None
    evaluated: Literal["M", "Q", "H", "Y"] | None = None
    shape: Shape | None = None
    peers: Regions | None = None
    province: Region | None = None
    regions_watched: Regions | None = None
    rank_on: RankOn | None = None
    publish_places: Annotated[int, Field(ge=0, le=4)] | None = None
    rounding: Rounding | None = None
    bonus_cap: Annotated[list[DecimalText], Field(min_length=2, max_length=2)] | None = None
    talk_line: TalkLineIn | None = None
    awards: AwardRulesIn | None = None
    pending: PendingPolicy | None = None
    legal_basis: Annotated[str, Field(max_length=400)] | None = None
    standing_rules: StandingRulesIn | None = None
    items: Annotated[list[ItemIn], Field(max_length=200)] | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent; null empties the two that may be empty and leaves the others alone."""
        sent = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in ("through_year", "talk_line")}


class PublicationIn(InModel):
    """发布草稿；发布后不可修改。"""


class SchemeOut(OutModel):
    """一版方案。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    edition: int
    state: SchemeState
    published_at: datetime | None
    superseded_at: datetime | None
    name: str
    year: int
    through_year: int | None
    evaluated: str
    shape: Shape
    peers: list[str]
    province: str
    regions_watched: list[str]
    rank_on: RankOn
    publish_places: int
    rounding: Rounding
    bonus_cap: list[DecimalText]
    talk_line: TalkLineIn | None
    awards: AwardRulesIn = Field(default_factory=AwardRulesIn)
    pending: PendingPolicy
    legal_basis: str
    standing_rules: StandingRulesIn
    items: list[ItemIn]
    may: May

    @classmethod
    def of(cls, edition: SchemeEdition) -> Self:
        own = ("id", "version", "created_at", "updated_at", "code", "edition", "state", "published_at", "superseded_at")
        is_draft = edition.state == SchemeState.DRAFT
        allowed = Permission(allowed=is_draft, reason=None if is_draft else "方案已发布，只能新建一版")
        fields = {name: getattr(edition, name) for name in own}
        return cls.model_validate({**edition.definition, **fields, "may": {"change": allowed, "publish": allowed}})
