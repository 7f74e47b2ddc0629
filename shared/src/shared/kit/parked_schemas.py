"""Parked events and operators' acts on the wire."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints
from sqlalchemy import Row

from shared.kit import strict_json
from shared.kit.auth import Principal
from shared.kit.errors import DomainError
from shared.kit.operator_acts import ActFilter, ActKind
from shared.kit.outbox import headers_from_json
from shared.kit.parked_drop import Dropping
from shared.kit.parked_events import UNREADABLE, ParkedFilter, ParkedState, Role
from shared.kit.problems import STATUS, ProblemOut, problem_of
from shared.kit.redrive import Permit, Redriven
from shared.kit.schemas import InModel, LongText, LooseMoment, May, OutModel, Permission

Subject = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""`620200/milestone/0197…`."""

MOST_SUBJECTS: Final = 100


class ParkedQuery(InModel):
    """Filters of the list; one that is left out asks nothing. The route refuses what no parameter knows."""

    model_config = ConfigDict(extra="ignore")

    state: ParkedState | None = Field(default=None, description="状态")
    role: Role | None = Field(default=None, description="cause：对象所等待的那一条；behind：排在其后的")
    subject: Subject | None = Field(default=None, description="对象，如 620200/milestone/…")
    source: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = Field(
        default=None, description=f"来源；{UNREADABLE} 为无法读取的记录"
    )
    type: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,200}$")] | None = Field(
        default=None, description="消息类型"
    )
    error_class: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="错误类别，如 Gap、Blocked、MalformedEnvelope"
    )
    since: LooseMoment | None = Field(default=None, description="不早于该时刻开始搁置")
    until: LooseMoment | None = Field(default=None, description="早于该时刻开始搁置")

    def wanted(self) -> ParkedFilter:
        return ParkedFilter(**self.model_dump())


class ActQuery(InModel):
    """Filters of the trail."""

    model_config = ConfigDict(extra="ignore")

    act: ActKind | None = Field(default=None, description="操作：redrive 重试、accept_gap 接受缺号、drop 丢弃、replay 重放")
    outcome: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None = Field(default=None, description="结果")
    actor: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(default=None, description="经办人")
    subject: Subject | None = Field(default=None, description="对象")
    parked_id: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,14}$")] | None = Field(
        default=None, description="搁置消息编号"
    )
    since: LooseMoment | None = Field(default=None, description="不早于该时刻")
    until: LooseMoment | None = Field(default=None, description="早于该时刻")

    def wanted(self) -> ActFilter:
        return ActFilter(**{**self.model_dump(), "parked_id": None if self.parked_id is None else int(self.parked_id)})


class AcceptedGapIn(InModel):
    """An object whose missing events will never come, and why."""

    subject: Subject
    reason: LongText = Field(description="查明的理由，记入审计；缺号以后再到也不会生效")


class RedriveIn(InModel):
    """Which objects are tried again."""

    subjects: Annotated[list[Subject], Field(min_length=1, max_length=MOST_SUBJECTS)] | Literal["all"] = Field(
        description="要重试的对象；all 为全部对象，最久未试的在先"
    )
    accepted_gaps: list[AcceptedGapIn] = Field(
        default=[], max_length=MOST_SUBJECTS, description="逐个对象接受其首条等待消息之前的缺号"
    )

    def permit(self) -> Permit:
        return Permit({each.subject: each.reason for each in self.accepted_gaps})


class RedriveOneIn(InModel):
    """How one object is tried again."""

    accepted_gap: LongText | None = Field(default=None, description="接受首条等待消息之前的缺号的理由；不填即不接受")

    def permit(self) -> Permit:
        return Permit(gap=self.accepted_gap)


class DropIn(InModel):
    """Why an event is given up."""

    reason: LongText = Field(description="丢弃的理由，记入审计")
    accept_gap: bool = Field(default=False, description="该条之前有缺号时须为 true：缺号一并放弃")

    def dropping(self) -> Dropping:
        return Dropping(self.reason, self.accept_gap)


class ActOut(OutModel):
    """值班人员的一次操作。"""

    id: int
    at: datetime
    actor: str
    act: str
    outcome: str
    subject: str | None
    parked_id: int | None
    source: str | None
    event_id: str | None
    sequence: int | None
    reason: str | None
    detail: str | None


class ParkedEventOut(OutModel):
    """一条被搁置的消息。"""

    id: int
    subject: str
    sequence: int = Field(description="在对象内的序号；无法读取的记录为 0")
    source: str
    event_id: str
    type: str | None
    topic: str
    partition: int
    offset: int
    state: ParkedState
    role: Role | None = Field(description="cause：对象等待的就是它；behind：排在其后；已了结的为 null")
    error_class: str
    error: str
    attempts: int
    first_at: datetime
    last_at: datetime
    resolved_by: str | None
    may: May


class HeaderOut(OutModel):
    """消息头；不是 UTF-8 文本的以 base64 给出。"""

    name: str
    encoding: Literal["text", "base64"]
    value: str


class PayloadOut(OutModel):
    """消息内容：合法的 JSON 原样给出，其余以 base64 给出。"""

    encoding: Literal["json", "base64", "none"]
    json_value: JsonValue = Field(default=None, serialization_alias="json")
    base64: str | None = None


class ParkedEventDetailOut(ParkedEventOut):
    """一条被搁置的消息，连同内容和对它的操作。"""

    headers: list[HeaderOut]
    payload: PayloadOut
    acts: list[ActOut] = Field(description="最近 100 次操作")


class RedrivenOut(OutModel):
    """一个对象（或一条无法读取的记录）重试的结果。"""

    index: int
    status: int = Field(description="200：没有失败；其余见 problem")
    subject: str
    source: str
    parked_id: int | None = Field(description="无法读取的记录的编号")
    taken: int = Field(description="本次处理完的消息数")
    left: int = Field(description="仍在等待的消息数；没有失败而大于 0 时请再次重试")
    stopped_at: int | None = Field(description="停在哪一条搁置消息")
    problem: ProblemOut | None


class RedriveOut(OutModel):
    """重试的结果，逐个对象给出。"""

    results: list[RedrivenOut]
    left: int = Field(description="本服务仍在等待的消息总数")


def parked_out(row: Row[Any], caller: Principal, service: str) -> ParkedEventOut:
    """An event as this caller sees it."""
    return ParkedEventOut(**_fields(row), may=_may(row, caller, service))


def detail_out(row: Row[Any], acts: Sequence[Row[Any]], caller: Principal, service: str) -> ParkedEventDetailOut:
    """An event with everything that is known of it."""
    headers = [_header(name, raw) for name, raw in headers_from_json(row.headers)]
    shown = [ActOut.model_validate(act) for act in acts]
    whole = {"headers": headers, "payload": payload_out(row.value), "acts": shown}
    return ParkedEventDetailOut(**_fields(row), may=_may(row, caller, service), **whole)


def redriven_out(results: Sequence[Redriven], left: int) -> RedriveOut:
    return RedriveOut(results=[_redriven(index, result) for index, result in enumerate(results)], left=left)


def _redriven(index: int, result: Redriven) -> RedrivenOut:
    problem = result.problem
    shown = None if problem is None else ProblemOut.model_validate(problem_of(problem).document(f"#/results/{index}"))
    status = 200 if problem is None else STATUS[problem.kind]
    counts = {name: getattr(result, name) for name in ("subject", "source", "parked_id", "taken", "left", "stopped_at")}
    return RedrivenOut(index=index, status=status, problem=shown, **counts)


def payload_out(value: bytes | None) -> PayloadOut:
    if value is None:
        return PayloadOut(encoding="none")
    try:
        return PayloadOut(encoding="json", json_value=strict_json.parse(bytes(value)))
    except (DomainError, ValueError, RecursionError):
        return PayloadOut(encoding="base64", base64=_base64(bytes(value)))


def _header(name: str, raw: bytes) -> HeaderOut:
    try:
        return HeaderOut(name=name, encoding="text", value=raw.decode())
    except UnicodeDecodeError:
        return HeaderOut(name=name, encoding="base64", value=_base64(raw))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _fields(row: Row[Any]) -> dict[str, Any]:
    same = ("id", "sequence", "source", "event_id", "topic", "state", "error_class", "error", "attempts", "resolved_by")
    places = {"subject": row.key, "partition": row.part, "offset": row.off, "first_at": row.first_at, "last_at": row.last_at}
    role = None if row.state != ParkedState.PARKED else Role.CAUSE if row.cause else Role.BEHIND
    return {**{name: getattr(row, name) for name in same}, **places, "role": role, "type": type_of(row)}


def type_of(row: Row[Any]) -> str | None:
    """What an event says that it is."""
    given = next((raw for name, raw in headers_from_json(row.headers) if name == "ce_type"), None)
    return None if given is None else given.decode(errors="replace")


def _may(row: Row[Any], caller: Principal, service: str) -> May:
    if not caller.may(f"{service}:admin"):
        refused = Permission(allowed=False, reason=f"该密钥没有 {service}:admin 权限。")
    elif row.state != ParkedState.PARKED:
        refused = Permission(allowed=False, reason="该消息已了结。")
    else:
        behind = Permission(allowed=False, reason="排在其他消息之后：只能丢弃对象所等待的那一条。")
        return {"redrive": Permission(allowed=True), "drop": Permission(allowed=True) if row.cause else behind}
    return {"redrive": refused, "drop": refused}
