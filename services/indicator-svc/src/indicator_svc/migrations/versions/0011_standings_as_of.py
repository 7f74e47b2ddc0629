"""What every standing said, from when on; those that there are begin with what they say now.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Exact, Id, Instant, JsonDoc, RowNumber
from shared.kit.decimals import shortest

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = ("scheme_code", "region", "indicator", "period", "level", "by_rules", "since", "unit", "outlook")
NUMBERS = ("edition", "rank", "peers", "version")
FIGURES = ("value", "target", "gap_pp")
SHARED = ("scheme_code", "region", "indicator", "period", "period_end", "level")


def upgrade() -> None:
    revisions = op.create_table(
        "standing_revision",
        sa.Column("id", RowNumber(), sa.Identity(), nullable=False),
        sa.Column("standing_id", Id(), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("document", JsonDoc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standing_revision"),
        sa.ForeignKeyConstraint(["standing_id"], ["standing.id"], name="fk_standing_revision_standing_id_standing"),
    )
    op.create_index("ix_standing_revision_standing", "standing_revision", ["standing_id", "id"])
    op.create_index("ix_standing_revision_region_period", "standing_revision", ["region", "period"])
    _begin(revisions)


def _begin(revisions: sa.Table) -> None:
    standing = sa.table(
        "standing",
        *(sa.column(name, sa.String()) for name in TEXTS),
        *(sa.column(name, sa.Integer()) for name in NUMBERS),
        *(sa.column(name, Exact(6)) for name in FIGURES),
        sa.column("period_end", sa.Date()),
        sa.column("why", JsonDoc()),
        sa.column("outlook_why", JsonDoc()),
        sa.column("id", Id()),
        sa.column("created_at", Instant()),
        sa.column("updated_at", Instant()),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(standing).order_by(standing.c.updated_at, standing.c.id)).mappings().all():
        said = {name: row[name] for name in (*TEXTS, *NUMBERS, "why", "outlook_why")}
        said |= {name: None if row[name] is None else shortest(row[name]) for name in FIGURES}
        said |= {"period_end": row["period_end"].isoformat(), "created_at": row["created_at"].isoformat()}
        shared = {name: row[name] for name in SHARED}
        bind.execute(
            revisions.insert().values(standing_id=row["id"], recorded_at=row["updated_at"], document=said, **shared)
        )


def downgrade() -> None:
    op.drop_table("standing_revision")
