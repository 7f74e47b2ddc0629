"""Awards over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import Field

from indicator_svc.awards.rules import Award, Merit
from indicator_svc.awards.sentences import sentence_of
from indicator_svc.awards.service import Honours
from indicator_svc.scoreboards.rules import Talk
from shared.kit.identifiers import divisions
from shared.kit.schemas import DecimalText, OutModel


class MeritOut(OutModel):
    """一个地区的奖惩候选情况。"""

    region: str
    region_name: str
    total: DecimalText | None
    rank: int | None
    previous_total: DecimalText | None
    previous_rank: int | None
    points_gained: DecimalText | None = Field(description="较上一报告期的得分增量 ΔS；null 表示有一期总分待定")
    places_gained: int | None = Field(description="较上一报告期的位次增量 Δr，正数为前进")
    contribution_share: DecimalText | None = Field(description="增量占全省的百分数")
    awards: list[Award] = Field(description="contribution 贡献奖候选、progress 进步奖候选")
    talk: Talk = Field(description="none 无、edge 约谈边缘、summoned 列入约谈")
    periods_on_the_line: int = Field(description="连续处于约谈名次的报告期数，含本期")
    summons_mayor: bool = Field(description="连续期数已到约谈市长本人的规定")
    explanation: str

    @classmethod
    def of(cls, merit: Merit) -> Self:
        place, before, gain = merit.place, merit.before, merit.progress
        return cls(
            region=place.region,
            region_name=divisions()[place.region].name,
            total=place.total,
            rank=place.rank,
            previous_total=before and before.total,
            previous_rank=before and before.rank,
            points_gained=gain and gain.points,
            places_gained=gain and gain.places,
            contribution_share=place.contribution,
            awards=list(merit.awards),
            talk=place.talk,
            periods_on_the_line=merit.runs,
            summons_mayor=merit.mayor,
            explanation=sentence_of(merit),
        )


class AwardsOut(OutModel):
    """一份计分榜的贡献奖、进步奖候选与约谈名单；系统只提出候选，由有权机关决定。"""

    scheme: str
    edition: int
    period: str
    against: str | None = Field(description="计算进步所对照的报告期；null 表示方案系列中没有更早的报告期")
    as_of: datetime
    rows: list[MeritOut]

    @classmethod
    def of(cls, honours: Honours) -> Self:
        return cls(
            scheme=honours.scheme.code,
            edition=honours.scheme.edition,
            period=str(honours.period),
            against=None if honours.against is None else str(honours.against),
            as_of=honours.as_of,
            rows=[MeritOut.of(merit) for merit in honours.merits],
        )
