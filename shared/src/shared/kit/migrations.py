"""Migrations that travel inside a service's package: an installed service brings its own database up to date.

A service has `<package>.migrations` with an `env.py` of one call (`run_migrations(Base.metadata)`) and its `versions/`.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Connection, MetaData, Uuid, text
from sqlalchemy.types import JSON

from shared.kit.backbone import backbone_metadata
from shared.kit.columns import Exact, Instant
from shared.kit.db import Database
from shared.kit.relay import lock_number

KIT_TYPES: Final = "from shared.kit.columns import Exact, Id, Instant, JsonDoc, RowNumber"


async def upgrade(database: Database, package: str) -> None:
    """Bring the database to the newest migration. Several processes may call it at once: one does it, the others find it done."""
    async with database.transaction(however_long=True) as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("migrate")})
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.run_sync(_upgrade, package)


async def at_head(database: Database, package: str) -> bool:
    """Whether the database has every migration that this code knows."""
    async with database.reading() as view:
        connection = await view.session.connection()
        return await connection.run_sync(lambda sync: current(sync) == head(package))


def head(package: str) -> str | None:
    """The newest migration of a package."""
    return ScriptDirectory.from_config(_config(package)).get_current_head()


def current(connection: Connection) -> str | None:
    """The migration that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection, *metadata: MetaData) -> list[Any]:
    """What separates the database from the models (backbone included); a test wants it empty."""
    everything = MetaData()
    for table in (table for part in (backbone_metadata, *metadata) for table in part.sorted_tables):
        table.to_metadata(everything)
    options = {"compare_type": True, "include_object": _ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), everything))


def run_migrations(*metadata: MetaData) -> None:
    """The whole of a service's `env.py`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=[backbone_metadata, *metadata],
        render_item=render_kit_type,
        compare_type=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def render_kit_type(kind: str, value: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """How a generated migration spells the kit's column types."""
    spelt = _spelling(value) if kind == "type" else None
    if spelt is None:
        return False
    autogenerate.imports.add(KIT_TYPES)
    return spelt


def _spelling(value: object) -> str | None:
    match value:
        case Exact():
            return f"Exact({value.places})"
        case Instant():
            return "Instant()"
        case Uuid():
            return "Id()"
        case JSON():
            return "JsonDoc()"
        case BigInteger() if value._variant_mapping:  # noqa: SLF001 - SQLAlchemy shows a type's variants nowhere else
            return "RowNumber()"
        case _:
            return None


def _ours(_item: object, name: str | None, kind: str, *_others: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _upgrade(connection: Connection, package: str) -> None:
    config = _config(package)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config(package: str) -> Config:
    folder = Path(next(iter(import_module(package).__path__)))
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
