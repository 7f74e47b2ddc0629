"""Every table of bond-svc in one place: importing this module makes `Base.metadata` complete."""

from bond_svc.ledger.models import IssuedBond, IssuedBondRevision
from bond_svc.library.models import LibraryDocument, LibraryMove, LibraryProject
from bond_svc.policies.models import Policy
from bond_svc.screenings.models import LibraryScreening
from bond_svc.tables import Base
from bond_svc.targets.models import LibraryHolding, LibraryTarget, PlanningTask

__all__ = [
    "Base",
    "IssuedBond",
    "IssuedBondRevision",
    "LibraryDocument",
    "LibraryHolding",
    "LibraryMove",
    "LibraryProject",
    "LibraryScreening",
    "LibraryTarget",
    "PlanningTask",
    "Policy",
]
