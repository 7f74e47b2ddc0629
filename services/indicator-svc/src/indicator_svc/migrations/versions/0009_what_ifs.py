"""What-ifs: supposed figures, apart from the official ones.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant, JsonDoc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "what_if",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("changes", JsonDoc(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_what_if"),
    )
    op.create_index("ix_what_if_author", "what_if", ["author"], unique=False)
    op.create_index("ix_what_if_scheme_period", "what_if", ["scheme_code", "period"], unique=False)


def downgrade() -> None:
    op.drop_table("what_if")
