"""The tables that carry facts: outbox, sequences, inbox, offsets, parked events, what operators did, idempotency, keys.

Every service has them in its own database; column names follow Debezium's outbox router where it has them.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

from shared.kit.columns import Id, Instant, JsonDoc, RowNumber
from shared.kit.tables import NAMING

backbone_metadata: Final = MetaData(naming_convention=NAMING)

outbox: Final = Table(
    "outbox",
    backbone_metadata,
    Column("id", RowNumber(), Identity(always=False), primary_key=True),
    Column("event_id", Id(), nullable=False, unique=True),
    Column("topic", String(120), nullable=False),
    Column("aggregate_type", String(60), nullable=False),
    Column("aggregate_id", String(300), nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("type", String(200), nullable=False),
    Column("headers", JsonDoc(), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("occurred_at", Instant(), nullable=False),
    Column("sent_at", Instant()),
    Column("sent_partition", Integer),
    Column("sent_offset", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    UniqueConstraint("aggregate_id", "aggregate_version"),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_unsent",
    outbox.c.id,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)
Index("ix_outbox_sent_at", outbox.c.sent_at)

fact_sequence: Final = Table(
    "fact_sequence",
    backbone_metadata,
    Column("subject", String(300), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

inbox: Final = Table(
    "inbox",
    backbone_metadata,
    Column("consumer", String(120), primary_key=True),
    Column("source", String(120), primary_key=True),
    Column("event_id", String(100), primary_key=True),
    Column("topic", String(120), nullable=False),
    Column("part", Integer, nullable=False),
    Column("off", BigInteger, nullable=False),
    Column("processed_at", Instant(), nullable=False),
)
Index("ix_inbox_processed_at", inbox.c.processed_at)

inbox_key: Final = Table(
    "inbox_key",
    backbone_metadata,
    Column("consumer", String(120), primary_key=True),
    Column("source", String(120), primary_key=True),
    Column("key", String(300), primary_key=True),
    Column("last_sequence", BigInteger, nullable=False),
    Column("blocked_at", Instant()),
    Column("blocked_reason", Text),
)

consumer_offset: Final = Table(
    "consumer_offset",
    backbone_metadata,
    Column("consumer", String(120), primary_key=True),
    Column("topic", String(120), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("next_off", BigInteger, nullable=False),
    Column("updated_at", Instant(), nullable=False),
)

parked_event: Final = Table(
    "parked_event",
    backbone_metadata,
    Column("id", RowNumber(), Identity(always=False), primary_key=True),
    Column("consumer", String(120), nullable=False),
    Column("source", String(120), nullable=False),
    Column("event_id", String(100), nullable=False),
    Column("topic", String(120), nullable=False),
    Column("part", Integer, nullable=False),
    Column("off", BigInteger, nullable=False),
    Column("key", String(300), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("headers", JsonDoc(), nullable=False),
    Column("value", LargeBinary),
    Column("error_class", String(200), nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", Instant(), nullable=False),
    Column("last_at", Instant(), nullable=False),
    Column("state", String(20), nullable=False),
    Column("resolved_by", String(200)),
    UniqueConstraint("consumer", "source", "event_id"),
    sqlite_autoincrement=True,
)
Index("ix_parked_event_key", parked_event.c.consumer, parked_event.c.key, parked_event.c.sequence)

operator_act: Final = Table(
    "operator_act",
    backbone_metadata,
    Column("id", RowNumber(), Identity(always=False), primary_key=True),
    Column("at", Instant(), nullable=False),
    Column("actor", String(300), nullable=False),
    Column("act", String(40), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("subject", String(300)),
    Column("parked_id", BigInteger),
    Column("source", String(120)),
    Column("event_id", String(100)),
    Column("sequence", BigInteger),
    Column("reason", Text),
    Column("detail", Text),
    sqlite_autoincrement=True,
)
"""What operators did by hand. Rows are added and never changed: the migration makes the database refuse it."""
Index("ix_operator_act_at", operator_act.c.at)
Index("ix_operator_act_parked_id", operator_act.c.parked_id)
Index("ix_operator_act_subject", operator_act.c.subject)

replay: Final = Table(
    "replay",
    backbone_metadata,
    Column("id", Id(), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("requested_by", String(300), nullable=False),
    Column("requested_at", Instant(), nullable=False),
    Column("start", JsonDoc(), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("counts", JsonDoc(), nullable=False),
    Column("offsets", JsonDoc(), nullable=False),
    Column("error", Text),
    Column("started_at", Instant()),
    Column("heartbeat_at", Instant()),
    Column("finished_at", Instant()),
)
"""Replays that were asked for over REST: the worker takes one at a time."""
Index("ix_replay_state", replay.c.state)

relay_lease: Final = Table(
    "relay_lease",
    backbone_metadata,
    Column("name", String(60), primary_key=True),
    Column("owner", String(100), nullable=False),
    Column("until", Instant(), nullable=False),
)

idempotency_key: Final = Table(
    "idempotency_key",
    backbone_metadata,
    Column("principal", String(200), primary_key=True),
    Column("method", String(10), primary_key=True),
    Column("route", String(300), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JsonDoc(), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("expires_at", Instant(), nullable=False),
)
Index("ix_idempotency_key_expires_at", idempotency_key.c.expires_at)

api_key: Final = Table(
    "api_key",
    backbone_metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("scopes", JsonDoc(), nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("expires_at", Instant(), nullable=False),
    Column("revoked_at", Instant()),
    Column("last_used_at", Instant()),
)
