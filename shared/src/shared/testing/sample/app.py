"""The sample's application: every way in which an endpoint meets the kit."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Response
from sqlalchemy import select

from shared.contracts.facts import Fact
from shared.kit.bulk import BatchIn, BatchOut, run_batch
from shared.kit.errors import Conflict, NotFound, check_version
from shared.kit.http import IfMatch, Reads, Uow, create_service_app, created, service_router, tagged
from shared.kit.pages import PageOut, PageRequest, page_of, sorted_by
from shared.kit.runtime import Runtime
from shared.kit.schemas import (
    Code,
    Day,
    DecimalText,
    InModel,
    May,
    Moment,
    ObjectId,
    OutModel,
    Permission,
    Places,
    RegionCode,
    ShortText,
)
from shared.kit.subscriptions import Subscriptions
from shared.testing.backbone import a_withdrawal
from shared.testing.sample.models import Note

NOTES = "/api/sample/v1/notes"


class NoteIn(InModel):
    code: Code
    title: ShortText
    amount: Annotated[DecimalText, Places(2)]
    due_on: Day | None = None
    urgent: bool = False
    copies: int = 1
    region: RegionCode = "620200"


class NotePatch(InModel):
    title: ShortText


class NoteOut(OutModel):
    id: str
    version: int
    created_at: Moment
    updated_at: Moment
    code: str
    title: str
    amount: DecimalText
    due_on: Day | None
    may: May


class NoteTaken(Conflict):
    code = "note.code-taken"


class NoSuchNote(NotFound):
    code = "note.not-found"


def fact_of(note: Note) -> Fact:
    return a_withdrawal(note.code)


def shown(note: Note) -> NoteOut:
    may = {"delete": Permission(allowed=False, reason="示例不允许删除")}
    columns = {name: getattr(note, name) for name in NoteOut.model_fields if name != "may"}
    return NoteOut.model_validate({**columns, "may": may})


async def add(uow: Uow, body: NoteIn) -> Note:
    if await uow.session.scalar(select(Note.id).where(Note.code == body.code)):
        raise NoteTaken(f"编号 {body.code} 已被使用，请换一个。", pointer="/code")
    note = Note(code=body.code, title=body.title, amount=body.amount, due_on=body.due_on)
    uow.session.add(note)
    uow.record(fact_of(note))
    await uow.session.flush()
    return note


async def get(view: Uow | Reads, note_id: str) -> Note:
    note = await view.session.get(Note, note_id)
    if note is None:
        raise NoSuchNote("没有这条记录。")
    return note


Sorted = Annotated[PageRequest, Depends(sorted_by("code", "due_on", "amount", "title"))]
router = service_router("sample", "notes", tag="记录")


@router.post("", status_code=201, summary="新建记录")
async def create(body: NoteIn, uow: Uow, response: Response) -> NoteOut:
    return created(response, NOTES, shown(await add(uow, body)))


@router.post("/batch", summary="批量新建")
async def batch(body: BatchIn[NoteIn], uow: Uow) -> BatchOut:
    async def apply(item: NoteIn) -> str:
        return (await add(uow, item)).id

    return await run_batch(uow, body, NoteIn, apply)


@router.post("/sums", summary="试算合计")
async def sums(body: list[NoteIn], _view: Reads) -> dict[str, DecimalText]:
    return {"total": sum((item.amount for item in body), start=Decimal(0))}


@router.get("", summary="记录列表")
async def notes(
    view: Reads, page: Sorted, due_before: Day | None = None, code: Annotated[list[Code] | None, Query(max_length=20)] = None
) -> PageOut[NoteOut]:
    statement = select(Note) if due_before is None else select(Note).where(Note.due_on < due_before)
    statement = statement if code is None else statement.where(Note.code.in_(code))
    sortable = {"code": Note.code, "due_on": Note.due_on, "amount": Note.amount, "title": Note.title}
    found = await page_of(view.session, statement, page, sortable=sortable, default_sort="due_on,-amount", tie=Note.id)
    return PageOut(items=[shown(note) for note in found.items], next_cursor=found.next_cursor, total=found.total)


@router.get("/{note_id}", summary="查看记录")
async def one(note_id: ObjectId, view: Reads, response: Response) -> NoteOut:
    return tagged(response, shown(await get(view, note_id)))


@router.patch("/{note_id}", summary="修改记录")
async def change(note_id: ObjectId, body: NotePatch, uow: Uow, expected: IfMatch, response: Response) -> NoteOut:
    note = await get(uow, note_id)
    check_version(note.version, expected)
    note.title = body.title
    await uow.session.flush()
    return tagged(response, shown(note))


@router.delete("/{note_id}", status_code=204, summary="删除记录")
async def remove(note_id: ObjectId, uow: Uow, expected: IfMatch) -> None:
    note = await get(uow, note_id)
    check_version(note.version, expected)
    await uow.session.delete(note)


def create_app(runtime: Runtime, *more: APIRouter, subscriptions: Subscriptions | None = None) -> FastAPI:
    hears = subscriptions or Subscriptions({})
    return create_service_app(runtime, title="示例服务", description="仅供测试。", routers=[router, *more], subscriptions=hears)
