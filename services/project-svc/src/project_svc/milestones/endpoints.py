"""Milestones and plans over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from project_svc.milestones import planning, service
from project_svc.milestones.repository import SORTABLE, TIE, Milestones, listed
from project_svc.milestones.schemas import CompletionIn, MilestoneIn, MilestonePatch, MilestoneQuery, PlanIn, ReBaselineIn
from project_svc.milestones.views import MilestoneOut, PlanOut, TemplatesOut, plan_out
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.http import Caller, IfMatch, Reads, Uow, created, service_router, tagged, tagged_by_content
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Day, ObjectId

MILESTONES = "/api/project/v1/milestones"
PLANS = "/api/project/v1/milestone-plans"

plans_router = service_router("project", "milestone-plans", tag="节点计划")
router = service_router("project", "milestones", tag="项目节点")
templates_router = service_router("project", "milestone-templates", tag="节点模板")


@templates_router.get("", summary="节点模板列表")
async def templates(_view: Reads) -> TemplatesOut:
    return TemplatesOut.all()


@plans_router.post("", status_code=201, summary="编排项目节点计划（逐个给出节点或按模板）")
async def make_plan(body: PlanIn, uow: Uow, caller: Caller, response: Response) -> PlanOut:
    milestones = await planning.make(uow, body.project, body.wanted())
    return created(response, PLANS, plan_out(milestones, uow.now.date(), caller, today=uow.now.date()))


@plans_router.post("/batch", summary="批量编排节点计划")
async def make_many_plans(body: BatchIn[PlanIn], uow: Uow) -> BatchOut:
    async def apply(item: PlanIn) -> str:
        return (await planning.make(uow, item.project, item.wanted()))[0].project_id

    return await run_batch(uow, body, PlanIn, apply)


@plans_router.get("/{project_id}", summary="查看项目节点计划（挂图）")
async def plan(project_id: ObjectId, view: Reads, caller: Caller, as_of: Day | None = None) -> PlanOut:
    milestones = await Milestones(view.session).plan_of(project_id)
    return plan_out(milestones, as_of or view.now.date(), caller, today=view.now.date())


@router.post("", status_code=201, summary="增加节点")
async def add(body: MilestoneIn, uow: Uow, caller: Caller, response: Response) -> MilestoneOut:
    milestone = await service.add(uow, body.project, body.node(), body.after())
    return created(response, MILESTONES, MilestoneOut.of(milestone, uow.now.date(), caller))


@router.get("", summary="节点列表")
async def milestones(
    view: Reads, caller: Caller, page: PageParams, query: Annotated[MilestoneQuery, Query()]
) -> PageOut[MilestoneOut]:
    wanted, day = listed(query.filter()), query.as_of or view.now.date()
    found = await page_of(view.session, wanted, page, sortable=SORTABLE, default_sort="current_due_on", tie=TIE)
    items = [MilestoneOut.of(milestone, day, caller) for milestone in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@router.get("/{milestone_id}", summary="查看节点")
async def milestone(
    milestone_id: ObjectId, view: Reads, caller: Caller, response: Response, as_of: Day | None = None
) -> MilestoneOut:
    found = await Milestones(view.session).get(milestone_id)
    return tagged_by_content(response, MilestoneOut.of(found, as_of or view.now.date(), caller))


@router.patch("/{milestone_id}", summary="修改节点名称、备注、工期或前置关系")
async def change(
    milestone_id: ObjectId, body: MilestonePatch, uow: Uow, caller: Caller, expected: IfMatch, response: Response
) -> MilestoneOut:
    changed = await service.change(uow, milestone_id, expected, body.changes())
    return tagged(response, MilestoneOut.of(changed, uow.now.date(), caller))


@router.post("/{milestone_id}/re-baselines", status_code=201, summary="经批准调整到期日")
async def re_baseline(milestone_id: ObjectId, body: ReBaselineIn, uow: Uow, caller: Caller, response: Response) -> MilestoneOut:
    moved = await service.re_baseline(uow, milestone_id, body.due_on, body.approval())
    return created(response, MILESTONES, MilestoneOut.of(moved, uow.now.date(), caller))


@router.post("/{milestone_id}/completions", status_code=201, summary="填报节点完成")
async def complete(milestone_id: ObjectId, body: CompletionIn, uow: Uow, caller: Caller, response: Response) -> MilestoneOut:
    done = await service.complete(uow, milestone_id, body.completion())
    return created(response, MILESTONES, MilestoneOut.of(done, uow.now.date(), caller))
