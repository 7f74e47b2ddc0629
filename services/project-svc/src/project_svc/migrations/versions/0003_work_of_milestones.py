"""How long the work takes that leads up to a milestone, and on which days it can be done.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("milestone", sa.Column("work_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("milestone", sa.Column("work_unit", sa.String(length=32), nullable=False, server_default="working_days"))
    op.add_column("milestone", sa.Column("outdoor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("milestone", sa.Column("least_work_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("least_work_days", "outdoor", "work_unit", "work_days"):
        op.drop_column("milestone", name)
