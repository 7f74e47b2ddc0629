"""What a service told the others, read where it was written."""

import json
from typing import Any

from sqlalchemy import select

from shared.kit.backbone import outbox
from shared.kit.db import Database


async def facts_of(database: Database) -> list[dict[str, Any]]:
    """Every fact in the outbox in the order of writing: its data, with the last part of its type as `fact`; v1 is left out."""
    async with database.reading() as view:
        rows = (await view.session.execute(select(outbox.c.type, outbox.c.payload).order_by(outbox.c.id))).all()
    return [{"fact": str(kind).split(".", 3)[-1].removesuffix(".v1"), **json.loads(payload)} for kind, payload in rows]
