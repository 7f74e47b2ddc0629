"""Rank intervals over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from indicator_svc.scoreboards.rules import Row
from indicator_svc.what_ifs.robustness import ASSUMED, METHOD
from indicator_svc.what_ifs.schemas import SUPPOSED, Step
from indicator_svc.what_ifs.service import Robustness
from shared.kit.schemas import Code, DecimalText, InModel, Moment, OutModel, PeriodText, RegionCode


class RobustnessIn(InModel):
    """名次区间：数据尚可能修订时，名次最好与最差会是多少。"""

    scheme: Code = Field(description="方案代码")
    period: PeriodText
    region: RegionCode
    as_of: Moment | None = Field(default=None, description="按该时刻所知的数据；缺省为现在")
    revision_bounds: Annotated[dict[Code, Step], Field(min_length=1, max_length=200)] = Field(
        description="各评价项数据的修订幅度（±，与数据同单位）；未列出的视为不再修订"
    )


class CaseOut(OutModel):
    """一种情形下的总分与名次。"""

    total: DecimalText | None
    rank: int | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(total=row.total, rank=row.rank)


class RobustnessOut(OutModel):
    """名次区间及其方法与假定。"""

    notice: str
    method: str
    assumed: str
    scheme: str
    edition: int
    period: str
    as_of: datetime
    region: str
    now: CaseOut = Field(description="现有官方数据")
    best: CaseOut = Field(description="本地区各项取好的一端、其他地区取差的一端")
    worst: CaseOut = Field(description="本地区各项取差的一端、其他地区取好的一端")

    @classmethod
    def of(cls, found: Robustness) -> Self:
        base, interval = found.base, found.interval
        return cls(
            notice=SUPPOSED,
            method=METHOD,
            assumed=ASSUMED,
            scheme=base.scheme.code,
            edition=base.scheme.edition,
            period=str(base.period),
            as_of=base.as_of,
            region=interval.now.region,
            now=CaseOut.of(interval.now),
            best=CaseOut.of(interval.best),
            worst=CaseOut.of(interval.worst),
        )
