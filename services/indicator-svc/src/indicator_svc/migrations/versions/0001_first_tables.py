"""The first tables: backbone, indicators, observations, schemes, scoreboards, standings."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations

from shared.kit.backbone_0001 import create_backbone, drop_backbone
from shared.kit.columns import Exact, Id, Instant, JsonDoc, RowNumber

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_backbone(Operations(op.get_context()))
    _indicator()
    _observation()
    _observation_move()
    _figure_change()
    _scheme()
    _scheme_publication()
    _scoreboard()
    _standing()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_backbone(Operations(op.get_context()))


TABLES = (
    "indicator",
    "observation",
    "observation_move",
    "figure_change",
    "scheme",
    "scheme_publication",
    "scoreboard",
    "standing",
)


def _indicator() -> None:
    op.create_table(
        "indicator",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=1), nullable=False),
        sa.Column("separate_january", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("item_group", sa.String(length=20), nullable=True),
        sa.Column("derived_from", sa.String(length=64), nullable=True),
        sa.Column("lead_department", sa.String(length=100), nullable=False),
        sa.Column("portfolio", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=400), nullable=False),
        sa.Column("licence", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_indicator"),
        sa.UniqueConstraint("code", name="uq_indicator_code"),
    )


def _observation() -> None:
    op.create_table(
        "observation",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", Exact(6), nullable=True),
        sa.Column("unknown_reason", sa.String(length=20), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("provenance", sa.String(length=20), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("held_because", JsonDoc(), nullable=False),
        sa.Column("decided_by_person", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        sa.UniqueConstraint("region", "indicator", "period", "revision", name="uq_observation_region_indicator_period_revision"),
    )
    op.create_index("ix_observation_indicator_period", "observation", ["indicator", "period"], unique=False)
    op.create_index("ix_observation_state", "observation", ["state"], unique=False)


def _observation_move() -> None:
    op.create_table(
        "observation_move",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("observation_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["observation_id"], ["observation.id"], name="fk_observation_move_observation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_observation_move"),
    )
    op.create_index("ix_observation_move_observation_id", "observation_move", ["observation_id"], unique=False)


def _figure_change() -> None:
    op.create_table(
        "figure_change",
        sa.Column("id", RowNumber(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figure_change"),
    )


def _scheme() -> None:
    op.create_table(
        "scheme",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("definition", JsonDoc(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scheme"),
        sa.UniqueConstraint("code", "edition", name="uq_scheme_code_edition"),
    )


def _scheme_publication() -> None:
    op.create_table(
        "scheme_publication",
        sa.Column("scheme_id", Id(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("boards_computed", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_scheme_publication_scheme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scheme_publication"),
        sa.UniqueConstraint("scheme_id", name="uq_scheme_publication_scheme_id"),
    )
    op.create_index("ix_scheme_publication_boards_computed", "scheme_publication", ["boards_computed"], unique=False)


def _scoreboard() -> None:
    op.create_table(
        "scoreboard",
        sa.Column("scheme_id", Id(), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result", JsonDoc(), nullable=False),
        sa.Column("computed_at", Instant(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_scoreboard_scheme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scoreboard"),
        sa.UniqueConstraint("scheme_code", "period", name="uq_scoreboard_scheme_code_period"),
    )
    op.create_index("ix_scoreboard_judged", "scoreboard", ["judged"], unique=False)


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("by_rules", sa.String(length=10), nullable=True),
        sa.Column("oranges", sa.Integer(), nullable=False),
        sa.Column("why", JsonDoc(), nullable=False),
        sa.Column("since", sa.String(length=8), nullable=False),
        sa.Column("value", Exact(6), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("target", Exact(6), nullable=True),
        sa.Column("gap_pp", Exact(6), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("peers", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standing"),
        sa.UniqueConstraint(
            "scheme_code", "region", "indicator", "period", name="uq_standing_scheme_code_region_indicator_period"
        ),
    )
    op.create_index("ix_standing_region_period", "standing", ["region", "period"], unique=False)
