"""Whether each plan can still be kept; plans that are there already wait to be looked at.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_outlook",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("impossible", sa.Boolean(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_plan_outlook_project_id"),
        sa.PrimaryKeyConstraint("project_id", name="pk_plan_outlook"),
    )
    op.create_index("ix_plan_outlook_assessed_on", "plan_outlook", ["assessed_on"], unique=False)
    planned = "SELECT DISTINCT project_id, false FROM milestone"
    op.execute(f"INSERT INTO plan_outlook (project_id, impossible) {planned}")  # noqa: S608 - no word of it comes from outside


def downgrade() -> None:
    op.drop_table("plan_outlook")
