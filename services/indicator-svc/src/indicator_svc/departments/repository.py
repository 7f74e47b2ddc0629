"""Queries for department leads."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.departments.models import DepartmentLead
from indicator_svc.departments.rules import Lead


class Departments:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, entry: DepartmentLead) -> None:
        self._session.add(entry)

    async def leads_on(self, departments: Collection[str], day: date, known_at: datetime) -> dict[str, Lead]:
        """Who led these departments on a day, as it was recorded by then; those that the register does not know are left out.

        Of two entries for one day the one recorded last holds.
        """
        wanted = select(DepartmentLead).where(
            DepartmentLead.department.in_(sorted(departments)),
            DepartmentLead.effective_from <= day,
            DepartmentLead.created_at <= known_at,
        )
        in_order = wanted.order_by(DepartmentLead.effective_from, DepartmentLead.created_at, DepartmentLead.id)
        return {entry.department: entry.lead for entry in await self._session.scalars(in_order)}

    @staticmethod
    def matching(department: str | None) -> Select[DepartmentLead]:
        statement = select(DepartmentLead)
        return statement if department is None else statement.where(DepartmentLead.department == department)
