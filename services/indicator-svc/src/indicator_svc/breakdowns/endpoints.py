"""Sub-tasks and breakdowns: HTTP in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from indicator_svc.breakdowns import service
from indicator_svc.breakdowns.models import SubTask
from indicator_svc.breakdowns.repository import SubTasks, TaskFilters
from indicator_svc.breakdowns.rules import TaskState
from indicator_svc.breakdowns.schemas import BreakdownOut, ProgressIn, SubTaskChange, SubTaskIn, SubTaskOut, WithdrawalIn
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged, tagged_by_content
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Day, ObjectId


def narrowed(
    claim: Annotated[ObjectId | None, Query(description="认领记录编号")] = None,
    department: Annotated[str | None, Query(min_length=1, max_length=100, description="部门名称")] = None,
    state: Annotated[TaskState | None, Query(description="子任务状态")] = None,
    due_before: Annotated[Day | None, Query(description="期限早于该日")] = None,
) -> TaskFilters:
    """The filters of a list."""
    return TaskFilters(claim, department, state, due_before)


def sub_tasks_router() -> APIRouter:
    router = service_router("indicator", "sub-tasks", tag="指标分解")

    @router.post("", status_code=201, summary="分解子任务给配合部门")
    async def assign(body: SubTaskIn, uow: Uow, response: Response) -> SubTaskOut:
        task = await service.assign(uow, body.claim, body.assignment())
        return created(response, router.prefix, SubTaskOut.of(task, uow.now.date()))

    @router.get("", summary="查询子任务")
    async def search(view: Reads, page: PageParams, filters: Annotated[TaskFilters, Depends(narrowed)]) -> PageOut[SubTaskOut]:
        sortable = {"due_on": SubTask.due_on, "department": SubTask.department, "created_at": SubTask.created_at}
        wanted = SubTasks.matching(filters)
        found = await page_of(view.session, wanted, page, sortable=sortable, default_sort="due_on", tie=SubTask.id)
        items = [SubTaskOut.of(row, view.now.date()) for row in found.items]
        return PageOut[SubTaskOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{task_id}", summary="查看子任务")
    async def show(task_id: ObjectId, view: Reads, response: Response) -> SubTaskOut:
        return tagged_by_content(response, SubTaskOut.of(await SubTasks(view.session).get(task_id), view.now.date()))

    @router.patch("/{task_id}", summary="修改子任务")
    async def change(task_id: ObjectId, body: SubTaskChange, version: IfMatch, uow: Uow, response: Response) -> SubTaskOut:
        return tagged(response, SubTaskOut.of(await service.change(uow, task_id, version, body.changes()), uow.now.date()))

    @router.post("/{task_id}/progress-reports", status_code=201, summary="报送子任务进度")
    async def report(task_id: ObjectId, body: ProgressIn, uow: Uow, response: Response) -> SubTaskOut:
        task = await service.report(uow, task_id, body.progress(), body.said(uow))
        return created(response, router.prefix, SubTaskOut.of(task, uow.now.date()))

    @router.post("/{task_id}/withdrawals", status_code=201, summary="撤销子任务")
    async def withdraw(task_id: ObjectId, body: WithdrawalIn, uow: Uow, response: Response) -> SubTaskOut:
        task = await service.withdraw(uow, task_id, body.said(uow))
        return created(response, router.prefix, SubTaskOut.of(task, uow.now.date()))

    return router


def breakdowns_router() -> APIRouter:
    router = service_router("indicator", "breakdowns", tag="指标分解")

    @router.get("/{claim_id}", summary="查看子任务目标之和与指标目标的对照")
    async def show(claim_id: ObjectId, view: Reads) -> BreakdownOut:
        return BreakdownOut.model_validate(await service.breakdown_of(view, claim_id))

    return router
