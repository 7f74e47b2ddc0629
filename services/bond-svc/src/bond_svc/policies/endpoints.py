"""Policies and fields over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from bond_svc.policies import service
from bond_svc.policies.models import PolicyState
from bond_svc.policies.repository import Policies
from bond_svc.policies.schemas import FieldsOut, PolicyIn, PolicyOut, PolicyPatch
from bond_svc.policies.service import FieldsQuestion
from shared.kit.http import IfMatch, Reads, Uow, created, service_router, tagged
from shared.kit.pages import PageOut, PageParams
from shared.kit.schemas import Code, Day, ObjectId, ShortText

POLICIES = "/api/bond/v1/policies"

policies_router = service_router("bond", "policies", tag="专项债券政策")
fields_router = service_router("bond", "fields", tag="投向领域")


@policies_router.get("", summary="政策版本列表")
async def policies(
    view: Reads,
    page: PageParams,
    state: PolicyState | None = None,
    on: Annotated[Day | None, Query(description="有效期覆盖该日")] = None,
) -> PageOut[PolicyOut]:
    found = await Policies(view.session).page(page, state, on)
    return PageOut(items=[PolicyOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@policies_router.post("", status_code=201, summary="新建政策草稿")
async def draft(body: PolicyIn, uow: Uow, response: Response) -> PolicyOut:
    return created(response, POLICIES, PolicyOut.of(await service.draft(uow, body.code, body.text())))


@policies_router.get("/{policy_id}", summary="查看政策版本")
async def policy(policy_id: ObjectId, view: Reads, response: Response) -> PolicyOut:
    return tagged(response, PolicyOut.of(await Policies(view.session).get(policy_id)))


@policies_router.patch("/{policy_id}", summary="修改政策草稿")
async def rewrite(policy_id: ObjectId, body: PolicyPatch, uow: Uow, expected: IfMatch, response: Response) -> PolicyOut:
    return tagged(response, PolicyOut.of(await service.rewrite(uow, policy_id, expected, body.merged_into)))


@policies_router.post("/{policy_id}/publications", status_code=201, summary="发布政策草稿")
async def publish(policy_id: ObjectId, uow: Uow, response: Response) -> PolicyOut:
    return created(response, POLICIES, PolicyOut.of(await service.publish(uow, policy_id)))


@fields_router.get("", summary="某部门某日可申报的投向领域")
async def fields(
    view: Reads,
    on: Annotated[Day | None, Query(description="缺省为今天")] = None,
    department: Annotated[ShortText | None, Query(description="责任部门名称，全称简称均可")] = None,
    portfolio: Annotated[Code | None, Query(description="分管市领导代码，如 VM-CITY")] = None,
) -> FieldsOut:
    question = FieldsQuestion(on or view.now.date(), department, portfolio)
    policy, found = await service.fields(view, question)
    return FieldsOut.under(policy, found, question.on)
