"""The indicators of the consumption watch: retail, tourism, hotels, night-economy zones.

Rows that exist already are left alone: somebody may have registered the same code before.
"""

import csv
import uuid
from datetime import datetime
from importlib import resources

import sqlalchemy as sa
from alembic import op

from shared.kit.clock import SHANGHAI
from shared.kit.columns import Id, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KNOWN_SINCE = datetime(2022, 1, 1, tzinfo=SHANGHAI)
TEXTS = ("code", "name", "name_en", "unit", "frequency", "kind", "direction", "lead_department", "portfolio")
INDICATOR = sa.table(
    "indicator",
    sa.column("id", Id()),
    sa.column("version", sa.Integer()),
    sa.column("created_at", Instant()),
    sa.column("updated_at", Instant()),
    sa.column("separate_january", sa.Boolean()),
    *(sa.column(name, sa.String()) for name in (*TEXTS, "item_group", "derived_from", "origin", "licence", "note")),
)


def upgrade() -> None:
    known = set(op.get_bind().execute(sa.select(INDICATOR.c.code)).scalars())
    rows = [_row(row) for row in _packaged() if row["code"] not in known]
    if rows:
        op.bulk_insert(INDICATOR, rows)


def downgrade() -> None:
    codes = [row["code"] for row in _packaged()]
    op.execute(INDICATOR.delete().where(INDICATOR.c.code.in_(codes)))


def _packaged() -> list[dict[str, str]]:
    table = resources.files("indicator_svc") / "data" / "consumption-indicators.csv"
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _row(row: dict[str, str]) -> dict[str, object]:
    return {
        **{name: row[name] for name in (*TEXTS, "origin", "licence", "note")},
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:cn:diaodu:indicator:{row['code']}")),
        "version": 1,
        "created_at": KNOWN_SINCE,
        "updated_at": KNOWN_SINCE,
        "separate_january": row["separate_january"] == "true",
        "item_group": row["group"] or None,
        "derived_from": row["derived_from"] or None,
    }
