"""Observations over HTTP."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from indicator_svc.indicators.rules import Kind
from indicator_svc.observations.models import Observation, ObservationMove
from indicator_svc.observations.rules import Provenance, State, Status
from indicator_svc.observations.service import Draft
from shared.kit.decimals import UnknownReason, parse_figure
from shared.kit.periods import Period
from shared.kit.schemas import (
    DECIMAL_PATTERN,
    Code,
    DecimalText,
    InModel,
    LongText,
    May,
    OutModel,
    PeriodText,
    Permission,
    RegionCode,
)

_NO_FIGURE = r"^\*+$"
FIGURE: Final = ("region", "indicator", "period")


def _masked(value: object) -> object:
    """`*`, `**` and an empty text are no numbers: the reason why is kept instead."""
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        return value
    try:
        figure = parse_figure(value["value"])
    except ValueError:
        return value
    if figure.unknown_reason is None:
        return value
    return {**value, "value": None, "unknown_reason": value.get("unknown_reason") or figure.unknown_reason.value}


class ObservationIn(InModel):
    """一个地区、一项指标、一个报告期的数据。数值未知时填 null 并说明原因；“*”按被遮盖处理，绝不当作 0。"""

    region: RegionCode
    indicator: Code
    period: PeriodText = Field(description="报告期：年初累计，如 2022-M06、2022-Q2、2022-H1、2022")
    value: DecimalText | None = Field(
        description="数值；null、* 或空文本表示未知",
        json_schema_extra={"anyOf": [{"type": "string", "pattern": f"{DECIMAL_PATTERN}|{_NO_FIGURE}|^$"}, {"type": "null"}]},
    )
    unknown_reason: UnknownReason | None = Field(default=None, description="未知原因；数值为 null 时必填")
    unit: Annotated[str, Field(max_length=20)] | None = Field(default=None, description="计量单位；填写时须与指标一致")
    kind: Kind | None = Field(default=None, description="数据类型；填写时须与指标一致")
    status: Status = Field(default=Status.PRELIMINARY, description="flash 快报、preliminary 初步、verified 核实、final 最终")
    provenance: Provenance = Field(
        default=Provenance.PUBLISHED, description="published 已发布、derived 推算、provisional 由业务数据暂代"
    )
    publisher: Annotated[str, Field(min_length=1, max_length=200)]
    published_at: datetime | None = None
    synthetic: bool = Field(default=False, description="是否为演示用的虚构数据")
    note: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="before")
    @classmethod
    def _read_masks(cls, given: Any) -> Any:
        return _masked(given)

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) == (self.unknown_reason is None):
            raise ValueError("数值 value 与未知原因 unknown_reason 须恰有其一：有数值不填原因，未知须说明原因。")
        return self

    def draft(self) -> Draft:
        return Draft(**{name: getattr(self, name) for name in type(self).model_fields})


def figure_named(item: Any) -> tuple[str, str, str] | None:
    """Which figure an item is about, as it came in; None where it does not say. Names of the same stretch of a year are one."""
    if not isinstance(item, dict) or not all(isinstance(item.get(name), str) for name in FIGURE):
        return None
    region, indicator, period = (item[name] for name in FIGURE)
    try:
        return region, indicator, Period.parse(period).end.isoformat()
    except ValueError:
        return region, indicator, period


class ReasonIn(InModel):
    """说明理由。"""

    reason: LongText = Field(description="依据或理由，记入历史")


class HeldReason(OutModel):
    """一条核查规则与它的依据。"""

    rule: str = Field(
        description="peer-jump 与各地区变动相差过大、own-jump 与上年相差过大、same-as-other 与他地雷同、row 整行可疑"
    )
    evidence: str


class ObservationOut(OutModel):
    """一条数据（一次修订）。"""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    region: str
    indicator: str
    period: str
    period_end: date
    revision: int
    value: DecimalText | None
    unknown_reason: UnknownReason | None
    unit: str
    status: Status
    kind: Kind
    provenance: Provenance
    publisher: str
    published_at: datetime | None
    synthetic: bool
    note: str
    state: State
    held_because: list[HeldReason]
    recorded_by: str
    may: May

    @classmethod
    def of(cls, observation: Observation) -> Self:
        fields = {name: getattr(observation, name) for name in cls.model_fields if name != "may"}
        return cls.model_validate({**fields, "may": _may(observation.state)})


class MoveOut(OutModel):
    """一次状态变动：何时、何人、为何。"""

    state: State
    at: datetime
    by_person: bool = Field(description="true 人工决定，false 核查规则")
    actor: str
    reason: str = Field(description="理由或核查依据；核查通过时为空")


class ObservationInFull(ObservationOut):
    """一条数据及其全部状态变动；指定 as_of 时为当时的状态。"""

    moves: list[MoveOut]

    @classmethod
    def then(cls, observation: Observation, moves: Sequence[ObservationMove]) -> Self:
        """As it stood after these moves. The rules that held it are known only while they do; the evidence is in the moves."""
        state = State(moves[-1].state)
        now = ObservationOut.of(observation).model_dump()
        said = [
            MoveOut(state=State(each.state), at=each.created_at, by_person=each.by_person, actor=each.actor, reason=each.reason)
            for each in moves
        ]
        kept = now["held_because"] if state == observation.state else []
        return cls.model_validate({**now, "state": state, "held_because": kept, "may": _may(observation.state), "moves": said})


def _may(state: str) -> May:
    held, withdrawn = state == State.HELD, state == State.WITHDRAWN
    return {
        "confirm": Permission(allowed=held, reason=None if held else "只有待确认的数据需要确认"),
        "withdraw": Permission(allowed=not withdrawn, reason="该数据已撤回" if withdrawn else None),
    }


StateFilter = Literal["accepted", "held", "withdrawn"]
