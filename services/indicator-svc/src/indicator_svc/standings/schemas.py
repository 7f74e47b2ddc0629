"""Standings over HTTP."""

from datetime import date, datetime
from typing import Self

from pydantic import Field

from indicator_svc.standings.models import Standing, StandingRevision
from indicator_svc.standings.outlook import Outlook
from shared.contracts.facts import Level
from shared.kit.schemas import DecimalText, OutModel


class WhyOut(OutModel):
    """一条规则与它的依据。"""

    rule: str
    level: Level
    evidence: str


class GroundOut(OutModel):
    """判断走势的一条规则与它的依据。"""

    rule: str
    evidence: str


class StandingOut(OutModel):
    """一项指标在一个报告期的等级。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    scheme: str
    scheme_edition: int
    region: str
    indicator: str
    period: str
    period_end: date
    level: Level
    level_by_figure: Level | None = Field(description="只看本期数据的等级；null 表示本期数据未知，等级沿用上期")
    why: list[WhyOut]
    since: str = Field(description="自该报告期起一直处于此等级")
    value: DecimalText | None
    unit: str
    target: DecimalText | None
    gap_pp: DecimalText | None = Field(description="与目标的差距（百分点）；null 表示没有以百分点计的目标")
    rank: int | None
    peers: int
    outlook: Outlook | None = Field(
        description="low 低、falling_behind 落后趋势、can_be_pushed 有挖潜空间、safe 稳；null 表示从未有过数据"
    )
    outlook_why: list[GroundOut]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        renamed = {"scheme": "scheme_code", "scheme_edition": "edition", "level_by_figure": "by_rules"}
        return cls.model_validate({name: getattr(standing, renamed.get(name, name)) for name in cls.model_fields})

    @classmethod
    def then(cls, revision: StandingRevision) -> Self:
        """As it was once."""
        said = {**revision.document, "id": revision.standing_id, "updated_at": revision.recorded_at}
        renamed = {"scheme": "scheme_code", "scheme_edition": "edition", "level_by_figure": "by_rules"}
        return cls.model_validate({name: said[renamed.get(name, name)] for name in cls.model_fields})
