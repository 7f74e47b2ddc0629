"""Use cases of the register of department leads."""

from datetime import date

from indicator_svc.departments.errors import NotOneDepartment
from indicator_svc.departments.models import DepartmentLead
from indicator_svc.departments.repository import Departments
from indicator_svc.departments.rules import Lead, names_one
from shared.kit.db import UnitOfWork


async def register(uow: UnitOfWork, department: str, lead: Lead, effective_from: date, document: str) -> DepartmentLead:
    """Note who leads a department from a day on. Raises NotOneDepartment."""
    if not names_one(department):
        raise NotOneDepartment(department, "/department")
    entry = DepartmentLead(
        department=department,
        head=lead.head,
        deputy=lead.deputy,
        effective_from=effective_from,
        document=document,
        recorded_by=uow.actor,
    )
    Departments(uow.session).add(entry)
    await uow.session.flush()
    return entry
