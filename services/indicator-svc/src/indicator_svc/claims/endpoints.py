"""Claims: HTTP in."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from indicator_svc.claims import service
from indicator_svc.claims.errors import AsOfInFuture
from indicator_svc.claims.models import Claim
from indicator_svc.claims.repository import ClaimFilters, Claims
from indicator_svc.claims.rules import ClaimState
from indicator_svc.claims.schemas import (
    ActIn,
    ClaimOut,
    OfferIn,
    Portfolio,
    ReasonedIn,
    ResolutionIn,
    RoundIn,
    RoundOut,
    TransferIn,
)
from indicator_svc.claims.service import Terms
from indicator_svc.claims.table import claim_table
from indicator_svc.claims.views import ClaimTableOut
from shared.kit.db import ReadSession
from shared.kit.http import Reads, Uow, created, service_router, tagged_by_content
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.schemas import Code, Day, ObjectId

DepartmentName = Annotated[str | None, Query(min_length=1, max_length=100, description="部门名称")]


def narrowed(
    scheme: Annotated[Code | None, Query(description="方案代码")] = None,
    indicator: Annotated[Code | None, Query(description="指标代码")] = None,
    department: DepartmentName = None,
    portfolio: Annotated[Portfolio | None, Query(description="分管副市长代码")] = None,
    state: Annotated[ClaimState | None, Query(description="认领状态")] = None,
) -> ClaimFilters:
    """The filters of a list."""
    return ClaimFilters(scheme, indicator, department, portfolio, state)


def claims_router(region: str) -> APIRouter:
    """`region`: the deployment's home region, whose departments claim."""
    router = service_router("indicator", "claims", tag="指标认领")
    _offer(router, region)
    _answer(router)
    _read(router)
    return router


def _offer(router: APIRouter, region: str) -> None:
    @router.post("", status_code=201, summary="交办一项指标")
    async def offer(body: OfferIn, uow: Uow, response: Response) -> ClaimOut:
        item = (region, body.scheme, body.indicator)
        claim = await service.offer(uow, item, body.holder(), Terms(body.due_on), body.said(uow))
        return created(response, router.prefix, ClaimOut.of(claim, uow.now.date()))


def _answer(router: APIRouter) -> None:
    @router.post("/{claim_id}/acceptances", status_code=201, summary="认领指标")
    async def accept(claim_id: ObjectId, body: ActIn, uow: Uow, response: Response) -> ClaimOut:
        claim = await service.accept(uow, claim_id, body.said(uow))
        return created(response, router.prefix, ClaimOut.of(claim, uow.now.date()))

    @router.post("/{claim_id}/disputes", status_code=201, summary="对交办提出异议")
    async def dispute(claim_id: ObjectId, body: ReasonedIn, uow: Uow, response: Response) -> ClaimOut:
        claim = await service.dispute(uow, claim_id, body.said(uow))
        return created(response, router.prefix, ClaimOut.of(claim, uow.now.date()))

    @router.post("/{claim_id}/resolutions", status_code=201, summary="裁定异议（维持或改交其他部门）")
    async def resolve(claim_id: ObjectId, body: ResolutionIn, uow: Uow, response: Response) -> ClaimOut:
        claim = await service.resolve(uow, claim_id, body.said(uow), body.successor())
        return created(response, router.prefix, ClaimOut.of(claim, uow.now.date()))

    @router.post("/{claim_id}/transfers", status_code=201, summary="转给其他部门认领")
    async def transfer(claim_id: ObjectId, body: TransferIn, uow: Uow, response: Response) -> ClaimOut:
        claim = await service.transfer(uow, claim_id, body.said(uow), body.holder())
        return created(response, router.prefix, ClaimOut.of(claim, uow.now.date()))


def _read(router: APIRouter) -> None:
    @router.get("", summary="查询指标认领")
    async def search(view: Reads, page: PageParams, filters: Annotated[ClaimFilters, Depends(narrowed)]) -> PageOut[ClaimOut]:
        sortable = {
            "scheme": Claim.scheme_code,
            "indicator": Claim.indicator,
            "due_on": Claim.due_on,
            "offered_at": Claim.offered_at,
        }
        order = "scheme,indicator,-offered_at"
        found = await page_of(view.session, Claims.matching(filters), page, sortable=sortable, default_sort=order, tie=Claim.id)
        items = [ClaimOut.of(row, view.now.date()) for row in found.items]
        return PageOut[ClaimOut](items=items, next_cursor=found.next_cursor, total=found.total)

    @router.get("/{claim_id}", summary="查看一项认领及其历史")
    async def show(claim_id: ObjectId, view: Reads, response: Response) -> ClaimOut:
        return tagged_by_content(response, ClaimOut.of(await Claims(view.session).get(claim_id), view.now.date()))


def claim_tables_router(region: str) -> APIRouter:
    router = service_router("indicator", "claim-tables", tag="指标认领")

    @router.get("/{scheme}", summary="查看一份方案的认领表")
    async def table(
        scheme: Code,
        view: Reads,
        department: DepartmentName = None,
        portfolio: Annotated[Portfolio | None, Query(description="分管副市长代码")] = None,
        as_of: Annotated[Day | None, Query(description="按该日终了所知；空为此刻")] = None,
    ) -> ClaimTableOut:
        found = await claim_table(view, region, scheme, _end_of(as_of, view))
        return ClaimTableOut.of(found, department, portfolio)

    @router.post("/{scheme}/rounds", status_code=201, summary="按方案一次交办全部未交办的指标")
    async def offer_all(scheme: Code, body: RoundIn, uow: Uow) -> RoundOut:
        made, left = await service.offer_all(uow, region, scheme, body.terms(), body.said(uow))
        return RoundOut.of(made, left, uow.now.date())

    return router


def _end_of(day: date | None, view: ReadSession) -> datetime:
    """The last moment of a day in Shanghai; of today, the present."""
    if day is None or day == view.now.date():
        return view.now
    if day > view.now.date():
        raise AsOfInFuture(day.isoformat())
    return datetime.combine(day, time.max, view.now.tzinfo)
