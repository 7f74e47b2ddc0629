"""Inverse what-ifs over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import Field

from indicator_svc.scoreboards.items import ItemScore
from indicator_svc.what_ifs.inverse import SCANNED, Obstacle, Reach
from indicator_svc.what_ifs.levers import Lever
from indicator_svc.what_ifs.rules import Answer
from indicator_svc.what_ifs.service import Inverse, Wish
from shared.kit.decimals import shortest
from shared.kit.schemas import Code, DecimalText, InModel, Moment, OutModel, PeriodText, RegionCode

SUPPOSED: Final = "推演结果，不是官方数据；官方数据与计分榜未作任何改动。"
Step = Annotated[DecimalText, Field(gt=0)]


class InverseIn(InModel):
    """倒推：其他地区数值不变，本地区单独变动一项，最少变动多少可达到各名次。"""

    scheme: Code = Field(description="方案代码")
    period: PeriodText
    region: RegionCode = Field(description="为哪个地区倒推")
    as_of: Moment | None = Field(default=None, description="按该时刻所知的数据；缺省为现在")
    max_steps: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=1_000, description=f"每项最多变动的步数；区间型与加减分项逐步试算，至多{SCANNED}步"
    )
    steps: Annotated[dict[Code, Step], Field(max_length=200)] = Field(
        default_factory=dict, description="各指标一步的大小；缺省为公布精度（如 0.1 个百分点）"
    )
    wanted_scores: Annotated[dict[Code, DecimalText], Field(max_length=200)] = Field(
        default_factory=dict, description="各指标想要达到的得分"
    )

    def wish(self) -> Wish:
        return Wish(self.region, self.max_steps, self.steps, self.wanted_scores)


class ReachOut(OutModel):
    """达到一个名次（或得分）的最少变动。"""

    rank: int | None = Field(description="名次；想要达到的是得分时为 null")
    steps: int | None = Field(description="最少步数；0 表示已达到，null 表示达不到")
    change: DecimalText | None = Field(description="数值变动，带正负号")
    value: DecimalText | None = Field(description="变动后的数值")
    score: DecimalText | None = Field(description="变动后本项得分")
    obstacle: Obstacle | None = Field(
        description="cap 再好也达不到、bound 超出允许步数、outside_total 本项不计入总分、scan 试算步数内达不到"
    )
    reason: str = Field(description="达不到的原因；达到时为空")


class InverseItemOut(OutModel):
    """一项指标的倒推结果。"""

    indicator: str
    method: str
    value: DecimalText | None
    step: DecimalText | None
    score: DecimalText | None
    rank: int | None
    fixed: str | None = Field(description="不能单独变动的原因；可以变动时为 null")
    for_score: ReachOut | None
    item_ranks: list[ReachOut] = Field(description="本项各位次，自第 1 名起；加减分项没有位次")
    ranks: list[ReachOut] = Field(description="总榜各名次，自第 1 名起")


class InverseOut(OutModel):
    """倒推结果，与官方计分榜用同样的十进制计分。"""

    notice: str
    scheme: str
    edition: int
    period: str
    as_of: datetime
    region: str
    total: DecimalText | None
    rank: int | None
    items: list[InverseItemOut]

    @classmethod
    def of(cls, inverse: Inverse) -> Self:
        base, own = inverse.base, inverse.own
        return cls(
            notice=SUPPOSED,
            scheme=base.scheme.code,
            edition=base.scheme.edition,
            period=str(base.period),
            as_of=base.as_of,
            region=own.region,
            total=own.total,
            rank=own.rank,
            items=[_item(answer, own.items[number]) for number, answer in enumerate(inverse.answers)],
        )


def _item(answer: Answer, own: ItemScore) -> InverseItemOut:
    lever = answer.lever
    return InverseItemOut(
        indicator=answer.item.indicator,
        method=answer.item.method_name,
        value=None if lever is None else lever.present,
        step=None if lever is None else lever.step,
        score=own.score,
        rank=own.rank,
        fixed=answer.fixed,
        for_score=None if lever is None or answer.score is None else _reach(lever, None, answer.score),
        item_ranks=_reaches(lever, answer.item_ranks),
        ranks=_reaches(lever, answer.ranks),
    )


def _reaches(lever: Lever | None, reaches: Sequence[Reach]) -> list[ReachOut]:
    return [] if lever is None else [_reach(lever, rank, reach) for rank, reach in enumerate(reaches, start=1)]


def _reach(lever: Lever, rank: int | None, reach: Reach) -> ReachOut:
    steps = reach.steps
    return ReachOut(
        rank=rank,
        steps=steps,
        change=None if steps is None else lever.value(steps) - lever.present,
        value=None if steps is None else lever.value(steps),
        score=None if steps is None else lever.score(steps),
        obstacle=reach.obstacle,
        reason="" if reach.obstacle is None else _reason(lever, reach.obstacle),
    )


def _reason(lever: Lever, obstacle: Obstacle) -> str:
    match obstacle:
        case Obstacle.CAP:
            return "本项得分封顶，数值再好也达不到"
        case Obstacle.BOUND:
            at, score = shortest(lever.value(lever.most)), shortest(lever.score(lever.most))
            return f"变动{lever.most}步（至{at}，得{score}分）以内达不到，需超出允许步数"
        case Obstacle.OUTSIDE:
            return "本项不计入总分，变动它不改变总榜名次"
        case Obstacle.SCAN:
            return f"逐步试算{min(lever.most, SCANNED)}步以内达不到"
