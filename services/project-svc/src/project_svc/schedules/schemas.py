"""What comes in and goes out about schedules."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from project_svc.codes import Stage
from project_svc.milestones.models import Approval
from project_svc.milestones.outlook import Range
from project_svc.milestones.rules import MilestoneState
from project_svc.milestones.schemas import WorkIn, WorkOut
from project_svc.network.rules import Span
from project_svc.network.schedule import Line
from project_svc.network.wording import advice, because_of, verdict
from project_svc.schedules.rules import Direction
from project_svc.schedules.service import Answer, Change, Question
from project_svc.sites import winter_stop_on
from shared.kit.http import VersionedOut
from shared.kit.schemas import Day, InModel, LongText, ObjectId, OutModel, ShortText

DirectionAsked = Annotated[Direction, Field(description="forward：自起始日正排；backward：自期限倒排")]
BeginAsked = Annotated[Day | None, Field(description="最早可以开始的日期，缺省为计划录入之日")]
DeadlineAsked = Annotated[Day | None, Field(description="全部完成的期限，缺省为各末端节点的现行到期日")]


class ScheduleQuery(BaseModel):
    """Which schedule is asked for, read from the query."""

    direction: DirectionAsked = Direction.FORWARD
    begin_on: BeginAsked = None
    deadline: DeadlineAsked = None

    def question(self) -> Question:
        return Question(self.direction, Range(self.begin_on, self.deadline))


class ChangeIn(InModel):
    """试排时改动的一个节点：工期、到期日，或两者。"""

    milestone: ObjectId
    work: WorkIn | None = None
    due_on: Day | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.work is None and self.due_on is None:
            raise ValueError("work 与 due_on 至少填写一项。")
        return self

    def change(self) -> Change:
        return Change(self.milestone, self.work.work() if self.work else None, self.due_on)


def _no_repeats(changes: list[ChangeIn]) -> list[ChangeIn]:
    if len({each.milestone for each in changes}) < len(changes):
        raise ValueError("同一节点只能改动一次。")
    return changes


class TrialIn(InModel):
    """试排：改动工期或日期看结果，不保存。"""

    direction: DirectionAsked = Direction.FORWARD
    begin_on: BeginAsked = None
    deadline: DeadlineAsked = None
    changes: Annotated[list[ChangeIn], Field(max_length=200, default_factory=list), AfterValidator(_no_repeats)]

    def question(self) -> Question:
        return Question(self.direction, Range(self.begin_on, self.deadline), [each.change() for each in self.changes])


class AdoptionIn(InModel):
    """经批准，把排期结果作为各未完成节点的现行到期日；已发出的预警不因此解除。"""

    direction: DirectionAsked = Direction.FORWARD
    begin_on: BeginAsked = None
    deadline: DeadlineAsked = None
    reason: LongText
    approver: ShortText
    approved_on: Day
    document: ShortText | None = None

    def question(self) -> Question:
        return Question(self.direction, Range(self.begin_on, self.deadline))

    def approval(self) -> Approval:
        return Approval(self.approver, self.approved_on, self.reason, self.document)


class DaysOut(OutModel):
    """一个节点的起止日；没有工期的时点起止为同一天。"""

    start_on: Day
    finish_on: Day

    @classmethod
    def of(cls, span: Span) -> "DaysOut":
        return cls(start_on=date.fromordinal(span.first_day()), finish_on=date.fromordinal(span.finish))


class ScheduleLineOut(OutModel):
    """排期中的一个节点；时差以该节点自己的工期单位计，为负表示按期限已来不及。"""

    milestone: str
    name: str
    stage: Stage
    stage_label: str
    state: MilestoneState
    work: WorkOut
    actual_on: Day | None
    current_due_on: Day
    planned_on: Annotated[Day, Field(description="本次排期的完成日：正排为最早完成，倒排为最迟完成")]
    earliest: DaysOut
    latest: DaysOut
    float_days: Annotated[int, Field(description="总时差：不影响期限可推迟的天数")]
    free_float_days: Annotated[int, Field(description="自由时差：不影响其他节点可推迟的天数")]
    critical: Annotated[bool, Field(description="在关键线路上，或总时差不大于零")]


class CutOut(OutModel):
    """须压缩工期的一个节点。"""

    milestone: str
    name: str
    from_days: int
    to_days: int


class CompressionOut(OutModel):
    """最少须压缩哪些节点：先求节点数最少，再求总天数最少；搭接间隔不压缩。"""

    enough: Annotated[bool, Field(description="压缩到最短工期能否满足期限")]
    proven_least: Annotated[bool, Field(description="是否已证明为最少；节点过多时可能未逐一验证")]
    cuts: list[CutOut]
    explanation: str
    clause: Annotated[str, Field(description="未填报最短工期时，可压缩比例的依据")]


class ScheduleOut(VersionedOut):
    """项目排期；id 与 version 是项目的。"""

    direction: Direction
    begin_on: Day
    deadline: Annotated[Day | None, Field(description="统一期限；为空时各末端节点按自己的现行到期日")]
    as_of: Day
    finish_on: Annotated[Day, Field(description="全部节点最早完成之日")]
    result: list[ScheduleLineOut]
    critical_path: list[str]
    impossible: bool
    impossible_by_working_days: int
    because: Annotated[list[str], Field(description="关键线路逐节点说明")]
    explanation: str
    compression: CompressionOut | None
    winter_stop: Annotated[str | None, Field(description="所用冬季停工规定；该区划没有规定的为空，室外作业全年计入")]

    @classmethod
    def of(cls, answer: Answer) -> "ScheduleOut":
        found, basis, project = answer.schedule, answer.basis, answer.milestones[0].project
        return cls(
            id=project.id,
            version=project.version,
            direction=answer.question.direction,
            begin_on=basis.begin_on,
            deadline=basis.deadline,
            as_of=basis.today,
            finish_on=date.fromordinal(max(line.earliest.finish for line in found.lines)),
            result=_lines(answer),
            critical_path=[found.tasks[step.index].key for step in found.path],
            impossible=found.miss is not None,
            impossible_by_working_days=found.miss.working_days if found.miss else 0,
            because=because_of(found),
            explanation=verdict(found),
            compression=_compression(answer),
            winter_stop=winter_stop_on(project.region, basis.today),
        )


def _lines(answer: Answer) -> list[ScheduleLineOut]:
    rows = zip(answer.milestones, answer.schedule.lines, strict=True)
    return [
        ScheduleLineOut(
            milestone=milestone.id,
            name=milestone.name,
            stage=milestone.stage,
            stage_label=milestone.stage.label,
            state=milestone.state,
            actual_on=milestone.actual_on,
            current_due_on=milestone.current_due_on,
            planned_on=milestone.actual_on or answer.planned(line),
            work=WorkOut.of(line.task.work),
            **_days(line),
        )
        for milestone, line in rows
    ]


def _days(line: Line) -> dict[str, DaysOut | int | bool]:
    return {
        "earliest": DaysOut.of(line.earliest),
        "latest": DaysOut.of(line.latest),
        "float_days": line.slack.total,
        "free_float_days": line.slack.free,
        "critical": line.critical,
    }


def _compression(answer: Answer) -> CompressionOut | None:
    found, said = answer.schedule, advice(answer.schedule)
    if found.compression is None or said is None:
        return None
    return CompressionOut(
        enough=found.compression.missed_by is None,
        proven_least=found.compression.proven_least,
        cuts=_cuts(answer),
        explanation=said,
        clause=answer.basis.rule.clause,
    )


def _cuts(answer: Answer) -> Sequence[CutOut]:
    cuts = answer.schedule.compression.cuts if answer.schedule.compression else {}
    tasks = answer.schedule.tasks
    return [
        CutOut(
            milestone=tasks[index].key,
            name=tasks[index].name,
            from_days=tasks[index].work.days,
            to_days=tasks[index].work.days - days,
        )
        for index, days in sorted(cuts.items())
    ]
