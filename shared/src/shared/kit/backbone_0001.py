"""The backbone's tables as of every service's first migration. Frozen: a later change is a migration of its own."""

import sqlalchemy as sa
from alembic.operations import Operations

from shared.kit.columns import Id, Instant, JsonDoc, RowNumber


def create_backbone(op: Operations) -> None:
    """Create the tables that carry facts."""
    for create in TABLES.values():
        create(op)


def drop_backbone(op: Operations) -> None:
    """Undo `create_backbone`."""
    for name in TABLES:
        op.drop_table(name)


def _api_key(op: Operations) -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", JsonDoc(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
    )


def _consumer_offset(op: Operations) -> None:
    op.create_table(
        "consumer_offset",
        sa.Column("consumer", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("next_off", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "topic", "part", name="pk_consumer_offset"),
    )


def _fact_sequence(op: Operations) -> None:
    op.create_table(
        "fact_sequence",
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_fact_sequence"),
    )


def _idempotency_key(op: Operations) -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("route", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JsonDoc(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "method", "route", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"], unique=False)


def _inbox(op: Operations) -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("off", sa.BigInteger(), nullable=False),
        sa.Column("processed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "source", "event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_processed_at", "inbox", ["processed_at"], unique=False)


def _inbox_key(op: Operations) -> None:
    op.create_table(
        "inbox_key",
        sa.Column("consumer", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("blocked_at", Instant(), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("consumer", "source", "key", name="pk_inbox_key"),
    )


def _outbox(op: Operations) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("aggregate_type", sa.String(length=60), nullable=False),
        sa.Column("aggregate_id", sa.String(length=300), nullable=False),
        sa.Column("aggregate_version", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("headers", JsonDoc(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_partition", sa.Integer(), nullable=True),
        sa.Column("sent_offset", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("aggregate_id", "aggregate_version", name="uq_outbox_aggregate_id_aggregate_version"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def _parked_event(op: Operations) -> None:
    op.create_table(
        "parked_event",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("consumer", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("off", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("headers", JsonDoc(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("error_class", sa.String(length=200), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("resolved_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_parked_event"),
        sa.UniqueConstraint("consumer", "source", "event_id", name="uq_parked_event_consumer_source_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parked_event_key", "parked_event", ["consumer", "key", "sequence"], unique=False)


def _relay_lease(op: Operations) -> None:
    op.create_table(
        "relay_lease",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_relay_lease"),
    )


TABLES = {
    "api_key": _api_key,
    "consumer_offset": _consumer_offset,
    "fact_sequence": _fact_sequence,
    "idempotency_key": _idempotency_key,
    "inbox": _inbox,
    "inbox_key": _inbox_key,
    "outbox": _outbox,
    "parked_event": _parked_event,
    "relay_lease": _relay_lease,
}
