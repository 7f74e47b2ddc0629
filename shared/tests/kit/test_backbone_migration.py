"""The frozen migrations make the tables that the backbone works with."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect

from shared.kit.backbone import backbone_metadata
from shared.kit.backbone_0001 import create_backbone, drop_backbone
from shared.kit.backbone_0002 import create_operator_tables, drop_operator_tables
from shared.kit.clock import SystemClock
from shared.kit.db import Database


def _create_and_compare(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    create_backbone(Operations(context))
    create_operator_tables(Operations(context))
    return list(compare_metadata(context, backbone_metadata))


def _drop(connection: Connection) -> list[str]:
    operations = Operations(MigrationContext.configure(connection))
    drop_operator_tables(operations)
    drop_backbone(operations)
    return inspect(connection).get_table_names()


async def test_the_migrated_tables_are_those_of_the_models_and_can_be_taken_back(database_url: str) -> None:
    database = Database(database_url, clock=SystemClock())
    async with database.engine.begin() as connection:
        assert await connection.run_sync(_create_and_compare) == []
        assert await connection.run_sync(_drop) == []
    await database.close()
