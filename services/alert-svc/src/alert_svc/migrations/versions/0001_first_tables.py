"""The tables of alert-svc, the backbone, and the rules that the product comes with.

Revision: 0001
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations

from alert_svc.rules.published import published_rules
from shared.kit.backbone_0001 import create_backbone, drop_backbone
from shared.kit.clock import SHANGHAI
from shared.kit.columns import Id, Instant, JsonDoc, RowNumber
from shared.kit.ids import new_id

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PACKAGED_AT = datetime(2022, 1, 1, tzinfo=SHANGHAI)


def upgrade() -> None:
    create_backbone(Operations(op.get_context()))
    for create in TABLES.values():
        create()
    _publish_packaged_rules()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    drop_backbone(Operations(op.get_context()))


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.String(length=300), nullable=False),
        sa.Column("object_service", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=200), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("level_since", Instant(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_because", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("lead_department", sa.String(length=200), nullable=True),
        sa.Column("responsible", JsonDoc(), nullable=False),
        sa.Column("commitment_by", sa.String(length=200), nullable=True),
        sa.Column("commitment_plan", sa.Text(), nullable=True),
        sa.Column("commitment_due_on", sa.Date(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_alert")),
        sa.UniqueConstraint("rule", "object_key", "period", "occurrence", name=("uq_alert_rule_object_key_period_occurrence")),
    )
    op.create_index(("ix_alert_lead_department"), "alert", ["lead_department"], unique=False)
    op.create_index("ix_alert_raised_at", "alert", ["raised_at"], unique=False)
    op.create_index("ix_alert_state_level", "alert", ["state", "severity"], unique=False)
    op.create_index(
        "uq_alert_open",
        "alert",
        ["rule", "object_key", "period"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )


def _alert_rule() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("definition", JsonDoc(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("published_by", sa.String(length=300), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_alert_rule")),
        sa.UniqueConstraint("code", "number", name=("uq_alert_rule_code_number")),
    )


def _stream_head() -> None:
    op.create_table(
        "stream_head",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_stream_head")),
    )


def _watch() -> None:
    op.create_table(
        "watch",
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("object_key", sa.String(length=300), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "object_key", name=("pk_watch")),
    )


def _webhook_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("disabled_because", sa.String(length=20), nullable=True),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("levels", JsonDoc(), nullable=False),
        sa.Column("rules", JsonDoc(), nullable=False),
        sa.Column("departments", JsonDoc(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_webhook_endpoint")),
    )
    op.create_index(("ix_webhook_endpoint_state"), "webhook_endpoint", ["state"], unique=False)


def _case_entry() -> None:
    op.create_table(
        "case_entry",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("note", JsonDoc(), nullable=False),
        sa.Column("announcement", sa.Text(), nullable=True),
        sa.Column("lead_department", sa.String(length=200), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=("fk_case_entry_alert_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_case_entry")),
        sa.UniqueConstraint("alert_id", "number", name=("uq_case_entry_alert_id_number")),
        sa.UniqueConstraint("sequence", name=("uq_case_entry_sequence")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_case_entry_unnumbered",
        "case_entry",
        ["id"],
        unique=False,
        sqlite_where=sa.text("announcement IS NOT NULL AND sequence IS NULL"),
        postgresql_where=sa.text("announcement IS NOT NULL AND sequence IS NULL"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("endpoint_id", Id(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("alert_id", Id(), nullable=True),
        sa.Column("lane", sa.String(length=300), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("last_outcome", sa.String(length=30), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=("fk_delivery_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_delivery")),
        sa.UniqueConstraint("entry_id", "endpoint_id", name=("uq_delivery_entry_id_endpoint_id")),
    )
    op.create_index("ix_delivery_alert_id", "delivery", ["alert_id"], unique=False)
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["endpoint_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["endpoint_id", "lane", "position"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )


def _webhook_secret() -> None:
    op.create_table(
        "webhook_secret",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("endpoint_id", Id(), nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=("fk_webhook_secret_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_webhook_secret")),
        sqlite_autoincrement=True,
    )
    op.create_index(("ix_webhook_secret_endpoint_id"), "webhook_secret", ["endpoint_id"], unique=False)


def _delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("delivery_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=("fk_delivery_attempt_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_delivery_attempt")),
        sa.UniqueConstraint("delivery_id", "number", name=("uq_delivery_attempt_delivery_id_number")),
        sqlite_autoincrement=True,
    )
    # ### end Alembic commands ###


TABLES = {
    "alert": _alert,
    "alert_rule": _alert_rule,
    "stream_head": _stream_head,
    "watch": _watch,
    "webhook_endpoint": _webhook_endpoint,
    "case_entry": _case_entry,
    "delivery": _delivery,
    "webhook_secret": _webhook_secret,
    "delivery_attempt": _delivery_attempt,
}


def _publish_packaged_rules() -> None:
    """The first version of each packaged rule; files of later versions are published by later migrations."""
    table = sa.table("alert_rule", *(sa.column(name, kind) for name, kind in RULE_COLUMNS.items()))
    op.bulk_insert(table, [_row(rule) for rule in published_rules() if rule["number"] == 1])


RULE_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "id": Id(),
    "version": sa.Integer(),
    "created_at": Instant(),
    "updated_at": Instant(),
    "code": sa.String(),
    "number": sa.Integer(),
    "name": sa.String(),
    "state": sa.String(),
    "effective_from": sa.Date(),
    "definition": JsonDoc(),
    "published_at": Instant(),
    "published_by": sa.String(),
}


def _row(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version": 1,
        "created_at": PACKAGED_AT,
        "updated_at": PACKAGED_AT,
        "code": rule["code"],
        "number": rule["number"],
        "name": rule["name"],
        "state": "published",
        "effective_from": date.fromisoformat(rule["effective_from"]),
        "definition": rule["definition"],
        "published_at": PACKAGED_AT,
        "published_by": "migration:0001",
    }
