"""Dry runs over HTTP."""

from typing import Annotated, Self

from pydantic import Field

from indicator_svc.changes.rules import Change, ItemChange, signed
from indicator_svc.dry_runs.service import Rehearsal, Trial
from shared.kit.decimals import shortest
from shared.kit.identifiers import divisions
from shared.kit.schemas import DecimalText, InModel, OutModel, PeriodText


class DryRunIn(InModel):
    """用草案对历史报告期试算；不保存任何结果。"""

    periods: Annotated[list[PeriodText], Field(min_length=1, max_length=12, description="已经结束的报告期")]


class FaultOut(OutModel):
    """发布前还须修改之处。"""

    pointer: str
    code: str
    message: str


class TriedItemOut(OutModel):
    """一项指标在两版方案下的得分。"""

    indicator: str
    score_before: DecimalText | None
    score_after: DecimalText | None
    delta: DecimalText | None = Field(description="null 表示有一方待定")
    causes: list[str] = Field(description="草案对本项的改动；为空时，差别来自参评地区的增减")

    @classmethod
    def of(cls, item: ItemChange, causes: dict[str, tuple[str, ...]]) -> Self:
        return cls(
            indicator=item.indicator,
            score_before=item.before and item.before.score,
            score_after=item.after and item.after.score,
            delta=item.score.delta,
            causes=list(causes.get(item.indicator, ())),
        )


class TriedRowOut(OutModel):
    """一个地区在两版方案下的总分与名次。"""

    region: str
    region_name: str
    total_before: DecimalText | None
    total_after: DecimalText | None
    delta: DecimalText | None
    rank_before: int | None
    rank_after: int | None
    moves: bool = Field(description="名次是否变动；没有可比的名次时为 false")
    pending: list[str] = Field(description="按草案待定的指标：缺少数据，不按零分计")
    warnings: list[str]
    items: list[TriedItemOut] = Field(description="得分有变化的指标")
    explanation: str

    @classmethod
    def of(cls, change: Change, causes: dict[str, tuple[str, ...]]) -> Self:
        before, after = change.before and change.before.rank, change.after and change.after.rank
        items = [TriedItemOut.of(item, causes) for item in change.items if item.score.before != item.score.after]
        return cls(
            region=change.region,
            region_name=divisions()[change.region].name,
            total_before=change.total.before,
            total_after=change.total.after,
            delta=change.total.delta,
            rank_before=before,
            rank_after=after,
            moves=before is not None and after is not None and before != after,
            pending=list(change.after.pending) if change.after else [],
            warnings=list(change.after.warnings) if change.after else [],
            items=items,
            explanation=_sentence(change, items),
        )


class TriedPeriodOut(OutModel):
    """一个报告期的试算。"""

    period: str
    movers: int = Field(description="名次变动的地区数")
    rows: list[TriedRowOut]

    @classmethod
    def of(cls, trial: Trial, causes: dict[str, tuple[str, ...]]) -> Self:
        rows = [TriedRowOut.of(change, causes) for change in trial.changes]
        return cls(period=str(trial.period), movers=sum(row.moves for row in rows), rows=rows)


class DryRunOut(OutModel):
    """草案与现行方案在同一批数据上的比较。"""

    scheme: str
    edition: int
    compared_with: int | None = Field(description="现行的一版；null 表示尚无已发布的方案可比")
    faults: list[FaultOut]
    periods: list[TriedPeriodOut]

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> Self:
        return cls(
            scheme=rehearsal.draft.code,
            edition=rehearsal.draft.edition,
            compared_with=rehearsal.published and rehearsal.published.edition,
            faults=[FaultOut(pointer=each.pointer, code=each.code, message=each.message) for each in rehearsal.faults],
            periods=[TriedPeriodOut.of(trial, rehearsal.differences) for trial in rehearsal.trials],
        )


def _sentence(change: Change, items: list[TriedItemOut]) -> str:
    name = divisions()[change.region].name
    if change.after is None:
        return f"{name}：草案不再列入参评。"
    if change.after.total is None:
        return f"{name}：按草案有{len(change.after.pending)}项待定（{'、'.join(change.after.pending)}），总分与名次待定。"
    now = f"按草案总分{shortest(change.after.total)}、第{change.after.rank}位"
    if change.total.delta is None or change.before is None:
        return f"{name}：{now}；现行方案下没有可比的总分。"
    causes = "、".join(f"{item.indicator}{signed(item.delta)}" for item in items if item.delta)
    was = f"较现行方案{signed(change.total.delta)}分、原第{change.before.rank}位"
    return f"{name}：{now}，{was}{f'；来自{causes}' if causes else ''}。"
