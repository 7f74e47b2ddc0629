"""Alert rules over HTTP."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from alert_svc.rules import service
from alert_svc.rules.models import AlertRule
from alert_svc.rules.repository import Rules
from alert_svc.rules.rules import RuleState
from alert_svc.rules.schemas import RuleCode, RuleIn, RuleOut, rule_out
from alert_svc.rules.service import Proposal
from shared.kit.dependencies import Caller, Reads, Uow
from shared.kit.etags import created, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.routes import service_router
from shared.kit.schemas import ObjectId

router: Final[APIRouter] = service_router("alert", "rules", tag="预警规则")
PATH: Final = "/api/alert/v1/rules"
SORTABLE: Final = {"code": AlertRule.code, "number": AlertRule.number, "effective_from": AlertRule.effective_from}


@router.get("", summary="查询预警规则各版本")
async def list_rules(
    page: PageParams,
    view: Reads,
    caller: Caller,
    code: Annotated[RuleCode | None, Query(description="规则代码")] = None,
    state: Annotated[RuleState | None, Query(description="状态")] = None,
) -> PageOut[RuleOut]:
    found = await page_of(
        view.session,
        Rules.matching(code, state),
        page,
        sortable=SORTABLE,
        default_sort="code,-number",
        tie=AlertRule.__table__.c.id,
    )
    return PageOut(items=[rule_out(rule, caller) for rule in found.items], next_cursor=found.next_cursor, total=found.total)


@router.get("/{rule_id}", summary="读取预警规则的一个版本")
async def get_rule(rule_id: ObjectId, view: Reads, caller: Caller, response: Response) -> RuleOut:
    return tagged(response, rule_out(await Rules(view.session).get(rule_id), caller))


@router.post("", status_code=201, summary="提交预警规则的新版本（草稿）")
async def draft_rule(body: RuleIn, uow: Uow, caller: Caller, response: Response) -> RuleOut:
    rule = await service.draft(uow, Proposal(body.code, body.name, body.effective_from, body.definition))
    return created(response, PATH, rule_out(rule, caller))


@router.post("/{rule_id}/publications", status_code=201, summary="发布预警规则版本（先用示例检查）")
async def publish_rule(rule_id: ObjectId, uow: Uow, caller: Caller, response: Response) -> RuleOut:
    return created(response, PATH, rule_out(await service.publish(uow, rule_id), caller))
