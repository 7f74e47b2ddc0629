"""Due days under watch, and applications for entry into the statistical register.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Exact, Id, Instant, JsonDoc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("deadline_crossing", "entry_application", "entry_blocker", "entry_move")


def upgrade() -> None:
    op.create_table(
        "deadline_crossing",
        sa.Column("watched_as", sa.String(length=40), nullable=False),
        sa.Column("object_id", Id(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("crossing", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("watched_as", "object_id", "due_on", "crossing", name="pk_deadline_crossing"),
    )
    op.create_table(
        "entry_application",
        sa.Column("subject_type", sa.String(length=20), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("project_code", sa.String(length=24), nullable=True),
        sa.Column("total_investment_wan", Exact(6), nullable=True),
        sa.Column("income_month", sa.String(length=8), nullable=True),
        sa.Column("income_cumulative_wan", Exact(6), nullable=True),
        sa.Column("vat_month", sa.String(length=8), nullable=True),
        sa.Column("vat_cumulative_wan", Exact(6), nullable=True),
        sa.Column("output_cumulative_wan", Exact(6), nullable=True),
        sa.Column("first_sale_on", sa.Date(), nullable=True),
        sa.Column("documents", JsonDoc(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("entry_window", sa.String(length=200), nullable=True),
        sa.Column("belongs_in", sa.Boolean(), nullable=False),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("portfolio", sa.String(length=40), nullable=False),
        sa.Column("responsible_person", sa.String(length=200), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_application"),
    )
    op.create_index("ix_entry_application_belongs_in", "entry_application", ["belongs_in"], unique=False)
    op.create_index("ix_entry_application_due", "entry_application", ["warned", "due_on"], unique=False)
    op.create_index("ix_entry_application_lead_department", "entry_application", ["lead_department"], unique=False)
    op.create_index("ix_entry_application_state", "entry_application", ["state", "region"], unique=False)
    op.create_index(
        "uq_entry_application_enterprise",
        "entry_application",
        ["uscc"],
        unique=True,
        sqlite_where=sa.text("state <> 'exited' AND subject_type = 'enterprise'"),
        postgresql_where=sa.text("state <> 'exited' AND subject_type = 'enterprise'"),
    )
    op.create_index(
        "uq_entry_application_project",
        "entry_application",
        ["project_code"],
        unique=True,
        sqlite_where=sa.text("state <> 'exited'"),
        postgresql_where=sa.text("state <> 'exited'"),
    )
    op.create_table(
        "entry_blocker",
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_department", sa.String(length=200), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["entry_application.id"], name="fk_entry_blocker_application_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry_blocker"),
    )
    op.create_index("ix_entry_blocker_application_id", "entry_blocker", ["application_id"], unique=False)
    op.create_index("ix_entry_blocker_due", "entry_blocker", ["warned", "due_on"], unique=False)
    op.create_index("ix_entry_blocker_owner_department", "entry_blocker", ["owner_department"], unique=False)
    op.create_table(
        "entry_move",
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["entry_application.id"], name="fk_entry_move_application_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry_move"),
        sa.UniqueConstraint("application_id", "position", name="uq_entry_move_application_id_position"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
