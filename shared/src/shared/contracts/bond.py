"""Facts that bond-svc publishes. Money in 万元."""

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.facts import Fact


class DepartmentShortfall(BaseModel):
    """How far a department is behind its planning task, in 万元; never negative."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    department: str
    portfolio: str
    task_wan: Decimal
    total_wan: Decimal
    gap_wan: Decimal


class LibraryFact(Fact):
    """The state of the special-bond project library against its target."""

    subject_kind: ClassVar[str] = "bond-library"

    target_wan: Decimal
    total_investment_wan: Decimal
    bond_demand_wan: Decimal
    projects: int
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return "special-bonds"


class LibraryFellShort(LibraryFact):
    """The library's total fell below its target; recorded once for each crossing."""

    gap_wan: Decimal
    by_department: tuple[DepartmentShortfall, ...] = ()


class LibraryReplenished(LibraryFact):
    """The library's total reached its target again."""


class FindingSummary(BaseModel):
    """One screening rule that did not come out clear."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    outcome: Literal["hit", "undetermined"]
    clause: str
    message: str


class ScreeningDecided(Fact):
    """A library project was screened under one policy version; `findings` are those that are not clear."""

    subject_kind: ClassVar[str] = "library-project"

    library_project_id: str
    name: str
    screening_id: str
    outcome: Literal["pass", "fail", "undetermined"]
    findings: tuple[FindingSummary, ...]
    policy_version: str
    total_investment_wan: Decimal | None
    bond_demand_wan: Decimal | None
    lead_department: str
    portfolio: str
    synthetic: bool = False

    @property
    def object_id(self) -> str:
        return self.library_project_id
