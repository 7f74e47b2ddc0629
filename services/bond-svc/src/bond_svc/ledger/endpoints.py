"""The ledger of issued bonds over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from bond_svc.ledger.repository import IssuedBonds
from bond_svc.ledger.schemas import BondFilterIn, BondOut, BondRowIn, ImportOut, RevisionOut, SumsOut, codes_in
from bond_svc.ledger.service import Import, Imported
from shared.kit.bulk import BatchIn, run_batch
from shared.kit.http import Reads, Uow, service_router, tagged
from shared.kit.pages import PageOut, PageParams
from shared.kit.schemas import ObjectId

bonds_router = service_router("bond", "issued-bonds", tag="已发行债券台账")
sums_router = service_router("bond", "issued-bond-sums", tag="已发行债券台账")


@bonds_router.post("/batch", summary="导入已发行债券")
async def import_bonds(body: BatchIn[BondRowIn], uow: Uow) -> ImportOut:
    importing = await Import.begin(uow, codes_in(body.items))
    done: list[Imported] = []

    async def apply(item: BondRowIn) -> str:
        imported = await importing.take(item.row())
        done.append(imported)
        return imported.bond.id

    return ImportOut.of(await run_batch(uow, body, BondRowIn, apply), done)


@bonds_router.get("", summary="已发行债券列表")
async def bonds(view: Reads, page: PageParams, wanted: Annotated[BondFilterIn, Query()]) -> PageOut[BondOut]:
    found = await IssuedBonds(view.session).page(page, wanted.filter())
    return PageOut(items=[BondOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@bonds_router.get("/{bond_id}", summary="查看已发行债券")
async def bond(bond_id: ObjectId, view: Reads, response: Response) -> BondOut:
    return tagged(response, BondOut.of(await IssuedBonds(view.session).get(bond_id)))


@bonds_router.get("/{bond_id}/revisions", summary="债券内容变更记录")
async def revisions(bond_id: ObjectId, view: Reads, page: PageParams) -> PageOut[RevisionOut]:
    ledger = IssuedBonds(view.session)
    await ledger.get(bond_id)
    found = await ledger.revisions(page, bond_id)
    return PageOut(items=[RevisionOut.of(each) for each in found.items], next_cursor=found.next_cursor, total=found.total)


@sums_router.get("", summary="按年份和类型汇总发行额")
async def sums(view: Reads, wanted: Annotated[BondFilterIn, Query()]) -> SumsOut:
    return SumsOut.of(await IssuedBonds(view.session).sums(wanted.filter()))
