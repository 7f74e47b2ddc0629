"""Permits, their extensions, and the crossings of their last days.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "permit",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("lapse", sa.SmallInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_permit_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_permit"),
        sa.UniqueConstraint("project_id", "type", "number", name="uq_permit_project_id_type_number"),
    )
    op.create_index("ix_permit_expires_on", "permit", ["expires_on"], unique=False)
    op.create_index("ix_permit_under_watch", "permit", ["state", "lapse", "notice_on"], unique=False)
    op.create_table(
        "permit_extension",
        sa.Column("id", Id(), nullable=False),
        sa.Column("permit_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_permit_extension_permit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_permit_extension"),
        sa.UniqueConstraint("permit_id", "position", name="uq_permit_extension_permit_id_position"),
    )
    op.create_table(
        "permit_crossing",
        sa.Column("permit_id", Id(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("lapse", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_permit_crossing_permit_id"),
        sa.PrimaryKeyConstraint("permit_id", "expires_on", "lapse", name="pk_permit_crossing"),
    )


def downgrade() -> None:
    for name in ("permit_crossing", "permit_extension", "permit"):
        op.drop_table(name)
