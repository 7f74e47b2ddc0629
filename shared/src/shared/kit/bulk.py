"""Many at once: `POST …/batch` with `{"mode": "all" | "each", "items": […]}`.

`all` writes everything or, when one item is at fault, nothing, and names every fault. `each` writes the good ones and answers for
every item.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import Field, GetJsonSchemaHandler, TypeAdapter, ValidationError, WrapValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared.kit import database_problems
from shared.kit.db import UnitOfWork
from shared.kit.errors import DomainError, Fault, Invalid, Kind
from shared.kit.problems import STATUS, ProblemOut, problem_of, validation_fault
from shared.kit.schemas import InModel, OutModel

T = TypeVar("T")

LARGEST_BATCH: Final = 5_000
MOST_FAULTS: Final = 1_000
MOST_REFUSED: Final = 100
TOGETHER: Final = 100
CREATED: Final = 201
REFUSALS: Final = (ValidationError, DomainError, *database_problems.REFUSALS)


def _as_it_came(value: object, _check: object) -> object:
    """Items are documented as what they should be and checked one by one later: one bad item is no reason to refuse the rest."""
    return value


class BatchIn(InModel, Generic[T]):
    """A batch of items of one kind."""

    mode: Annotated[Literal["all", "each"], Field(description="all：全部成功或全部不写入；each：逐条处理，分别返回结果")]
    items: Annotated[list[Annotated[T, WrapValidator(_as_it_came)]], Field(min_length=1, max_length=LARGEST_BATCH)]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Two shapes: with "all" every item is what it should be, with "each" an item may be anything and is answered for."""
        reference = handler(schema)
        whole = handler.resolve_ref_schema(reference)
        mode, items = whole["properties"]["mode"], whole["properties"]["items"]
        loose = {**items, "items": {"anyOf": [items["items"], {}]}}
        whole["oneOf"] = [
            {**whole, "title": f"{whole['title']}_{name}", "properties": {"mode": {**mode, "enum": [name]}, "items": each}}
            for name, each in (("all", items), ("each", loose))
        ]
        for word in ("properties", "required", "additionalProperties"):
            del whole[word]
        return reference


class ItemResult(OutModel):
    """一项的处理结果：成功时有 id，否则有 problem。"""

    index: int
    status: int
    id: str | None = None
    problem: ProblemOut | None = None


class BatchOut(OutModel):
    """每一项的处理结果，按提交的次序。"""

    results: list[ItemResult]


class BatchRefused(Invalid):
    code = "batch.refused"


@dataclass(frozen=True, slots=True)
class Apart:
    """Which items of a batch have to be done one after the other, and what is done in between.

    `key` names the object that an item is about as it came in, or answers None; `between` comes before a second item about one.
    """

    key: Callable[[Any], Hashable | None]
    between: Callable[[], Awaitable[None]]


async def run_batch(
    uow: UnitOfWork,
    batch: BatchIn[Any],
    item_type: type[T],
    apply: Callable[[T], Awaitable[str]],
    apart: Apart | None = None,
) -> BatchOut:
    """Check every item as `item_type` and hand it to `apply`, which answers the id of what it made or changed.

    `apply` may see an item twice: when a later one fails, their common attempt is undone and what went well is done again. So it
    remembers nothing outside of the unit of work. Raises BatchRefused (422, pointers like `/items/3/value`) in mode "all" when
    any item is at fault.
    """
    run = _Run(uow, TypeAdapter(item_type), apply)
    for stretch, again in _stretches(batch.items, apart):
        await run.some(stretch)
        if batch.mode == "all" and run.refused >= MOST_REFUSED:
            break
        if again and apart is not None:
            await apart.between()
    if batch.mode == "all" and run.refused:
        _refuse_all(run.results, len(batch.items))
    return BatchOut(results=run.results)


Numbered = Sequence[tuple[int, Any]]


def _stretches(items: Sequence[Any], apart: Apart | None) -> Iterator[tuple[Numbered, bool]]:
    """The items in order, so many at a time, and whether the next one is about something that one of them is about, too."""
    met: set[Hashable] = set()
    stretch: list[tuple[int, Any]] = []
    for index, item in enumerate(items):
        key = None if apart is None else apart.key(item)
        again = key is not None and key in met
        if again or len(stretch) == TOGETHER:
            yield stretch, again
            stretch, met = [], set() if again else met
        stretch.append((index, item))
        met.add(key)
    yield stretch, False


def _refuse_all(results: Sequence[ItemResult], total: int) -> None:
    refused = [result for result in results if result.problem is not None]
    least = "" if len(results) == total else "至少"
    detail = f"共 {total} 条，其中{least} {len(refused)} 条有误，全部未写入；请按 errors 逐条修改后重新提交。"
    raise BatchRefused(detail, faults=[fault for result in refused for fault in _placed(result)][:MOST_FAULTS])


@dataclass(slots=True)
class _Run(Generic[T]):
    """One batch on its way. A savepoint costs more than most items do, so neighbours share one until an item fails."""

    uow: UnitOfWork
    check: TypeAdapter[T]
    apply: Callable[[T], Awaitable[str]]
    results: list[ItemResult] = field(default_factory=list)
    refused: int = 0

    async def some(self, items: Numbered) -> None:
        """Do these items, in order."""
        while items:
            made, fault = await self._together(items)
            if fault is None:
                self._done(items, made)
                return
            if made:
                await self._again(items[: len(made)])
            if len(made) < len(items):
                self._refuse(items[len(made)][0], fault)
            items = items[len(made) + 1 :]

    async def _together(self, items: Numbered) -> tuple[list[str], DomainError | None]:
        """Do them in one savepoint: the ids that were made until something failed, and what. Nothing stays when it did."""
        made: list[str] = []
        try:
            async with self.uow.savepoint():
                for _, item in items:
                    made.append(await self.apply(self.check.validate_python(item)))
        except REFUSALS as error:
            return made, _refusal(error)
        return made, None

    async def _again(self, items: Numbered) -> None:
        """Do what went well before; where even that fails (at the flush, say), each item for itself."""
        made, fault = await self._together(items)
        if fault is None:
            self._done(items, made)
            return
        for item in items:
            made, fault = await self._together([item])
            if fault is None:
                self._done([item], made)
            else:
                self._refuse(item[0], fault)

    def _done(self, items: Numbered, made: Sequence[str]) -> None:
        pairs = zip(items, made, strict=True)
        self.results.extend(ItemResult(index=index, status=CREATED, id=identity) for (index, _), identity in pairs)

    def _refuse(self, index: int, fault: DomainError) -> None:
        self.refused += 1
        self.results.append(_refused(index, fault))


def _refusal(error: Exception) -> DomainError:
    """What is wrong with an item. What is not the item's fault (no database, a fault of ours) is raised on."""
    if isinstance(error, ValidationError):
        faults = [validation_fault(("body", *found["loc"]), found) for found in error.errors(include_url=False)]
        return Invalid(faults[0].message, faults=faults)
    meaning = error if isinstance(error, DomainError) else database_problems.meaning(error)
    if meaning is None or meaning.kind is Kind.UNAVAILABLE:
        raise error
    return meaning


def _refused(index: int, error: DomainError) -> ItemResult:
    problem = ProblemOut.model_validate(problem_of(error).document(f"#/items/{index}"))
    return ItemResult(index=index, status=STATUS[error.kind], problem=problem)


def _placed(result: ItemResult) -> list[Fault]:
    """The faults of one item with pointers into the whole batch."""
    problem, place = result.problem, f"/items/{result.index}"
    if problem is None:
        return []
    inside = [Fault(place + fault.pointer, fault.code, fault.message) for fault in problem.errors]
    return inside or [Fault(place, problem.code, problem.detail)]
