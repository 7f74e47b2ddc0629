"""`GET /api/<service>/v1/bus-status`: for operators and for the test that nothing was lost. Needs `<service>:admin`."""

from fastapi import APIRouter, Depends
from pydantic import Field

from shared.contracts.catalogue import source_of
from shared.kit.backlog import backlog_of
from shared.kit.dependencies import requires
from shared.kit.edge import Edge
from shared.kit.routes import service_router
from shared.kit.schemas import OutModel


class HeardOut(OutModel):
    """从一个来源收到的事实数。"""

    consumer: str
    source: str
    sequences: int = Field(description="各对象已处理的最后序号之和；与来源的 sequences 相等即无遗漏")
    objects: int
    blocked: int = Field(description="因消息有误而暂停的对象数")


class BusStatusOut(OutModel):
    """本服务记录、发出、收到和搁置的事实数。"""

    source: str
    sequences: int = Field(description="各对象已发出的最后序号之和，即累计记录的消息数")
    objects: int
    in_outbox: int
    unsent: int = Field(description="尚未送达消息总线的消息数")
    oldest_unsent_seconds: float
    parked: int = Field(description="因处理失败而搁置的消息数")
    heard: list[HeardOut]


def bus_status_router(edge: Edge) -> APIRouter:
    """The one route of this module."""
    router = service_router(edge.service, "bus-status", tag="运行状态")

    @router.get("", summary="消息收发状态", dependencies=[Depends(requires(f"{edge.service}:admin"))])
    async def bus_status() -> BusStatusOut:
        backlog = await backlog_of(edge.runtime.database)
        shown = {name: getattr(backlog, name) for name in BusStatusOut.model_fields if name != "source"}
        return BusStatusOut.model_validate({"source": source_of(edge.service), **shown})

    return router
