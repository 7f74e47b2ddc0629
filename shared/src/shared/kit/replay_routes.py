"""`/api/<service>/v1/replays`: ask for a replay and see how far it is. Needs `<service>:admin`."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints
from sqlalchemy import Row, select

from shared.kit import replay_jobs
from shared.kit.backbone import replay as job
from shared.kit.bus import TP
from shared.kit.dependencies import AdminReads, AdminUow
from shared.kit.edge import Edge
from shared.kit.errors import Conflict
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.replay import NothingHeard, Start, UnknownPlace
from shared.kit.routes import service_router
from shared.kit.schemas import LARGEST_INT, InModel, LooseMoment, ObjectId, OutModel
from shared.kit.subscriptions import Subscriptions

MOST_PARTITIONS: Final = 1_000
STATES: Final = "queued 排队、running 进行中、cancelling 取消中、cancelled 已取消、completed 完成、failed 失败"


class NoTarget(Conflict):
    code = "replay.no-target"

    def __init__(self, variable: str) -> None:
        super().__init__(f"没有配置重放的目标数据库：请新建一个空库，用 {variable} 指定并重启本服务，再发起重放。")


class OffsetIn(InModel):
    """A partition that begins at an offset of its own."""

    topic: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(description="主题")
    partition: Annotated[int, Field(ge=0, le=10_000)] = Field(description="分区")
    offset: Annotated[int, Field(ge=0, le=LARGEST_INT)] = Field(description="从该位置开始")


class ReplayIn(InModel):
    """Where a replay begins."""

    start_at: LooseMoment | None = Field(default=None, description="从写入消息总线不早于该时刻的消息开始；不填则从最早的开始")
    offsets: list[OffsetIn] = Field(default=[], max_length=MOST_PARTITIONS, description="个别分区另行指定的起点")

    def start(self) -> Start:
        return Start(self.start_at, {TP(each.topic, each.partition): each.offset for each in self.offsets})


class ReplayOut(OutModel):
    """一次重放：把消息总线上的历史重新处理到一个空的数据库里。"""

    id: str
    state: str = Field(description=STATES)
    requested_by: str
    requested_at: datetime
    start: dict[str, Any]
    done: int
    total: int | None
    counts: dict[str, int] = Field(description="handled 已处理、ignored 不涉及、parked 搁置等的条数")
    offsets: dict[str, int] = Field(description="各分区处理到的位置")
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None


def replays_router(edge: Edge, subscriptions: Subscriptions) -> APIRouter:
    """The routes of one service."""
    router = service_router(edge.service, "replays", tag="值班处置")
    settings = edge.runtime.settings

    @router.post("", status_code=202, summary="把历史消息重放到配置指定的空数据库")
    async def ask(body: ReplayIn, uow: AdminUow, response: Response) -> ReplayOut:
        if not subscriptions.topics:
            raise NothingHeard
        if settings.replay_database_url is None:
            raise NoTarget(settings.variable("replay_database_url"))
        number = await replay_jobs.ask(uow, _heard(body.start(), subscriptions))
        response.headers["Location"] = f"{router.prefix}/{number}"
        return _out(await replay_jobs.find(uow, number))

    @router.get("", summary="查询重放")
    async def list_replays(page: PageParams, view: AdminReads) -> PageOut[ReplayOut]:
        sortable = {"requested_at": job.c.requested_at, "state": job.c.state}
        found = await page_of(view.session, select(job.c.id), page, sortable=sortable, default_sort="-requested_at", tie=job.c.id)
        items = [_out(await replay_jobs.find(view, number)) for number in found.items]
        return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{replay_id}", summary="查看重放的进度与结果")
    async def get_replay(replay_id: ObjectId, view: AdminReads) -> ReplayOut:
        return _out(await replay_jobs.find(view, replay_id))

    @router.post("/{replay_id}/cancel", status_code=202, summary="取消重放")
    async def cancel_replay(replay_id: ObjectId, uow: AdminUow) -> ReplayOut:
        await replay_jobs.cancel(uow, replay_id)
        return _out(await replay_jobs.find(uow, replay_id))

    return router


def _heard(start: Start, subscriptions: Subscriptions) -> Start:
    for tp in start.offsets:
        if tp.topic not in subscriptions.topics:
            known = "、".join(subscriptions.topics)
            raise UnknownPlace(f"本服务不订阅主题“{tp.topic}”，订阅的有 {known}。", pointer="/offsets")
    return start


def _out(row: Row[Any]) -> ReplayOut:
    return ReplayOut.model_validate(row)
