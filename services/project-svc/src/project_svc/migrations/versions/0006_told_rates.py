"""The rates that were told to the others.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Exact, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_rates",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("new_started", sa.Integer(), nullable=False),
        sa.Column("new_projects", sa.Integer(), nullable=False),
        sa.Column("completed_wan", Exact(6), nullable=False),
        sa.Column("planned_wan", Exact(6), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "period", name="pk_told_rates"),
    )


def downgrade() -> None:
    op.drop_table("told_rates")
