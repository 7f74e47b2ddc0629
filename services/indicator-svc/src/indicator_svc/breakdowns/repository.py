"""Queries for sub-tasks."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from indicator_svc.breakdowns.errors import SubTaskNotFound
from indicator_svc.breakdowns.models import SubTask
from indicator_svc.breakdowns.rules import TaskState
from shared.kit.db import for_update


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """What a list of sub-tasks is narrowed to."""

    claim: str | None = None
    department: str | None = None
    state: str | None = None
    due_before: date | None = None


class SubTasks:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, task: SubTask) -> None:
        self._session.add(task)

    async def get(self, task_id: str) -> SubTask:
        """Raises SubTaskNotFound."""
        return await self._one(select(SubTask).where(SubTask.id == task_id), task_id)

    async def for_change(self, task_id: str) -> SubTask:
        return await self._one(for_update(select(SubTask).where(SubTask.id == task_id)), task_id)

    async def counted(self, claim_id: str) -> list[SubTask]:
        """The sub-tasks of a claim that were not withdrawn, oldest first."""
        wanted = select(SubTask).where(SubTask.claim_id == claim_id, SubTask.state != TaskState.WITHDRAWN)
        in_order = wanted.options(selectinload(SubTask.reports)).order_by(SubTask.created_at, SubTask.id)
        return list(await self._session.scalars(in_order))

    async def _one(self, wanted: Select[SubTask], task_id: str) -> SubTask:
        loaded = wanted.options(selectinload(SubTask.reports))
        task = await self._session.scalar(loaded.execution_options(populate_existing=True))
        if task is None:
            raise SubTaskNotFound(task_id)
        return task

    @staticmethod
    def matching(filters: TaskFilters) -> Select[SubTask]:
        pairs = ((SubTask.claim_id, filters.claim), (SubTask.department, filters.department), (SubTask.state, filters.state))
        statement = select(SubTask).where(*(column == wanted for column, wanted in pairs if wanted is not None))
        if filters.due_before is not None:
            statement = statement.where(SubTask.due_on < filters.due_before)
        return statement.options(selectinload(SubTask.reports))
