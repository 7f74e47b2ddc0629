"""Reporting windows: what notices changed, what was told, since when they are watched.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _window_revision()
    _window_mark()
    op.create_table(
        "window_watch",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_window_watch"),
    )


def downgrade() -> None:
    for table in ("window_watch", "window_mark", "window_revision"):
        op.drop_table(table)


def _window_revision() -> None:
    op.create_table(
        "window_revision",
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("table_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_window_revision"),
        sa.UniqueConstraint(
            "region", "table_code", "period", "number", name="uq_window_revision_region_table_code_period_number"
        ),
    )


def _window_mark() -> None:
    op.create_table(
        "window_mark",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("table_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("mark", sa.String(length=10), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("filled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("region", "table_code", "period", "closes_at", "mark", name="pk_window_mark"),
    )
