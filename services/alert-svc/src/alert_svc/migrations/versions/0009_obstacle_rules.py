"""Publish the packaged rules about what holds projects up, where a database was made before they came.

Revision: 0009
"""

from datetime import date, datetime

import sqlalchemy as sa
from alembic import op

from alert_svc.rules.published import published_rules
from shared.kit.clock import SHANGHAI
from shared.kit.columns import Id, Instant, JsonDoc
from shared.kit.ids import new_id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CODES = ("obstacle.overdue",)
PACKAGED_AT = datetime(2022, 1, 1, tzinfo=SHANGHAI)
RULE = sa.table(
    "alert_rule",
    sa.column("id", Id()),
    sa.column("version", sa.Integer()),
    sa.column("created_at", Instant()),
    sa.column("updated_at", Instant()),
    sa.column("code", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("state", sa.String()),
    sa.column("effective_from", sa.Date()),
    sa.column("definition", JsonDoc()),
    sa.column("published_at", Instant()),
    sa.column("published_by", sa.String()),
)


def upgrade() -> None:
    known = set(op.get_bind().execute(sa.select(RULE.c.code)).scalars())
    for rule in published_rules():
        if rule["code"] in CODES and rule["code"] not in known:
            dated = {"created_at": PACKAGED_AT, "updated_at": PACKAGED_AT, "published_at": PACKAGED_AT}
            fixed = {"id": new_id(), "version": 1, "state": "published", "published_by": f"migration:{revision}"}
            effective_from = date.fromisoformat(rule["effective_from"])
            op.bulk_insert(RULE, [{**rule, **dated, **fixed, "effective_from": effective_from}])


def downgrade() -> None:
    """Published rules stay: alerts may refer to them."""
