"""The register, milestone plans, monthly reports, and the backbone."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations

from shared.kit.backbone_0001 import create_backbone, drop_backbone
from shared.kit.columns import Exact, Id, Instant, JsonDoc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "project",
    "milestone",
    "progress_report",
    "project_responsibility",
    "project_standing",
    "milestone_crossing",
    "milestone_link",
    "milestone_re_baseline",
)


def upgrade() -> None:
    create_backbone(Operations(op.get_context()))
    op.create_table(
        "project",
        sa.Column("code", sa.String(length=24), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("owner_unit", sa.String(length=18), nullable=True),
        sa.Column("plan_year", sa.Integer(), nullable=False),
        sa.Column("total_investment_wan", Exact(6), nullable=True),
        sa.Column("annual_plan_wan", Exact(6), nullable=True),
        sa.Column("unknown_reason", sa.String(length=32), nullable=True),
        sa.Column("funding", JsonDoc(), nullable=False),
        sa.Column("sponsor_post", sa.String(length=200), nullable=False),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("responsible_person", sa.String(length=200), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("standing_since", sa.Date(), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("state_before_suspension", sa.String(length=32), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("code", name="uq_project_code"),
    )
    op.create_index("ix_project_lead_department", "project", ["lead_department"], unique=False)
    op.create_index("ix_project_region", "project", ["region"], unique=False)
    op.create_index("ix_project_sector", "project", ["sector"], unique=False)
    op.create_index("ix_project_sponsor_post", "project", ["sponsor_post"], unique=False)
    op.create_index("ix_project_state_kind", "project", ["state", "kind"], unique=False)
    op.create_index(
        "uq_project_uncoded_name",
        "project",
        ["region", "name"],
        unique=True,
        sqlite_where=sa.text("code IS NULL"),
        postgresql_where=sa.text("code IS NULL"),
    )
    op.create_table(
        "milestone",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("baseline_due_on", sa.Date(), nullable=False),
        sa.Column("current_due_on", sa.Date(), nullable=False),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("evidence", JsonDoc(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("date_basis", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_milestone_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
        sa.UniqueConstraint("project_id", "position", name="uq_milestone_project_id_position"),
    )
    op.create_index("ix_milestone_current_due_on", "milestone", ["current_due_on", "id"], unique=False)
    op.create_index(
        "ix_milestone_under_watch",
        "milestone",
        ["warned", "current_due_on", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "progress_report",
        sa.Column("id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cumulative_completed_wan", Exact(6), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("photo_reference", sa.String(length=200), nullable=True),
        sa.Column("reported_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_progress_report_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_progress_report"),
        sa.UniqueConstraint("project_id", "period", "revision", name="uq_progress_report_project_id_period_revision"),
    )
    op.create_index("ix_progress_report_period_end", "progress_report", ["period_end", "project_id"], unique=False)
    op.create_table(
        "project_responsibility",
        sa.Column("id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_project_responsibility_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_project_responsibility"),
        sa.UniqueConstraint("project_id", "role", "from_on", name="uq_project_responsibility_project_id_role_from_on"),
    )
    op.create_index(
        "uq_project_responsibility_in_office",
        "project_responsibility",
        ["project_id", "role"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "project_standing",
        sa.Column("id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("plan_year", sa.Integer(), nullable=False),
        sa.Column("annual_plan_wan", Exact(6), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", JsonDoc(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_project_standing_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_project_standing"),
        sa.UniqueConstraint("project_id", "position", name="uq_project_standing_project_id_position"),
    )
    op.create_index("ix_project_standing_effective_on", "project_standing", ["effective_on"], unique=False)
    op.create_table(
        "milestone_crossing",
        sa.Column("milestone_id", Id(), nullable=False),
        sa.Column("watch", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.Column("crossed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_milestone_crossing_milestone_id"),
        sa.PrimaryKeyConstraint("milestone_id", "watch", "due_on", "warned", name="pk_milestone_crossing"),
    )
    op.create_table(
        "milestone_link",
        sa.Column("predecessor_id", Id(), nullable=False),
        sa.Column("successor_id", Id(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("lag_working_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["predecessor_id"], ["milestone.id"], name="fk_milestone_link_predecessor_id"),
        sa.ForeignKeyConstraint(["successor_id"], ["milestone.id"], name="fk_milestone_link_successor_id"),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name="pk_milestone_link"),
    )
    op.create_index("ix_milestone_link_successor_id", "milestone_link", ["successor_id"], unique=False)
    op.create_table(
        "milestone_re_baseline",
        sa.Column("id", Id(), nullable=False),
        sa.Column("milestone_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_due_on", sa.Date(), nullable=False),
        sa.Column("to_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_milestone_re_baseline_milestone_id"),
        sa.PrimaryKeyConstraint("id", name="pk_milestone_re_baseline"),
        sa.UniqueConstraint("milestone_id", "position", name="uq_milestone_re_baseline_milestone_id_position"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_backbone(Operations(op.get_context()))
