"""The migrations make exactly the tables that the models describe."""

from indicator_svc.tables import Base
from shared.kit.migrations import differences
from shared.kit.runtime import Runtime


async def test_the_migrated_database_is_what_the_models_describe(runtime: Runtime) -> None:
    async with runtime.database.transaction() as connection:
        assert await connection.run_sync(differences, Base.metadata) == []
