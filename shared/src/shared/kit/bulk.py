"""Many at once: `POST …/batch` with `{"mode": "all" | "each", "items": […]}`.

`all` writes everything or, when one item is at fault, nothing, and names every fault. `each` writes the good ones and answers for
every item.
"""

from collections.abc import Awaitable, Callable, Sequence
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

    Raises BatchRefused (422, pointers like `/items/3/value`) in mode "all" when any item is at fault.
    """
    if batch.mode == "all":
        return await _all(uow, batch.items, TypeAdapter(item_type), apply)
    check = TypeAdapter(item_type)
    return BatchOut(results=[await _one(uow, index, item, check, apply) for index, item in enumerate(batch.items)])


async def _all(uow: UnitOfWork, items: Sequence[Any], check: TypeAdapter[T], apply: Callable[[T], Awaitable[str]]) -> BatchOut:
    results, faults = [], list[Fault]()
    for index, item in enumerate(items):
        outcome = await _one(uow, index, item, check, apply)
        results.append(outcome)
        if outcome.problem is not None:
            faults.extend(_placed(index, outcome.problem))
    if faults:
        wrong = len({fault.pointer.split("/")[2] for fault in faults})
        detail = f"共 {len(items)} 条，其中 {wrong} 条有误，全部未写入；请按 errors 逐条修改后重新提交。"
        raise BatchRefused(detail, faults=faults[:MOST_FAULTS])
    return BatchOut(results=results)


async def _one(uow: UnitOfWork, index: int, item: Any, check: TypeAdapter[T], apply: Callable[[T], Awaitable[str]]) -> ItemResult:
    try:
        value = check.validate_python(item)
        async with uow.savepoint():
            identity = await apply(value)
            await uow.session.flush()
    except ValidationError as error:
        faults = [validation_fault(("body", *found["loc"]), found) for found in error.errors(include_url=False)]
        return _refused(index, Invalid(f"第 {index + 1} 条：{faults[0].message}", faults=faults))
    except DomainError as error:
        if error.kind is Kind.UNAVAILABLE:
            raise
        return _refused(index, error)
    except database_problems.REFUSALS as error:
        meaning = database_problems.meaning(error)
        if meaning is None or meaning.kind is Kind.UNAVAILABLE:
            raise
        return _refused(index, meaning)
    return ItemResult(index=index, status=201, id=identity)


def _refused(index: int, error: DomainError) -> ItemResult:
    problem = ProblemOut.model_validate(problem_of(error).document(f"#/items/{index}"))
    return ItemResult(index=index, status=STATUS[error.kind], problem=problem)


def _placed(index: int, problem: ProblemOut) -> list[Fault]:
    """The faults of one item with pointers into the whole batch."""
    inside = [Fault(f"/items/{index}{fault.pointer}", fault.code, fault.message) for fault in problem.errors]
    return inside or [Fault(f"/items/{index}", problem.code, problem.detail)]
