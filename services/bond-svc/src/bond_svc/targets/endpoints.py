"""Targets, planning tasks and the library's summary over HTTP."""

from fastapi import Response

from bond_svc.home import HomeRegion
from bond_svc.targets import service
from bond_svc.targets.repository import PlanningTasks, Targets
from bond_svc.targets.schemas import SummaryOut, TargetIn, TargetOut, TargetPatch, TaskIn, TaskOut, TaskPatch
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams
from shared.kit.schemas import Code, ObjectId, RegionCode

TARGETS = "/api/bond/v1/library-targets"
TASKS = "/api/bond/v1/planning-tasks"

targets_router = service_router("bond", "library-targets", tag="入库目标")
tasks_router = service_router("bond", "planning-tasks", tag="谋划任务")
summary_router = service_router("bond", "library-summary", tag="专债项目库汇总")


@targets_router.get("", summary="入库目标列表")
async def targets(view: Reads, page: PageParams, region: RegionCode | None = None) -> PageOut[TargetOut]:
    found = await Targets(view.session).page(page, region)
    return PageOut(items=[TargetOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@targets_router.post("", status_code=201, summary="设定入库目标")
async def create_target(body: TargetIn, uow: Uow, response: Response) -> TargetOut:
    return created(response, TARGETS, TargetOut.of(await service.create_target(uow, body.region, body.values())))


@targets_router.get("/{target_id}", summary="查看入库目标")
async def target(target_id: ObjectId, view: Reads, response: Response) -> TargetOut:
    return tagged(response, TargetOut.of(await Targets(view.session).get(target_id)))


@targets_router.patch("/{target_id}", summary="调整入库目标")
async def change_target(target_id: ObjectId, body: TargetPatch, uow: Uow, expected: IfMatch, response: Response) -> TargetOut:
    return tagged(response, TargetOut.of(await service.change_target(uow, target_id, expected, body.values())))


@tasks_router.get("", summary="谋划任务列表")
async def tasks(
    view: Reads, page: PageParams, region: RegionCode | None = None, portfolio: Code | None = None
) -> PageOut[TaskOut]:
    found = await PlanningTasks(view.session).page(page, region, portfolio)
    return PageOut(items=[TaskOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@tasks_router.post("", status_code=201, summary="下达谋划任务")
async def assign(body: TaskIn, uow: Uow, response: Response) -> TaskOut:
    return created(response, TASKS, TaskOut.of(await service.assign(uow, body.text())))


@tasks_router.post("/batch", summary="批量下达谋划任务")
async def assign_batch(body: BatchIn[TaskIn], uow: Uow) -> BatchOut:
    async def apply(item: TaskIn) -> str:
        return (await service.assign(uow, item.text())).id

    return await run_batch(uow, body, TaskIn, apply)


@tasks_router.get("/{task_id}", summary="查看谋划任务")
async def task(task_id: ObjectId, view: Reads, response: Response) -> TaskOut:
    return tagged(response, TaskOut.of(await PlanningTasks(view.session).get(task_id)))


@tasks_router.patch("/{task_id}", summary="调整谋划任务")
async def change_task(task_id: ObjectId, body: TaskPatch, uow: Uow, expected: IfMatch, response: Response) -> TaskOut:
    return tagged(response, TaskOut.of(await service.change_task(uow, task_id, expected, body.changes())))


@tasks_router.delete("/{task_id}", status_code=204, summary="撤销谋划任务")
async def withdraw_task(task_id: ObjectId, uow: Uow, expected: IfMatch) -> None:
    await service.withdraw_task(uow, task_id, expected)


@summary_router.get("", summary="专债项目库与入库目标")
async def summary(view: Reads, home: HomeRegion, region: RegionCode | None = None) -> SummaryOut:
    return SummaryOut.of(await service.summarise(view, region or home))
