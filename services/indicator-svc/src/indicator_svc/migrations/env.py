"""Alembic's entry: all slices of this service share one metadata."""

from indicator_svc.breakdowns import models as _breakdowns
from indicator_svc.claims import models as _claims
from indicator_svc.deadlines import models as _deadlines
from indicator_svc.departments import models as _departments
from indicator_svc.enterprises import models as _enterprises
from indicator_svc.entries import blockers as _entries
from indicator_svc.factors import models as _factors
from indicator_svc.indicators import models as _indicators
from indicator_svc.observations import models as _observations
from indicator_svc.schemes import models as _schemes
from indicator_svc.scoreboards import models as _scoreboards
from indicator_svc.standings import models as _standings
from indicator_svc.stops import models as _stops
from indicator_svc.tables import Base
from indicator_svc.what_ifs import models as _what_ifs
from indicator_svc.windows import models as _windows
from shared.kit.migrations import run_migrations

_TABLES_OF = (
    _breakdowns,
    _claims,
    _deadlines,
    _departments,
    _entries,
    _enterprises,
    _factors,
    _indicators,
    _observations,
    _schemes,
    _scoreboards,
    _standings,
    _stops,
    _what_ifs,
    _windows,
)

run_migrations(Base.metadata)
