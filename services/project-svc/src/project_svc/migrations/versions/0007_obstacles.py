"""What holds projects up, its history, and the missed days that were told.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "obstacle",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("responsible_person", sa.String(length=200), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_obstacle"),
    )
    op.create_index("ix_obstacle_lead_department", "obstacle", ["lead_department"], unique=False)
    op.create_index("ix_obstacle_under_watch", "obstacle", ["state", "told", "due_on"], unique=False)
    op.create_table(
        "obstacle_hold",
        sa.Column("obstacle_id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["obstacle_id"], ["obstacle.id"], name="fk_obstacle_hold_obstacle_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_obstacle_hold_project_id"),
        sa.PrimaryKeyConstraint("obstacle_id", "project_id", name="pk_obstacle_hold"),
    )
    op.create_index("ix_obstacle_hold_project_id", "obstacle_hold", ["project_id"], unique=False)
    op.create_table(
        "obstacle_note",
        sa.Column("id", Id(), nullable=False),
        sa.Column("obstacle_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("responsible_person", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["obstacle_id"], ["obstacle.id"], name="fk_obstacle_note_obstacle_id"),
        sa.PrimaryKeyConstraint("id", name="pk_obstacle_note"),
        sa.UniqueConstraint("obstacle_id", "position", name="uq_obstacle_note_obstacle_id_position"),
    )
    op.create_table(
        "obstacle_crossing",
        sa.Column("obstacle_id", Id(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["obstacle_id"], ["obstacle.id"], name="fk_obstacle_crossing_obstacle_id"),
        sa.PrimaryKeyConstraint("obstacle_id", "due_on", name="pk_obstacle_crossing"),
    )


def downgrade() -> None:
    for name in ("obstacle_crossing", "obstacle_note", "obstacle_hold", "obstacle"):
        op.drop_table(name)
