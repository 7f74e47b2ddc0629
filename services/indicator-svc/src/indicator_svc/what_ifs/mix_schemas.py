"""The cheapest mix over HTTP."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field

from indicator_svc.what_ifs.cheapest import METHOD
from indicator_svc.what_ifs.mixing import MOST_STEPS, Mix, Move, lever_at
from indicator_svc.what_ifs.relaxation import MILLION
from indicator_svc.what_ifs.schemas import SUPPOSED
from shared.kit.decimals import shortest
from shared.kit.schemas import Code, DecimalText, InModel, Moment, OutModel, PeriodText, RegionCode

Cost = Annotated[DecimalText, Field(ge=0, le=10**12)]
MOST_MOVES: Final = 20


class MoveIn(InModel):
    """部门就一项指标作出的承诺：最多改善多少、代价多大。"""

    indicator: Code = Field(description="评价项的指标代码")
    max_change: Annotated[DecimalText, Field(gt=0)] = Field(
        description=f"最多向好的方向变动多少，用指标自身单位；至多{MOST_STEPS}步"
    )
    cost_per_unit: Cost = Field(description="每变动一个单位的代价")
    fixed_cost: Cost = Field(default=Decimal(), description="只要变动就发生的一次性代价")
    step: Annotated[DecimalText, Field(gt=0)] | None = Field(default=None, description="一步的大小；缺省为公布精度")
    department: Annotated[str, Field(max_length=100)] = Field(default="", description="作出承诺的部门")

    def move(self) -> Move:
        return Move(self.indicator, self.max_change, self.cost_per_unit, self.fixed_cost, self.step, self.department)


class MixIn(InModel):
    """其他地区数值不变，在各部门所述限度内，以最小总代价达到一个总榜名次。"""

    scheme: Code = Field(description="方案代码")
    period: PeriodText
    region: RegionCode = Field(description="为哪个地区推演")
    rank: Annotated[int, Field(ge=1, le=1000)] = Field(description="想要达到的总榜名次")
    moves: Annotated[list[MoveIn], Field(min_length=1, max_length=MOST_MOVES)]
    cost_unit: Annotated[str, Field(min_length=1, max_length=20)] = Field(default="万元", description="代价的单位，照原样返回")
    as_of: Moment | None = Field(default=None, description="按该时刻所知的数据；缺省为现在")


class MoveOut(OutModel):
    """一项指标在最省组合中变动多少。"""

    indicator: str
    department: str
    steps: int
    step: DecimalText
    change: DecimalText = Field(description="数值变动，带正负号")
    value_before: DecimalText
    value: DecimalText
    score_before: DecimalText
    score: DecimalText
    cost: DecimalText


class MixOut(OutModel):
    """最省组合，与官方计分榜用同样的十进制计分。"""

    notice: str
    scheme: str
    edition: int
    period: str
    as_of: datetime
    region: str
    total_before: DecimalText | None
    rank_before: int | None
    wanted_rank: int
    reached: bool
    total: DecimalText | None = Field(description="按此组合后的总分；达不到时为 null")
    rank: int | None = Field(description="按此组合后的名次；达不到时为 null")
    best_rank: int = Field(description="全部承诺用到限度时的名次")
    cost: DecimalText | None
    cost_unit: str
    cost_at_least: DecimalText | None = Field(description="任何组合的代价都不低于此；已证最省时等于 cost")
    proven: bool = Field(description="是否已证明没有更省的组合")
    method: str
    boxes: int = Field(description="试算过的组合区间数")
    said: str
    moves: list[MoveOut]

    @classmethod
    def of(cls, mix: Mix, cost_unit: str) -> Self:
        base, own, found, contest = mix.base, mix.own, mix.found, mix.contest
        steps = found.steps
        return cls(
            notice=SUPPOSED,
            scheme=base.scheme.code,
            edition=base.scheme.edition,
            period=str(base.period),
            as_of=base.as_of,
            region=own.region,
            total_before=own.total,
            rank_before=own.rank,
            wanted_rank=mix.rank,
            reached=steps is not None,
            total=None if steps is None else contest.total(steps),
            rank=None if steps is None else contest.rank(steps),
            best_rank=found.best_rank,
            cost=None if steps is None else contest.cost(steps),
            cost_unit=cost_unit,
            cost_at_least=None if steps is None else Decimal(found.at_least) / MILLION,
            proven=found.proven,
            method=METHOD,
            boxes=found.boxes,
            said=_said(mix, cost_unit),
            moves=[_move(mix, number) for number in range(len(mix.moves))],
        )


def _move(mix: Mix, number: int) -> MoveOut:
    lever, steps = lever_at(mix, number)
    return MoveOut(
        indicator=mix.moves[number].indicator,
        department=mix.moves[number].department,
        steps=steps,
        step=lever.step,
        change=lever.value(steps) - lever.present,
        value_before=lever.present,
        value=lever.value(steps),
        score_before=lever.score(0),
        score=lever.score(steps),
        cost=mix.contest.offers[number].cost(steps),
    )


def _said(mix: Mix, cost_unit: str) -> str:
    found = mix.found
    if found.steps is None:
        return f"各项承诺全部用到限度，也只到第{found.best_rank}名，达不到第{mix.rank}名；请放宽限度或增加项目"
    if not any(found.steps):
        return f"现已在第{mix.own.rank}名，不需变动"
    moved = "、".join(
        f"{move.indicator}至{shortest(lever.value(steps))}"
        for number, move in enumerate(mix.moves)
        for lever, steps in [lever_at(mix, number)]
        if steps
    )
    sure = "已证最省" if found.proven else f"未证最省，任何组合不低于{shortest(Decimal(found.at_least) / MILLION)}{cost_unit}"
    return f"{moved}，共{shortest(mix.contest.cost(found.steps))}{cost_unit}，到第{mix.contest.rank(found.steps)}名；{sure}"
