"""The pace over HTTP. Amounts are in the unit of the indicator, or of the level behind a growth; shown with six places."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field

from indicator_svc.indicators.rules import Direction
from indicator_svc.observations.rules import Provenance
from indicator_svc.pace.rules import Course, Days, Gap, Nature, Verdict
from indicator_svc.pace.service import Growth, Pace
from indicator_svc.schemes.methods import settle
from shared.kit.identifiers import region_name
from shared.kit.schemas import DecimalText, OutModel

PLACES = 6
NOMINAL = "名义：本年与上年水平值直接比较"
COMPARABLE = "已发布增速折算到上年基数；不变价增速与现价基数口径不同，折算额只供倒推，不是现价额"


class GapOut(OutModel):
    """不能推算之处及原因。"""

    code: Gap
    message: str


class CourseOut(OutModel):
    """倒推：尚需量、剩余天数、日均月均与此前的对照；尚需量与天数是精确值，日均月均四舍五入到六位小数。"""

    unit: str
    target: DecimalText
    achieved: DecimalText
    remaining: DecimalText = Field(description="目标减已完成；负数为超出")
    arrears: DecimalText = Field(description="欠账：按序时进度（增速按上年同期基数）应完成减已完成；负数为超前")
    days_passed: int
    days_left: int = Field(description="自最新已知报告期末次日至截止日，含截止日")
    months_passed: int
    months_left: int | None
    needed_per_day: Annotated[DecimalText | None, Field(description="控制性目标为每天至多；负数为已超出目标")]
    needed_per_month: DecimalText | None
    achieved_per_day: DecimalText | None
    achieved_per_month: DecimalText | None
    times: Annotated[DecimalText | None, Field(description="今后日均须为此前日均的倍数")]
    verdict: Annotated[
        Verdict,
        Field(
            description="reached 已达到、on_pace 合序时、behind 欠进度、missed 到期未达到；控制性目标：within 之内、"
            "too_fast 快于序时、exceeded 已突破"
        ),
    ]

    @classmethod
    def of(cls, course: Course, unit: str, direction: Direction) -> Self:
        return cls(
            unit=unit,
            target=_shown(course.target),
            achieved=_shown(course.achieved),
            remaining=_shown(course.remaining),
            arrears=_shown(course.arrears),
            days_passed=course.stretch.days_passed,
            days_left=course.stretch.days_left,
            months_passed=course.stretch.months_passed,
            months_left=course.stretch.months_left,
            needed_per_day=_shown_if(course.needed_per_day),
            needed_per_month=_shown_if(course.needed_per_month),
            achieved_per_day=_shown_if(course.achieved_per_day),
            achieved_per_month=_shown_if(course.achieved_per_month),
            times=_shown_if(course.times),
            verdict=course.verdict(direction),
        )


class GrowthOut(OutModel):
    """增速目标的上年基数，和余下月份须达到的增速。"""

    base: str
    base_name: str
    unit: str
    last_year: DecimalText
    last_year_same_months: DecimalText
    basis: str = Field(description="口径")
    needed_growth_percent: DecimalText | None = Field(description="余下月份比上年同月份须增长（%）")

    @classmethod
    def of(cls, growth: Growth, *, derived: bool) -> Self:
        return cls(
            base=growth.base,
            base_name=growth.base_name,
            unit=growth.base_unit,
            last_year=growth.figures.whole,
            last_year_same_months=growth.figures.part,
            basis=NOMINAL if derived else COMPARABLE,
            needed_growth_percent=_shown_if(growth.needed),
        )


class PaceOut(OutModel):
    """一项指标的进度与倒推；null 表示不能推算，原因见 gaps。"""

    region: str
    region_name: str
    indicator: str
    indicator_name: str
    unit: str
    year: int
    nature: Annotated[Nature, Field(description="amount 累计量、growth 增速、state 比率或时点数")]
    direction: Direction
    target: DecimalText | None
    target_source: str
    period: str | None = Field(description="最新已知的报告期")
    value: DecimalText | None = Field(description="该期数值；由水平值推算的增速不在此列出")
    gap: DecimalText | None = Field(description="目标减该期数值，以本指标单位计；% 的差为百分点")
    provenance: Provenance | None = Field(description="published 已发布、derived 推算、provisional 暂用的其他系统数")
    synthetic: bool = Field(description="所用数值是否为演示数据")
    until: date
    provisional_days: bool = Field(description="截止日所在年度的放假通知尚未发布，工作日数可能变动")
    days: Annotated[Days, Field(description="calendar 自然日、working 工作日")]
    as_of: datetime
    course: CourseOut | None
    growth: GrowthOut | None
    gaps: list[GapOut]

    @classmethod
    def of(cls, pace: Pace) -> Self:
        asked, target = pace.question, pace.question.aim.target
        unit = pace.growth.base_unit if pace.growth else pace.indicator.unit
        return cls(
            region=asked.region,
            region_name=region_name(asked.region),
            indicator=pace.indicator.code,
            indicator_name=pace.indicator.name,
            unit=pace.indicator.unit,
            year=asked.year,
            nature=pace.nature,
            direction=pace.direction,
            target=target,
            target_source=asked.aim.source,
            period=None if pace.period is None else str(pace.period),
            value=pace.value,
            gap=None if target is None or pace.value is None else target - pace.value,
            provenance=pace.figure and pace.figure.provenance,
            synthetic=pace.figure is not None and pace.figure.synthetic,
            until=asked.closing,
            provisional_days=pace.provisional_days,
            days=asked.terms.days,
            as_of=asked.instant,
            course=None if pace.course is None else CourseOut.of(pace.course, unit, pace.direction),
            growth=None if pace.growth is None else GrowthOut.of(pace.growth, derived=pace.indicator.derived_from is not None),
            gaps=[GapOut(code=code, message=message) for code, message in pace.gaps],
        )


def _shown(value: Fraction) -> Decimal:
    return settle(value, PLACES)


def _shown_if(value: Fraction | None) -> Decimal | None:
    return None if value is None else _shown(value)
