"""The backbone and the notes."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations

from shared.kit.backbone_0001 import create_backbone, drop_backbone
from shared.kit.columns import Exact, Id, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_backbone(Operations(op.get_context()))
    op.create_table(
        "note",
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("amount", Exact(2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
        sa.UniqueConstraint("code", name="uq_note_code"),
    )


def downgrade() -> None:
    op.drop_table("note")
    drop_backbone(Operations(op.get_context()))
