"""An index for what was known of a figure at an instant: its revisions, newest first, with when each was recorded.

Revision: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["region", "indicator", "period", "revision", "created_at"]
    op.create_index("ix_observation_known_at", "observation", columns, unique=False)


def downgrade() -> None:
    op.drop_index("ix_observation_known_at", table_name="observation")
