"""`replay --into URL`: the replay on the command line. Progress goes to standard error, the result is one line of JSON."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import typer

from shared.kit import migrations
from shared.kit.bus import TP
from shared.kit.errors import Conflict, Invalid
from shared.kit.operator_acts import Act, ActKind, note
from shared.kit.replay import Progress, Replay, Start
from shared.kit.runtime import Runtime

BUS_SECONDS: Final = 10.0


class MalformedPlace(Invalid):
    code = "replay.malformed-place"


class LiveMissing(Conflict):
    code = "replay.live-missing"


class TargetIsLive(Conflict):
    code = "replay.target-is-live"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asks for."""

    into: str
    start: Start
    lost: bool
    actor: str


def start_of(at: datetime | None, places: list[str]) -> Start:
    """`topic/partition=offset …`. Raises MalformedPlace."""
    offsets = {}
    for place in places:
        where, _, offset = place.partition("=")
        topic, _, part = where.rpartition("/")
        if not (topic and part.isdecimal() and offset.isdecimal()):
            raise MalformedPlace(f"“{place}”须写作 主题/分区=位置，例如 diaodu.project.v1/3=17。")
        offsets[TP(topic, int(part))] = int(offset)
    return Start(at, offsets)


async def run_replay(runtime: Runtime, replay: Replay, wanted: Wanted) -> None:
    """Do it here and now. Raises what a replay raises, LiveMissing and TargetIsLive."""
    if wanted.into == runtime.settings.database_url:
        raise TargetIsLive("目标数据库就是本服务正在使用的数据库：重放只写入另一个空库。")
    if not wanted.lost and not await migrations.at_head(runtime.database, runtime.settings.migrations_package()):
        raise LiveMissing("本服务的数据库没有表或版本不符：先执行 migrate；数据库确已丢失的，加 --without-live。")
    await runtime.bus.start(BUS_SECONDS)
    chosen = replace(replay, live=None) if wanted.lost else replay
    done = await chosen.into(wanted.into, wanted.start, runtime.clock, wanted.actor, _say, asyncio.Event())
    if not wanted.lost:
        async with runtime.database.unit_of_work(wanted.actor) as uow:
            await note(uow, Act(ActKind.REPLAY, "completed", detail=_line(done)))
    typer.echo(_line(done))


async def _say(progress: Progress) -> None:
    typer.echo(f"已重放 {progress.done}/{progress.total}", err=True)


def _line(progress: Progress) -> str:
    names = ("handled", "ignored", "parked", "stale", "duplicate")
    return json.dumps({**{name: progress.counts[name] for name in names}, "up_to": dict(progress.up_to)}, ensure_ascii=False)
