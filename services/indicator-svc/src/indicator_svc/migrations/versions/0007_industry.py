"""The watch over enterprises: their monthly figures, their stops with plans, and the factors that they lack.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Exact, Id, Instant, JsonDoc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "enterprise",
    "enterprise_figure",
    "enterprise_stop",
    "enterprise_stop_move",
    "enterprise_stop_status",
    "enterprise_stop_weekly",
    "factor_supply",
)


def upgrade() -> None:
    op.create_table(
        "enterprise",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=5), nullable=False),
        sa.Column("in_register", sa.Boolean(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("cultivated", sa.Boolean(), nullable=False),
        sa.Column("under_construction", sa.Boolean(), nullable=False),
        sa.Column("expected_revenue_wan", Exact(6), nullable=True),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("portfolio", sa.String(length=40), nullable=False),
        sa.Column("responsible_person", sa.String(length=200), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise"),
        sa.UniqueConstraint("uscc", name="uq_enterprise_uscc"),
    )
    op.create_index("ix_enterprise_lead_department", "enterprise", ["lead_department"], unique=False)
    op.create_index("ix_enterprise_region", "enterprise", ["region", "industry"], unique=False)
    op.create_table(
        "enterprise_figure",
        sa.Column("id", Id(), nullable=False),
        sa.Column("enterprise_id", Id(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("output_wan", Exact(6), nullable=True),
        sa.Column("revenue_wan", Exact(6), nullable=True),
        sa.Column("profit_wan", Exact(6), nullable=True),
        sa.Column("unknown_reason", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_enterprise_figure_enterprise_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_figure"),
        sa.UniqueConstraint("enterprise_id", "period", "revision", name="uq_enterprise_figure_enterprise_id_period_revision"),
    )
    op.create_index("ix_enterprise_figure_period_end", "enterprise_figure", ["period_end", "enterprise_id"], unique=False)
    op.create_table(
        "enterprise_stop",
        sa.Column("enterprise_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("causes", JsonDoc(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("sponsor_post", sa.String(length=200), nullable=False),
        sa.Column("lost_output_wan", Exact(6), nullable=True),
        sa.Column("lost_tax_wan", Exact(6), nullable=True),
        sa.Column("jobs_affected", sa.Integer(), nullable=True),
        sa.Column("city_base_wan", Exact(6), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("measures", JsonDoc(), nullable=False),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_enterprise_stop_enterprise_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_stop"),
    )
    op.create_index("ix_enterprise_stop_due", "enterprise_stop", ["warned", "due_on"], unique=False)
    op.create_index("ix_enterprise_stop_enterprise_id", "enterprise_stop", ["enterprise_id"], unique=False)
    op.create_index("ix_enterprise_stop_state", "enterprise_stop", ["state"], unique=False)
    op.create_index(
        "uq_enterprise_stop_standing",
        "enterprise_stop",
        ["enterprise_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('stopped', 'planned')"),
        postgresql_where=sa.text("state IN ('stopped', 'planned')"),
    )
    op.create_table(
        "factor_supply",
        sa.Column("id", Id(), nullable=False),
        sa.Column("enterprise_id", Id(), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("demand", Exact(6), nullable=True),
        sa.Column("supplied", Exact(6), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("price", Exact(6), nullable=True),
        sa.Column("price_unit", sa.String(length=20), nullable=True),
        sa.Column("owner_department", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_factor_supply_enterprise_id"),
        sa.PrimaryKeyConstraint("id", name="pk_factor_supply"),
        sa.UniqueConstraint(
            "enterprise_id", "factor", "period", "revision", name="uq_factor_supply_enterprise_id_factor_period_revision"
        ),
    )
    op.create_index("ix_factor_supply_period_end", "factor_supply", ["period_end"], unique=False)
    op.create_table(
        "enterprise_stop_move",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["enterprise_stop.id"], name="fk_enterprise_stop_move_stop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_stop_move"),
        sa.UniqueConstraint("stop_id", "position", name="uq_enterprise_stop_move_stop_id_position"),
    )
    op.create_table(
        "enterprise_stop_status",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["enterprise_stop.id"], name="fk_enterprise_stop_status_stop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_stop_status"),
    )
    op.create_index("ix_enterprise_stop_status_stop_id", "enterprise_stop_status", ["stop_id", "on_day"], unique=False)
    op.create_table(
        "enterprise_stop_weekly",
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["enterprise_stop.id"], name="fk_enterprise_stop_weekly_stop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_stop_weekly"),
        sa.UniqueConstraint("stop_id", name="uq_enterprise_stop_weekly_stop_id"),
    )
    op.create_index("ix_enterprise_stop_weekly_due", "enterprise_stop_weekly", ["warned", "due_on"], unique=False)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
