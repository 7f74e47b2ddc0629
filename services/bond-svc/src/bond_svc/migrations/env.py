"""Run by Alembic."""

from bond_svc.models import Base
from shared.kit.migrations import run_migrations

run_migrations(Base.metadata)
