"""Questions about targets, holdings and planning tasks."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.targets.errors import TargetNotFound, TaskNotFound
from bond_svc.targets.models import LibraryHolding, LibraryTarget, PlanningTask
from bond_svc.targets.rules import DEFAULT_TARGET_WAN, Measure, Totals, Unit
from shared.kit.db import UnitOfWork, for_update
from shared.kit.ids import new_id
from shared.kit.outbox import upsert
from shared.kit.pages import Page, PageRequest, page_of


@dataclass(frozen=True, slots=True)
class Holding:
    """A project as it counts; money in 万元."""

    project_id: str
    region: str
    portfolio: str
    department: str
    state: str
    total_investment_wan: Decimal
    bond_demand_wan: Decimal
    synthetic: bool


class Targets:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, target_id: str) -> LibraryTarget:
        target = await self._session.get(LibraryTarget, target_id)
        if target is None:
            raise TargetNotFound(target_id)
        return target

    async def of(self, region: str) -> LibraryTarget | None:
        return await self._session.scalar(select(LibraryTarget).where(LibraryTarget.region == region))

    async def page(self, request: PageRequest, region: str | None) -> Page[LibraryTarget]:
        statement = select(LibraryTarget)
        statement = statement if region is None else statement.where(LibraryTarget.region == region)
        sortable = {"region": LibraryTarget.region, "target_wan": LibraryTarget.target_wan}
        return await page_of(self._session, statement, request, sortable=sortable, default_sort="region", tie=LibraryTarget.id)


async def locked_target(uow: UnitOfWork, region: str) -> LibraryTarget:
    """The region's target under its lock, made with the default amount when there is none: of two writers the second waits."""
    row = {"id": new_id(), "version": 1, "created_at": uow.now, "updated_at": uow.now, "region": region, "crossings": 0}
    default = {"target_wan": DEFAULT_TARGET_WAN, "measure": Measure.TOTAL_INVESTMENT}
    await uow.session.execute(
        upsert(uow.dialect, LibraryTarget.__table__).values(row | default).on_conflict_do_nothing(index_elements=["region"])
    )
    statement = for_update(select(LibraryTarget).where(LibraryTarget.region == region))
    return (await uow.session.execute(statement, execution_options={"populate_existing": True})).scalar_one()


class Holdings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, project_ids: Iterable[str], holdings: Iterable[Holding]) -> None:
        """Take these projects out and put those in that count."""
        await self._session.execute(delete(LibraryHolding).where(LibraryHolding.project_id.in_(list(project_ids))))
        self._session.add_all(LibraryHolding(**asdict(holding)) for holding in holdings)
        await self._session.flush()

    async def by_unit(self, region: str) -> dict[Unit, Totals]:
        """What each department holds."""
        statement = (
            select(
                LibraryHolding.portfolio,
                LibraryHolding.department,
                func.sum(LibraryHolding.total_investment_wan),
                func.sum(LibraryHolding.bond_demand_wan),
                func.count(),
                func.count().filter(LibraryHolding.synthetic),
            )
            .where(LibraryHolding.region == region)
            .group_by(LibraryHolding.portfolio, LibraryHolding.department)
        )
        return {
            Unit(portfolio, department): Totals(total, demand, projects, synthetic > 0)
            for portfolio, department, total, demand, projects, synthetic in await self._session.execute(statement)
        }

    async def by_state(self, region: str) -> dict[str, Totals]:
        """What is held in each state."""
        statement = (
            select(
                LibraryHolding.state,
                func.sum(LibraryHolding.total_investment_wan),
                func.sum(LibraryHolding.bond_demand_wan),
                func.count(),
            )
            .where(LibraryHolding.region == region)
            .group_by(LibraryHolding.state)
            .order_by(LibraryHolding.state)
        )
        return {
            state: Totals(total, demand, projects) for state, total, demand, projects in await self._session.execute(statement)
        }


class PlanningTasks:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, task_id: str) -> PlanningTask:
        task = await self._session.get(PlanningTask, task_id)
        if task is None:
            raise TaskNotFound(task_id)
        return task

    async def of_department(self, region: str, department: str) -> PlanningTask | None:
        statement = select(PlanningTask).where(PlanningTask.region == region, PlanningTask.department == department)
        return await self._session.scalar(statement)

    async def by_unit(self, region: str) -> dict[Unit, Decimal]:
        statement = select(PlanningTask).where(PlanningTask.region == region)
        return {Unit(task.portfolio, task.department): task.task_wan for task in await self._session.scalars(statement)}

    async def page(self, request: PageRequest, region: str | None, portfolio: str | None) -> Page[PlanningTask]:
        statement = select(PlanningTask)
        statement = statement if region is None else statement.where(PlanningTask.region == region)
        statement = statement if portfolio is None else statement.where(PlanningTask.portfolio == portfolio)
        sortable = {
            "region": PlanningTask.region,
            "department": PlanningTask.department,
            "portfolio": PlanningTask.portfolio,
            "task_wan": PlanningTask.task_wan,
            "due_on": PlanningTask.due_on,
        }
        return await page_of(
            self._session, statement, request, sortable=sortable, default_sort="portfolio,department", tie=PlanningTask.id
        )

    def add(self, task: PlanningTask) -> None:
        self._session.add(task)

    async def drop(self, task: PlanningTask) -> None:
        await self._session.delete(task)
