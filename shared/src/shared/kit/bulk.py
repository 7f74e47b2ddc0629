"""Many at once: `POST …/batch` with `{"mode": "all" | "each", "items": […]}`.

`all` writes everything or, when one item is at fault, nothing, and names every fault. `each` writes the good ones and answers for
every item.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError, WrapValidator

from shared.kit import database_problems
from shared.kit.db import UnitOfWork
from shared.kit.errors import DomainError, Fault, Invalid, Kind
from shared.kit.problems import STATUS, ProblemOut, problem_of, validation_fault
from shared.kit.schemas import InModel, OutModel

T = TypeVar("T")

LARGEST_BATCH: Final = 5_000
MOST_FAULTS: Final = 1_000
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


class ItemResult(OutModel):
    """What became of one item: its `id`, or the problem with it."""

    index: int
    status: int
    id: str | None = None
    problem: ProblemOut | None = None


class BatchOut(OutModel):
    """What became of each item, in the order in which they came."""

    results: list[ItemResult]


class BatchRefused(Invalid):
    code = "batch.refused"


async def run_batch(uow: UnitOfWork, batch: BatchIn[Any], item_type: type[T], apply: Callable[[T], Awaitable[str]]) -> BatchOut:
    """Check every item as `item_type` and hand it to `apply`, which answers the id of what it made or changed.

    `apply` may see an item twice: when one of its neighbours fails, their common attempt is undone and each is tried alone. So it
    remembers nothing outside of the unit of work. Raises BatchRefused (422, pointers like `/items/3/value`) in mode "all" when
    any item is at fault.
    """
    run = _Run(uow, TypeAdapter(item_type), apply)
    results: list[ItemResult] = []
    for start in range(0, len(batch.items), TOGETHER):
        results.extend(await run.chunk(start, batch.items[start : start + TOGETHER]))
    if batch.mode == "all":
        _refuse_all(results)
    return BatchOut(results=results)


def _refuse_all(results: Sequence[ItemResult]) -> None:
    refused = [result for result in results if result.problem is not None]
    if refused:
        faults = [fault for result in refused for fault in _placed(result)]
        detail = f"共 {len(results)} 条，其中 {len(refused)} 条有误，全部未写入；请按 errors 逐条修改后重新提交。"
        raise BatchRefused(detail, faults=faults[:MOST_FAULTS])


@dataclass(frozen=True, slots=True)
class _Run(Generic[T]):
    """One batch on its way."""

    uow: UnitOfWork
    check: TypeAdapter[T]
    apply: Callable[[T], Awaitable[str]]

    async def chunk(self, start: int, items: Sequence[Any]) -> list[ItemResult]:
        """Try some items together: a savepoint for each costs more than most items do. If that fails, each for itself."""
        try:
            values = [self.check.validate_python(item) for item in items]
            async with self.uow.savepoint():
                made = [await self.apply(value) for value in values]
        except REFUSALS as error:
            _refusal(error)
            return [await self.one(start + index, item) for index, item in enumerate(items)]
        return [ItemResult(index=start + index, status=CREATED, id=identity) for index, identity in enumerate(made)]

    async def one(self, index: int, item: Any) -> ItemResult:
        try:
            value = self.check.validate_python(item)
            async with self.uow.savepoint():
                identity = await self.apply(value)
        except REFUSALS as error:
            return _refused(index, _refusal(error))
        return ItemResult(index=index, status=CREATED, id=identity)


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
