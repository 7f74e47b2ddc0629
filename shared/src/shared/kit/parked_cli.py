"""The commands about events that were set aside: `parked list | show | retry | drop | acts`.

Every object that is tried again is a transaction of its own here, so that a long list holds nobody up.
"""

import getpass
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from sqlalchemy import Row

from shared.kit.errors import Invalid
from shared.kit.operator_acts import ActFilter, acts_of, every_act
from shared.kit.outbox import headers_from_json
from shared.kit.parked_drop import Dropping, drop
from shared.kit.parked_events import ParkedEvents, ParkedFilter, ParkedState, Role
from shared.kit.parked_schemas import ActOut, payload_out, type_of
from shared.kit.redrive import Permit, Redrive, Redriven
from shared.kit.runtime import Runtime
from shared.kit.subscriptions import Subscriptions, consumer_of

Run = Callable[[Callable[[Runtime, Subscriptions], Awaitable[object]]], None]
"""Runs a command on the service's runtime."""

By = Annotated[str | None, typer.Option("--by", help="经办人，记入审计；默认为操作系统用户")]
TIME_FORMATS: Final = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]
Time = Annotated[datetime | None, typer.Option(formats=TIME_FORMATS)]


class RetryUnclear(Invalid):
    code = "parked.retry-unclear"


class SomethingFailed(Invalid):
    code = "parked.something-failed"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which objects a retry is about, and what the operator accepts."""

    subjects: tuple[str, ...]
    everything: bool
    accept_gap: bool
    reason: str | None

    def check(self) -> None:
        """Raises RetryUnclear."""
        if self.everything == bool(self.subjects):
            raise RetryUnclear("请列出要重试的对象，或用 --all 重试全部，二者选一。")
        if self.accept_gap and (self.everything or not (self.reason or "").strip()):
            raise RetryUnclear("接受缺号（--accept-gap）须列出对象并用 --reason 说明理由，不能与 --all 同用。")

    def permit(self) -> Permit:
        return Permit(gap=self.reason if self.accept_gap else None)


def parked_cli(run: Run) -> typer.Typer:
    """The commands of one service."""
    commands = typer.Typer(no_args_is_help=True)
    _add_looking(commands, run)
    _add_acting(commands, run)
    return commands


def _add_looking(commands: typer.Typer, run: Run) -> None:
    @commands.command("list", help="列出被搁置的消息：编号、对象、序号、次数、起始时间、原因。")
    def list_parked(  # noqa: PLR0913, PLR0917 - one option for each filter
        state: Annotated[ParkedState, typer.Option(help="状态")] = ParkedState.PARKED,
        subject: Annotated[str | None, typer.Option(help="对象")] = None,
        source: Annotated[str | None, typer.Option(help="来源，unreadable 为无法读取的记录")] = None,
        kind: Annotated[str | None, typer.Option("--type", help="消息类型")] = None,
        error_class: Annotated[str | None, typer.Option(help="错误类别，如 Gap")] = None,
        since: Time = None,
        until: Time = None,
        cause: Annotated[bool, typer.Option("--cause", help="只列各对象所等待的那一条")] = False,
    ) -> None:
        role = Role.CAUSE if cause else None
        wanted = ParkedFilter(state, subject, source, kind, error_class, since, until, role)
        run(lambda runtime, _: _list(runtime, wanted))

    @commands.command("show", help="显示一条被搁置的消息：内容、消息头与操作记录（JSON）。")
    def show(number: Annotated[int, typer.Argument(help="编号")]) -> None:
        run(lambda runtime, _: _show(runtime, number))

    @commands.command("acts", help="列出值班操作记录：时间、经办人、操作、结果、编号、对象、理由。")
    def acts(
        subject: Annotated[str | None, typer.Option(help="对象")] = None,
        number: Annotated[int | None, typer.Option("--id", help="搁置消息编号")] = None,
        since: Time = None,
        until: Time = None,
    ) -> None:
        wanted = ActFilter(subject=subject, parked_id=number, since=since, until=until)
        run(lambda runtime, _: _acts(runtime, wanted))


def _add_acting(commands: typer.Typer, run: Run) -> None:
    @commands.command("retry", help="原因消除后，按顺序重试对象的消息；再次失败则停在该条并报告原因，其他对象照常进行。")
    def retry(
        subjects: Annotated[list[str] | None, typer.Argument(help="对象，如 620200/milestone/…，可列多个")] = None,
        everything: Annotated[bool, typer.Option("--all", help="重试全部对象")] = False,
        accept_gap: Annotated[bool, typer.Option("--accept-gap", help="接受各对象首条等待消息之前的缺号")] = False,
        reason: Annotated[str | None, typer.Option(help="接受缺号的理由")] = None,
        by: By = None,
    ) -> None:
        chosen = Chosen(tuple(subjects or ()), everything, accept_gap, reason)
        run(lambda runtime, hears: _retry(runtime, hears, chosen, actor_of(by)))

    @commands.command("drop", help="丢弃对象所等待的那一条消息（或无法读取的记录）；其后的消息等待重试。")
    def drop_one(
        number: Annotated[int, typer.Argument(help="编号")],
        reason: Annotated[str, typer.Option(help="理由，记入审计")],
        accept_gap: Annotated[bool, typer.Option("--accept-gap", help="该条之前有缺号时，一并放弃")] = False,
        by: By = None,
    ) -> None:
        run(lambda runtime, _: _drop(runtime, number, Dropping(reason, accept_gap), actor_of(by)))


def actor_of(by: str | None) -> str:
    """Who the trail names: the one who says so, or the account of this machine."""
    try:
        return f"cli:{by or getpass.getuser()}"
    except (KeyError, OSError):  # a container's number without a name
        return "cli:operator"


async def _list(runtime: Runtime, wanted: ParkedFilter) -> None:
    async with runtime.database.reading() as view:
        rows = await ParkedEvents(view.session, consumer_of(runtime.settings.service)).every(wanted)
    for row in rows:
        why = f"{row.error_class}: {row.error}"
        typer.echo(f"{row.id}\t{row.key}\t{row.sequence}\t{row.attempts}\t{row.first_at:%Y-%m-%d %H:%M}\t{why}")


async def _show(runtime: Runtime, number: int) -> None:
    async with runtime.database.reading() as view:
        row = await ParkedEvents(view.session, consumer_of(runtime.settings.service)).get(number)
        acts = [ActOut.model_validate(act).model_dump(mode="json") for act in await acts_of(view.session, number)]
    names = ("id", "sequence", "source", "event_id", "topic", "state", "error_class", "error", "attempts", "resolved_by")
    shown: dict[str, Any] = {
        "subject": row.key,
        "type": type_of(row),
        "place": f"{row.topic}/{row.part}/{row.off}",
        **{name: getattr(row, name) for name in names},
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "headers": [[name, raw.decode(errors="replace")] for name, raw in headers_from_json(row.headers)],
        "payload": payload_out(row.value).model_dump(mode="json", by_alias=True),
        "acts": acts,
    }
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


async def _acts(runtime: Runtime, wanted: ActFilter) -> None:
    async with runtime.database.reading() as view:
        rows = await every_act(view.session, wanted)
    for row in rows:
        typer.echo("\t".join(_words(row)))


def _words(row: Row[Any]) -> list[str]:
    about = ["-" if value is None else str(value) for value in (row.parked_id, row.subject, row.reason or row.detail)]
    return [f"{row.at:%Y-%m-%d %H:%M:%S}", row.actor, row.act, row.outcome, *about]


async def _retry(runtime: Runtime, hears: Subscriptions, chosen: Chosen, actor: str) -> None:
    chosen.check()
    consumer = consumer_of(runtime.settings.service)
    subjects = await _all_waiting(runtime, consumer) if chosen.everything else chosen.subjects
    failed = 0
    for subject in subjects:
        permit, going = chosen.permit(), True
        while going:
            async with runtime.database.unit_of_work(actor) as uow:
                results = await Redrive(uow, hears, consumer, permit).many([subject])
            for result in results:
                _say(result)
            failed += sum(result.problem is not None for result in results)
            going = any(result.problem is None and result.left and result.taken for result in results)
            permit = Permit()
    if failed:
        raise SomethingFailed(f"{failed} 个对象没有重试成功，原因见上。")


async def _all_waiting(runtime: Runtime, consumer: str) -> tuple[str, ...]:
    async with runtime.database.reading() as view:
        rows = await ParkedEvents(view.session, consumer).every(ParkedFilter(ParkedState.PARKED))
    return tuple(dict.fromkeys(row.key for row in rows))


def _say(result: Redriven) -> None:
    if result.problem is not None:
        typer.echo(f"{result.subject}：{result.taken} 条消息已处理，{result.left} 条仍在等待。{result.problem.detail}", err=True)
    elif result.left:
        typer.echo(f"{result.subject}：{result.taken} 条消息已处理，{result.left} 条仍在等待。")
    else:
        typer.echo(f"{result.subject}：{result.taken} 条消息已处理，后续消息不再等待。")


async def _drop(runtime: Runtime, number: int, dropping: Dropping, actor: str) -> None:
    if not dropping.reason.strip():
        raise RetryUnclear("丢弃消息须用 --reason 说明理由。")
    async with runtime.database.unit_of_work(actor) as uow:
        row = await drop(uow, consumer_of(runtime.settings.service), number, dropping)
        left = await ParkedEvents(uow.session, row.consumer).every(ParkedFilter(ParkedState.PARKED, row.key, row.source))
    rest = f"其后 {len(left)} 条等待重试" if left else "后续消息不再等待"
    typer.echo(f"编号 {number}（{row.key} 第 {row.sequence} 号）已丢弃，{rest}。")
