"""The policy versions that come with the service, as published versions.

A policy is taken as known since its first day, so that a clock in the past finds it published.
"""

import uuid
from datetime import datetime, time

import sqlalchemy as sa
from alembic import op

from bond_svc.policies.shipped import ShippedPolicy, shipped_policies
from shared.kit.clock import SHANGHAI
from shared.kit.columns import Id, Instant, JsonDoc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHIPPED = ("CN-2020", "CN-2021", "CN-2022", "CN-2023", "CN-2025")
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
    sa.column("published_at", Instant()),
)


def upgrade() -> None:
    op.bulk_insert(POLICY, [_row(policy) for policy in shipped_policies() if policy.code in SHIPPED and policy.edition == 1])


def downgrade() -> None:
    op.execute(POLICY.delete().where(POLICY.c.code.in_(SHIPPED), POLICY.c.edition == 1))


def _row(policy: ShippedPolicy) -> dict[str, object]:
    known_since = datetime.combine(policy.window.first, time(), SHANGHAI)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:cn:diaodu:bond:policy:{policy.code}.{policy.edition}")),
        "version": 1,
        "created_at": known_since,
        "updated_at": known_since,
        "code": policy.code,
        "edition": policy.edition,
        "name": policy.name,
        "state": "published",
        "effective_from": policy.window.first,
        "effective_to": policy.window.last,
        "document": policy.document,
        "published_at": known_since,
    }
