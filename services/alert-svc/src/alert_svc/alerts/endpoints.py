"""Alerts over HTTP."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from alert_svc.alerts import service
from alert_svc.alerts.models import Alert, Commitment
from alert_svc.alerts.repository import AlertFilter, Alerts
from alert_svc.alerts.rules import AlertState
from alert_svc.alerts.schemas import (
    AcknowledgementIn,
    AlertOut,
    CommentIn,
    HistoryEntryOut,
    alert_out,
    entry_out,
)
from shared.contracts.facts import Level
from shared.kit.dependencies import Caller, Reads, Uow
from shared.kit.etags import created, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.routes import service_router
from shared.kit.schemas import Day, InModel, ObjectId

router: Final[APIRouter] = service_router("alert", "alerts", tag="预警")
PATH: Final = "/api/alert/v1/alerts"
SORTABLE: Final = {
    "raised_at": Alert.raised_at,
    "level": Alert.severity,
    "rule": Alert.rule,
    "state": Alert.state,
    "due_on": Alert.commitment_due_on,
    "updated_at": Alert.updated_at,
}


class AlertQuery(InModel):
    """Filters of the list; one that is left out asks nothing. The route refuses what no parameter knows."""

    model_config = ConfigDict(extra="ignore")

    state: list[AlertState] = Field(default=[], max_length=8, description="状态，可重复")
    status: list[AlertState] = Field(default=[], max_length=8, description="state 的别名，可重复")
    level: list[Level] = Field(default=[], max_length=8, description="等级，可重复")
    rule: str | None = Field(default=None, max_length=60, description="规则代码")
    region: str | None = Field(default=None, pattern=r"^[1-9][0-9]{5}$", description="行政区划代码")
    department: str | None = Field(default=None, max_length=200, description="牵头部门")
    object_service: str | None = Field(default=None, max_length=60, description="对象所在服务")
    object_type: str | None = Field(default=None, max_length=60, description="对象类型")
    object_id: str | None = Field(default=None, max_length=200, description="对象编号")
    period: str | None = Field(default=None, max_length=20, description="期间")
    due_before: Day | None = Field(default=None, description="承诺完成日早于该日")

    def wanted(self) -> AlertFilter:
        return AlertFilter(
            states=(*self.state, *self.status),
            levels=tuple(self.level),
            **self.model_dump(exclude={"state", "status", "level"}),
        )


@router.get("", summary="查询预警")
async def list_alerts(query: Annotated[AlertQuery, Query()], page: PageParams, view: Reads, caller: Caller) -> PageOut[AlertOut]:
    found = await page_of(
        view.session,
        Alerts.matching(query.wanted()),
        page,
        sortable=SORTABLE,
        default_sort="-level,-raised_at",
        tie=Alert.__table__.c.id,
    )
    return PageOut(items=[alert_out(alert, caller) for alert in found.items], next_cursor=found.next_cursor, total=found.total)


@router.get("/{alert_id}", summary="读取一条预警")
async def get_alert(alert_id: ObjectId, view: Reads, caller: Caller, response: Response) -> AlertOut:
    return tagged(response, alert_out(await Alerts(view.session).get(alert_id), caller))


@router.post("/{alert_id}/acknowledgements", status_code=201, summary="认领预警并作出承诺")
async def acknowledge(alert_id: ObjectId, body: AcknowledgementIn, uow: Uow, caller: Caller, response: Response) -> AlertOut:
    alert = await service.acknowledge(uow, alert_id, Commitment(body.by, body.plan, body.due_on))
    return created(response, PATH, alert_out(alert, caller))


@router.post("/{alert_id}/comments", status_code=201, summary="在案卷中补充意见")
async def comment(alert_id: ObjectId, body: CommentIn, uow: Uow, response: Response) -> HistoryEntryOut:
    entry = await service.comment(uow, alert_id, body.text)
    response.headers["Location"] = f"{PATH}/{alert_id}/history"
    return entry_out(entry)


@router.get("/{alert_id}/history", summary="读取预警案卷：何时、由谁、向谁、通过什么")
async def history(alert_id: ObjectId, page: PageParams, view: Reads) -> PageOut[HistoryEntryOut]:
    found = await service.history(view, alert_id, page)
    return PageOut(items=[entry_out(item) for item in found.items], next_cursor=found.next_cursor, total=found.total)
