"""The trail of operators' acts and the queue of replays.

Revision: 0002
"""

from alembic import op
from alembic.operations import Operations

from shared.kit.backbone_0002 import create_operator_tables, drop_operator_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_operator_tables(Operations(op.get_context()))


def downgrade() -> None:
    drop_operator_tables(Operations(op.get_context()))
