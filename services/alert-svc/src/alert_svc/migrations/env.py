"""What Alembic runs: every table of alert-svc and the backbone."""

from importlib import import_module

from alert_svc.tables import Base
from shared.kit.migrations import run_migrations

for slice_name in ("alerts", "deliveries", "endpoints", "rules", "stream"):
    import_module(f"alert_svc.{slice_name}.models")

run_migrations(Base.metadata)
