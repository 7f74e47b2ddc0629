"""What operators did, and replays: the backbone's second migration. Frozen: a later change is a migration of its own."""

import sqlalchemy as sa
from alembic.operations import Operations

from shared.kit.columns import Id, Instant, JsonDoc, RowNumber

REFUSAL = "rows of operator_act are added and never changed"
POSTGRES = (
    f"""CREATE FUNCTION operator_act_refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE TRIGGER operator_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_act
    FOR EACH STATEMENT EXECUTE FUNCTION operator_act_refuse_change()""",
)
SQLITE = tuple(
    f"CREATE TRIGGER operator_act_no_{change} BEFORE {change} ON operator_act BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for change in ("update", "delete")
)


def create_operator_tables(op: Operations) -> None:
    """Create the trail of operators' acts, which the database itself keeps append-only, and the queue of replays."""
    _operator_act(op)
    _replay(op)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def drop_operator_tables(op: Operations) -> None:
    """Undo `create_operator_tables`."""
    op.drop_table("replay")
    op.drop_table("operator_act")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION operator_act_refuse_change()")


def _operator_act(op: Operations) -> None:
    op.create_table(
        "operator_act",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("parked_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("event_id", sa.String(length=100), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_operator_act"),
        sqlite_autoincrement=True,
    )
    for column in ("at", "parked_id", "subject"):
        op.create_index(f"ix_operator_act_{column}", "operator_act", [column], unique=False)


def _replay(op: Operations) -> None:
    op.create_table(
        "replay",
        sa.Column("id", Id(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_by", sa.String(length=300), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("start", JsonDoc(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("counts", JsonDoc(), nullable=False),
        sa.Column("offsets", JsonDoc(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("heartbeat_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_replay"),
    )
    op.create_index("ix_replay_state", "replay", ["state"], unique=False)
