"""Policies, the library with its screenings and targets, the ledger of issued bonds, and the backbone."""

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
    "issued_bond",
    "library_holding",
    "library_project",
    "library_target",
    "planning_task",
    "policy",
    "issued_bond_revision",
    "library_document",
    "library_move",
    "library_screening",
)


def upgrade() -> None:
    create_backbone(Operations(op.get_context()))
    op.create_table(
        "issued_bond",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("bond_code", sa.String(length=40), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("issue_year", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("set_year", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("bond_type", sa.String(length=32), nullable=False),
        sa.Column("tenor_label", sa.String(length=40), nullable=False),
        sa.Column("term_years", sa.Integer(), nullable=True),
        sa.Column("coupon_pct", Exact(6), nullable=True),
        sa.Column("amount_wan", Exact(6), nullable=True),
        sa.Column("new_wan", Exact(6), nullable=True),
        sa.Column("refinance_wan", Exact(6), nullable=True),
        sa.Column("swap_wan", Exact(6), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.Column("flags", JsonDoc(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issued_bond"),
        sa.UniqueConstraint("issuer", "bond_code", "issue_date", name="uq_issued_bond_issuer_bond_code_issue_date"),
    )
    op.create_index("ix_issued_bond_issue", "issued_bond", ["issue_date", "bond_type"], unique=False)
    op.create_table(
        "library_holding",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("portfolio", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("total_investment_wan", Exact(6), nullable=False),
        sa.Column("bond_demand_wan", Exact(6), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_library_holding"),
    )
    op.create_index("ix_library_holding_region", "library_holding", ["region", "portfolio", "department"], unique=False)
    op.create_table(
        "library_project",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("field", sa.String(length=8), nullable=True),
        sa.Column("sub_field", sa.String(length=200), nullable=True),
        sa.Column("lead_department", sa.String(length=200), nullable=False),
        sa.Column("portfolio", sa.String(length=64), nullable=False),
        sa.Column("total_investment_wan", Exact(6), nullable=True),
        sa.Column("bond_demand_wan", Exact(6), nullable=True),
        sa.Column("capital_wan", Exact(6), nullable=True),
        sa.Column("other_funding_wan", Exact(6), nullable=True),
        sa.Column("large_confirmed", sa.Boolean(), nullable=False),
        sa.Column("public_interest", sa.Boolean(), nullable=True),
        sa.Column("income_lines", JsonDoc(), nullable=True),
        sa.Column("rate_pct", Exact(6), nullable=True),
        sa.Column("term_years", sa.Integer(), nullable=True),
        sa.Column("repayment", sa.String(length=32), nullable=True),
        sa.Column("grace_years", sa.Integer(), nullable=True),
        sa.Column("instalments_wan", JsonDoc(), nullable=True),
        sa.Column("cash_flows", JsonDoc(), nullable=True),
        sa.Column("clarifications", JsonDoc(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("screening_id", Id(), nullable=True),
        sa.Column("screening_outcome", sa.String(length=32), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_project"),
        sa.UniqueConstraint("region", "code", name="uq_library_project_region_code"),
    )
    op.create_index(
        "ix_library_project_listing", "library_project", ["region", "state", "portfolio", "lead_department"], unique=False
    )
    op.create_table(
        "library_target",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("target_wan", Exact(6), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("short", sa.Boolean(), nullable=True),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("crossings", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_target"),
        sa.UniqueConstraint("region", name="uq_library_target_region"),
    )
    op.create_table(
        "planning_task",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("portfolio", sa.String(length=64), nullable=False),
        sa.Column("task_wan", Exact(6), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_planning_task"),
        sa.UniqueConstraint("region", "department", name="uq_planning_task_region_department"),
    )
    op.create_table(
        "policy",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("document", JsonDoc(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
        sa.UniqueConstraint("code", "edition", name="uq_policy_code_edition"),
    )
    op.create_index(
        "uq_policy_published",
        "policy",
        ["code"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "issued_bond_revision",
        sa.Column("id", Id(), nullable=False),
        sa.Column("bond_id", Id(), nullable=False),
        sa.Column("before", JsonDoc(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["bond_id"], ["issued_bond.id"], name="fk_issued_bond_revision_bond_id"),
        sa.PrimaryKeyConstraint("id", name="pk_issued_bond_revision"),
    )
    op.create_index("ix_issued_bond_revision_bond_id", "issued_bond_revision", ["bond_id", "at"], unique=False)
    op.create_table(
        "library_document",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["library_project.id"], name="fk_library_document_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_library_document"),
    )
    op.create_index("ix_library_document_project_id", "library_document", ["project_id", "valid_until"], unique=False)
    op.create_table(
        "library_move",
        sa.Column("id", Id(), nullable=False),
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["library_project.id"], name="fk_library_move_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_library_move"),
    )
    op.create_index("ix_library_move_project_id", "library_move", ["project_id", "at"], unique=False)
    op.create_table(
        "library_screening",
        sa.Column("project_id", Id(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("project_version", sa.Integer(), nullable=False),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("policy_version", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("decisive", sa.Boolean(), nullable=False),
        sa.Column("findings", JsonDoc(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["library_project.id"], name="fk_library_screening_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_library_screening"),
    )
    op.create_index("ix_library_screening_project_id", "library_screening", ["project_id", "created_at"], unique=False)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_backbone(Operations(op.get_context()))
