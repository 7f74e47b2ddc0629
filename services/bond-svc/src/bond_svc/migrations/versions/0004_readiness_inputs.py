"""What the screening rules R05–R16 look at, and policy editions that ask for them, as drafts.

A city adopts such an edition by publishing it: a migration does not make every screened project undetermined overnight.

Revision: 0004
"""

import uuid
from datetime import datetime, time

import sqlalchemy as sa
from alembic import op

from bond_svc.policies.shipped import ShippedPolicy, shipped_policies
from shared.kit.clock import SHANGHAI
from shared.kit.columns import Exact, Id, Instant, JsonDoc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SHIPPED = ("CN-2022", "CN-2023", "CN-2025")
EDITION = 2
COLUMNS = (
    ("project_code", sa.String(64)),
    ("starts_on", sa.Date()),
    ("build_years", sa.Integer()),
    ("payback_years", sa.Integer()),
    ("bond_capital_wan", Exact()),
    ("debt_ratio_pct", Exact()),
    ("funding_plan", JsonDoc()),
    ("debt_plan", JsonDoc()),
    ("registrations", JsonDoc()),
    ("performance_sections", JsonDoc()),
    ("other_funding_lines", JsonDoc()),
)
POLICY = sa.table(
    "policy",
    sa.column("id", Id()),
    sa.column("version", sa.Integer()),
    sa.column("created_at", Instant()),
    sa.column("updated_at", Instant()),
    sa.column("code", sa.String()),
    sa.column("edition", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("state", sa.String()),
    sa.column("effective_from", sa.Date()),
    sa.column("effective_to", sa.Date()),
    sa.column("document", JsonDoc()),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("library_project", sa.Column(name, kind, nullable=True))
    # A city that has made a second edition of its own keeps it.
    taken = {row.code for row in op.get_bind().execute(sa.select(POLICY.c.code).where(POLICY.c.edition == EDITION))}
    shipped = [each for each in shipped_policies() if each.code in SHIPPED and each.edition == EDITION]
    if rows := [_row(each) for each in shipped if each.code not in taken]:
        op.bulk_insert(POLICY, rows)


def downgrade() -> None:
    ours = [str(_id(each)) for each in SHIPPED]
    op.execute(POLICY.delete().where(POLICY.c.id.in_(ours)))
    with op.batch_alter_table("library_project") as table:
        for name, _ in reversed(COLUMNS):
            table.drop_column(name)


def _id(code: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:cn:diaodu:bond:policy:{code}.{EDITION}")


def _row(policy: ShippedPolicy) -> dict[str, object]:
    known_since = datetime.combine(policy.window.first, time(), SHANGHAI)
    return {
        "id": str(_id(policy.code)),
        "version": 1,
        "created_at": known_since,
        "updated_at": known_since,
        "code": policy.code,
        "edition": policy.edition,
        "name": policy.name,
        "state": "draft",
        "effective_from": policy.window.first,
        "effective_to": policy.window.last,
        "document": policy.document,
    }
