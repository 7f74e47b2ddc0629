"""Projections over HTTP: a projection is never a figure, and says so by its shape."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field

from indicator_svc.projections.record import LEAST_ERRORS, Interval, Score
from indicator_svc.projections.rules import LEAST_YEARS, Method, Scale
from indicator_svc.projections.service import BackTest, Projection
from indicator_svc.schemes.methods import settle
from shared.kit.identifiers import region_name
from shared.kit.schemas import DecimalText, OutModel

PLACES = 6
MethodName = Annotated[
    Method,
    Field(
        description="seasonal_share 季节份额法（全年与同期之比的中位数；百分数用差）、naive 上年值、drift 平均增量、"
        "median_change 历年变动的中位数、damped_trend 阻尼趋势（Gardner–McKenzie）"
    ),
]
ScaleName = Annotated[Scale, Field(description="误差以 ratio 比值计，或以 points 百分点计")]


class ScoreOut(OutModel):
    """回测误差：每个预测只用该年之前的数据。"""

    cases: int
    mean_absolute_error: DecimalText | None = Field(description="平均绝对误差，以指标单位计")
    median_absolute_error: DecimalText | None
    mean_percent_error: DecimalText | None = Field(description="平均绝对百分误差 MAPE；以 % 计的指标为 null")
    median_percent_error: DecimalText | None
    intervals: int = Field(description="此前误差足够、给得出区间的预测数")
    covered: int = Field(description="实际值落在区间内的个数")
    coverage_percent: DecimalText | None
    nominal_coverage_percent: DecimalText | None

    @classmethod
    def of(cls, score: Score) -> Self:
        return cls(
            cases=score.cases,
            mean_absolute_error=_shown(score.mean_absolute),
            median_absolute_error=_shown(score.median_absolute),
            mean_percent_error=_shown(score.mean_percent),
            median_percent_error=_shown(score.median_percent),
            intervals=score.intervals,
            covered=score.covered,
            coverage_percent=_percent(score.coverage),
            nominal_coverage_percent=_percent(score.nominal),
        )


class IntervalOut(OutModel):
    """由同类历史误差得出的区间。"""

    low: DecimalText | None
    high: DecimalText | None
    nominal_coverage_percent: DecimalText | None

    @classmethod
    def of(cls, interval: Interval) -> Self:
        return cls(low=_shown(interval.low), high=_shown(interval.high), nominal_coverage_percent=_percent(interval.coverage))


class ProjectionOut(OutModel):
    """全年预测；是推算，不是统计数据，不入库。历史不足时为 null，并说明还缺什么。"""

    region: str
    region_name: str
    indicator: str
    indicator_name: str
    unit: str
    year: int
    as_of: datetime
    final: bool = Field(description="全年数据已知，无须预测")
    newest_period: str | None
    newest_value: DecimalText | None
    method: MethodName | None
    scale: ScaleName
    point: DecimalText | None
    interval: IntervalOut | None
    record: ScoreOut | None = Field(description="该方法在本地区和同级地区历年的误差")
    years_known: int
    years_needed: int
    errors_known: int
    errors_needed: int
    regions: int = Field(description="合并计算误差的同级地区数，含本地区")
    lacks: list[str]

    @classmethod
    def of(cls, projection: Projection) -> Self:
        asked, newest = projection.question, projection.newest
        return cls(
            region=asked.region,
            region_name=region_name(asked.region),
            indicator=projection.indicator.code,
            indicator_name=projection.indicator.name,
            unit=projection.indicator.unit,
            year=asked.year,
            as_of=asked.instant,
            final=projection.final,
            newest_period=newest and str(newest.period),
            newest_value=newest and newest.value,
            method=projection.method,
            scale=projection.scale,
            point=_shown(projection.point),
            interval=projection.interval and IntervalOut.of(projection.interval),
            record=projection.record and ScoreOut.of(projection.record),
            years_known=projection.years_known,
            years_needed=LEAST_YEARS,
            errors_known=projection.errors_known,
            errors_needed=LEAST_ERRORS,
            regions=projection.regions,
            lacks=list(projection.lacks),
        )


class BackTestOut(OutModel):
    """一种方法对一项指标的回测。"""

    indicator: str
    unit: str
    scale: ScaleName
    method: MethodName
    first_year: int
    last_year: int
    regions: int
    score: ScoreOut

    @classmethod
    def of(cls, test: BackTest) -> Self:
        return cls(
            indicator=test.indicator,
            unit=test.unit,
            scale=test.scale,
            method=test.method,
            first_year=test.years[0],
            last_year=test.years[1],
            regions=test.regions,
            score=ScoreOut.of(test.score),
        )


class BackTestsOut(OutModel):
    """随服务发布的甘肃市州面板上的回测，按数据现算。"""

    data: str
    not_tested: str
    items: list[BackTestOut]


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else settle(value, PLACES)


def _percent(value: Fraction | None) -> Decimal | None:
    return None if value is None else settle(value * 100, 2)
