"""Run by Alembic."""

from shared.kit.migrations import run_migrations
from shared.testing.sample.models import Base

run_migrations(Base.metadata)
