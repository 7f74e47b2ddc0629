"""The three queues over HTTP."""

from typing import Annotated

from fastapi import Query

from project_svc.queues import service
from project_svc.queues.schemas import QueueBoardOut, QueueQuery
from shared.kit.http import Reads, service_router

router = service_router("project", "project-queues", tag="促开工、促进度、促竣工")


@router.get("", summary="三列队列：未开工促开工、慢的促进度、快的促竣工")
async def queues(view: Reads, query: Annotated[QueueQuery, Query()]) -> QueueBoardOut:
    board = await service.queues_on(view, query.as_of or view.now.date(), query.whose())
    return QueueBoardOut.of(board, query.limit)
