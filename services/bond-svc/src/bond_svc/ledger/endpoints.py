"""The ledger of issued bonds over HTTP."""

from typing import Annotated

from fastapi import Depends, Query, Response

from bond_svc.ledger import service
from bond_svc.ledger.models import IssuedBond
from bond_svc.ledger.repository import SORTABLE, BondFilter
from bond_svc.ledger.rules import BondType
from bond_svc.ledger.schemas import (
    IssuedBondOut,
    LedgerImportDone,
    LedgerImportIn,
    LedgerImportOut,
    RowOut,
    TotalOut,
    TotalsOut,
    Year,
)
from shared.kit.http import Reads, Uow, created, large_body, service_router, tagged
from shared.kit.pages import PageOut, PageParams, page_of
from shared.kit.problems import ProblemOut, problem_of
from shared.kit.schemas import ObjectId, ShortText

IMPORTS = "/api/bond/v1/issued-bond-imports"

imports = service_router("bond", "issued-bond-imports", tag="债券台账")
bonds = service_router("bond", "issued-bonds", tag="债券台账")
totals = service_router("bond", "issued-bond-totals", tag="债券台账")


def _row_out(result: service.RowResult) -> RowOut:
    problem = None
    if result.error is not None:
        problem = ProblemOut.model_validate(problem_of(result.error).document(f"#/rows/{result.index}"))
    identity = None if result.bond is None else result.bond.id
    return RowOut(index=result.index, outcome=result.outcome, id=identity, flags=result.flags, problem=problem)


def bond_filter(
    bond_type: Annotated[BondType | None, Query(description="债券类型")] = None,
    year: Annotated[Year | None, Query(description="年度")] = None,
    name: Annotated[ShortText | None, Query(description="名称包含的文字，全角半角不限")] = None,
    flagged: Annotated[bool | None, Query(description="true：只看存疑的；false：只看无疑问的")] = None,
) -> BondFilter:
    """Read the filters of the list."""
    return BondFilter(bond_type, year, name, flagged)


@imports.post("", status_code=201, summary="导入已发行债券（可重复导入，不会重复入账）", dependencies=[Depends(large_body)])
async def import_rows(body: LedgerImportIn, uow: Uow, response: Response) -> LedgerImportDone:
    done, results = await service.import_rows(uow, body.origin, body.rows)
    summary = LedgerImportOut.model_validate(done)
    answer = LedgerImportDone(**summary.model_dump(), results=[_row_out(result) for result in results])
    return created(response, IMPORTS, answer)


@imports.get("/{import_id}", summary="查看一次导入")
async def one_import(import_id: ObjectId, view: Reads, response: Response) -> LedgerImportOut:
    return tagged(response, LedgerImportOut.model_validate(await service.ledger_import(view, import_id)))


@bonds.get("", summary="已发行债券列表")
async def issued_bonds(
    view: Reads, page: PageParams, wanted: Annotated[BondFilter, Depends(bond_filter)]
) -> PageOut[IssuedBondOut]:
    found = await page_of(
        view.session, wanted.statement(), page, sortable=SORTABLE, default_sort="-issue_date,code", tie=IssuedBond.id
    )
    items = [IssuedBondOut.model_validate(bond) for bond in found.items]
    return PageOut(items=items, next_cursor=found.next_cursor, total=found.total)


@bonds.get("/{bond_id}", summary="查看一只债券")
async def one_bond(bond_id: ObjectId, view: Reads, response: Response) -> IssuedBondOut:
    return tagged(response, IssuedBondOut.model_validate(await service.issued_bond(view, bond_id)))


@totals.get("", summary="按年度和类型汇总发行额")
async def issued_totals(view: Reads, bond_type: Annotated[BondType | None, Query(description="债券类型")] = None) -> TotalsOut:
    return TotalsOut(items=[TotalOut.model_validate(total) for total in await service.totals(view, bond_type)])
