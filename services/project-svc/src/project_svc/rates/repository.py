"""The projects of a year's plan as they stood on a day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from project_svc.codes import ProjectState, Role, Sector
from project_svc.progress.repository import ProgressReports
from project_svc.projects.models import Project, Responsibility, Standing
from project_svc.projects.repository import in_office
from project_svc.projects.rules import Act
from project_svc.rates.models import ToldRates
from project_svc.rates.rules import Undertaking
from shared.kit.db import for_update
from shared.kit.identifiers import divisions


@dataclass(frozen=True, slots=True)
class GroupedUndertaking:
    """An undertaking with the group that it is counted in."""

    group: str
    undertaking: Undertaking


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A project of a year's plan as it stood on a day, with what it is and who answered for it then; money in 万元."""

    undertaking: Undertaking
    name: str
    sector: Sector
    region: str
    total_investment_wan: Decimal | None
    holders: Mapping[Role, str]


class RatesTold:
    """What was told of rates."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, region: str, period: str) -> ToldRates | None:
        """The row of a region and month, locked; None when nothing was told yet."""
        wanted = select(ToldRates).where(ToldRates.region == region, ToldRates.period == period)
        return await self._session.scalar(for_update(wanted))

    def add(self, row: ToldRates) -> None:
        self._session.add(row)


class Undertakings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def on(self, day: date, *, grouped_by: str, region: str | None) -> list[GroupedUndertaking]:
        """Every project of the day's plan year, with what it was, had done and belonged to on that day."""
        standings = await self._standings(day, region)
        begun, completed = await self._begun(day), await ProgressReports(self._session).completed_on(day)
        groups = await self._groups(day, grouped_by)
        return [
            GroupedUndertaking(
                groups[standing.project_id],
                Undertaking(
                    project_id=standing.project_id,
                    kind=standing.kind,
                    begun=standing.project_id in begun,
                    finished=standing.state is ProjectState.COMPLETED,
                    suspended=standing.state is ProjectState.SUSPENDED,
                    planned_wan=standing.annual_plan_wan,
                    completed_wan=completed[standing.project_id][1] if standing.project_id in completed else None,
                    reported=completed[standing.project_id][0] if standing.project_id in completed else None,
                    synthetic=synthetic,
                ),
            )
            for standing, synthetic in standings
        ]

    async def planned(self, day: date, *, region: str | None) -> list[PlannedProject]:
        """As `on`, with the names of the projects and of those who held their roles on that day."""
        projects = {each.id: each for each in await self._session.scalars(select(Project))}
        holders: defaultdict[str, dict[Role, str]] = defaultdict(dict)
        for term in await self._session.scalars(select(Responsibility).where(in_office(day))):
            holders[term.project_id][term.role] = term.holder
        found = []
        for each in await self.on(day, grouped_by="sector", region=region):
            project = projects[each.undertaking.project_id]
            facts = (project.name, project.sector, project.region, project.total_investment_wan)
            found.append(PlannedProject(each.undertaking, *facts, holders[project.id]))
        return found

    async def _standings(self, day: date, region: str | None) -> list[tuple[Standing, bool]]:
        """The last line of each project's history by that day, where it is in that year's plan."""
        last = (
            select(Standing.project_id, func.max(Standing.position).label("position"))
            .where(Standing.effective_on <= day)
            .group_by(Standing.project_id)
            .subquery()
        )
        wanted = (
            select(Standing, Project.synthetic)
            .join(last, (last.c.project_id == Standing.project_id) & (last.c.position == Standing.position))
            .join(Project, Project.id == Standing.project_id)
            .where(Standing.plan_year == day.year)
        )
        if region is not None:
            wanted = wanted.where(Project.region.startswith(divisions()[region].prefix))
        return [(standing, synthetic) for standing, synthetic in await self._session.execute(wanted)]

    async def _begun(self, day: date) -> set[str]:
        """The projects whose works were started or taken up again in the day's year, by that day."""
        in_year = Standing.effective_on.between(date(day.year, 1, 1), day)
        return set(await self._session.scalars(select(Standing.project_id).where(Standing.act == Act.START, in_year)))

    async def _groups(self, day: date, grouped_by: str) -> dict[str, str]:
        """The group of each project on that day: its sector or region, or whoever held a role then."""
        if grouped_by in ("sector", "region"):
            column = Project.sector if grouped_by == "sector" else Project.region
            rows = await self._session.execute(select(Project.id, column))
            return {project_id: str(value) for project_id, value in rows}
        terms = select(Responsibility.project_id, Responsibility.holder)
        terms = terms.where(Responsibility.role == Role(grouped_by), in_office(day))
        return dict((await self._session.execute(terms)).all())
