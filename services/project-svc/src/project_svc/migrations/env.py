"""Run by Alembic."""

from project_svc.milestones import models as milestones
from project_svc.progress import models as progress
from project_svc.projects import models as projects
from project_svc.rates import models as rates
from project_svc.tables import Base
from shared.kit.migrations import run_migrations

MAPPED = (projects.Project, milestones.Milestone, progress.ProgressReport, rates.ToldRates)

run_migrations(Base.metadata)
