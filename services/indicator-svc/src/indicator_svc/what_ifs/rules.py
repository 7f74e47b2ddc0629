"""What-if: figures changed, everything computed anew; and the least change that reaches a place. Pure; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from indicator_svc.observations.rules import Availability, missing
from indicator_svc.schemes.definition import Item, Scheme
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Board, Row
from indicator_svc.what_ifs.inverse import Race, Reach, item_rank_steps, score_steps
from indicator_svc.what_ifs.levers import Lever, published_step, why_fixed
from indicator_svc.what_ifs.totals import Account
from shared.kit.errors import Fault


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the board's period as somebody supposes it."""

    region: str
    indicator: str
    value: Decimal


def supposing(questions: Questions, changes: Sequence[Change]) -> Questions:
    """The questions of a board with these figures instead; what was asked for is left alone."""
    figures = dict(questions.figures)
    for change in changes:
        known = figures.get((change.region, change.indicator), missing(None))
        supposed = replace(known, value=change.value, availability=Availability.KNOWN, unknown_reason=None, sources=())
        figures[change.region, change.indicator] = supposed
    return Questions(figures, questions.last_year)


def change_faults(scheme: Scheme, questions: Questions, changes: Sequence[Change]) -> list[Fault]:
    """Everything that keeps these changes from being supposed; figures that nobody can have yet stay so."""
    faults, seen = [], set[tuple[str, str]]()
    for index, change in enumerate(changes):
        cell = change.region, change.indicator
        why = _why_not(scheme, questions, change) or ("同一地区的同一指标只能设一个数值" if cell in seen else None)
        seen.add(cell)
        if why is not None:
            faults.append(Fault(f"/changes/{index}", "what-if.change", f"{change.region} 的 {change.indicator}：{why}"))
    return faults


def _why_not(scheme: Scheme, questions: Questions, change: Change) -> str | None:
    if change.region not in (*scheme.peers, scheme.province):
        return "该地区不在方案的评价范围"
    if change.indicator not in scheme.needs:
        return "方案计分不用这项数据"
    figure = questions.of(change.region, change.indicator)
    return figure.why_not if figure.availability is Availability.NOT_DUE else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the inverse is asked: whose figures, in which unit steps, how far; `wanted_score` by indicator where one is wanted."""

    region: str
    most: int
    steps: Mapping[str, Decimal]
    units: Mapping[str, str]
    wanted_score: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Answer:
    """One item: its lever, or why there is none; the least moves for a score, for each item rank, and for each overall rank."""

    item: Item
    fixed: str | None
    lever: Lever | None = None
    score: Reach | None = None
    item_ranks: tuple[Reach, ...] = ()
    ranks: tuple[Reach, ...] = ()


def invert(scheme: Scheme, board: Board, asked: Asked) -> list[Answer]:
    """For every item of the region, the least move for every rank. The region must be ranked."""
    rows = {row.region: row for row in board.rows}
    own = rows.pop(asked.region)
    accounts = {region: Account.of(row, scheme) for region, row in rows.items() if row.rank is not None}
    scored = list(zip(scheme.items, own.items, strict=True))
    answers = []
    for number, (item, score) in enumerate(scored):
        fixed = why_fixed(item, score, scheme)
        if fixed is not None:
            answers.append(Answer(item, fixed))
            continue
        lever = lever_of(scheme, (number, own, rows), asked)
        answers.append(_answer(lever, Race(Account.of(own, scheme), accounts, lever), asked))
    return answers


def lever_of(scheme: Scheme, at: tuple[int, Row, Mapping[str, Row]], asked: Asked) -> Lever:
    number, own, rows = at
    item, score = scheme.items[number], own.items[number]
    others = {region: row.items[number] for region, row in rows.items()}
    lever = Lever(item, score, others, Decimal(1), asked.most, scheme.rounding)
    step = asked.steps.get(item.indicator) or published_step(lever.present, asked.units.get(lever.code, ""))
    return replace(lever, step=step, _field=[], _own_scores={}, _their_scores={})


def _answer(lever: Lever, race: Race, asked: Asked) -> Answer:
    wanted = asked.wanted_score.get(lever.item.indicator)
    score = None if wanted is None else score_steps(lever, wanted)
    return Answer(lever.item, None, lever, score, tuple(item_rank_steps(lever)), tuple(race.rank_steps()))
