"""Where items are heading, and how near regions are to the 约谈 line.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant, JsonDoc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standing", sa.Column("outlook", sa.String(length=20), nullable=True))
    op.add_column("standing", sa.Column("outlook_why", JsonDoc(), nullable=False, server_default="[]"))
    op.create_table(
        "talk_risk",
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("mayor", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_talk_risk"),
        sa.UniqueConstraint("scheme_code", "region", "period", name="uq_talk_risk_scheme_code_region_period"),
    )


def downgrade() -> None:
    op.drop_table("talk_risk")
    op.drop_column("standing", "outlook_why")
    op.drop_column("standing", "outlook")
