"""Claims of scheme items, their history and breakdown, and who leads which department.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from shared.kit.columns import Exact, Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "department_lead",
    "claim_register",
    "claim_unclaimed_item",
    "claim",
    "claim_move",
    "claim_sub_task",
    "claim_sub_task_report",
)


def upgrade() -> None:
    _department_lead()
    _claim_register()
    _claim_unclaimed_item()
    _claim()
    _claim_move()
    _claim_sub_task()
    _claim_sub_task_report()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
    ]


def _department_lead() -> None:
    op.create_table(
        "department_lead",
        *_versioned(),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("head", sa.String(length=100), nullable=True),
        sa.Column("deputy", sa.String(length=100), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_department_lead"),
    )
    op.create_index("ix_department_lead_department_effective_from", "department_lead", ["department", "effective_from"])


def _claim_register() -> None:
    op.create_table(
        "claim_register",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "scheme_code", name="pk_claim_register"),
    )


def _claim_unclaimed_item() -> None:
    op.create_table(
        "claim_unclaimed_item",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("indicator_name", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("lead_department", sa.String(length=100), nullable=False),
        sa.Column("portfolio", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("region", "scheme_code", "indicator", name="pk_claim_unclaimed_item"),
    )


def _claim() -> None:
    op.create_table(
        "claim",
        *_versioned(),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("scheme_code", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("lead_department", sa.String(length=100), nullable=False),
        sa.Column("portfolio", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
    )
    not_over = sa.text("state <> 'transferred'")
    op.create_index(
        "uq_claim_held",
        "claim",
        ["region", "scheme_code", "indicator"],
        unique=True,
        sqlite_where=not_over,
        postgresql_where=not_over,
    )
    op.create_index("ix_claim_lead_department", "claim", ["lead_department"])
    op.create_index("ix_claim_portfolio", "claim", ["portfolio"])


def _claim_move() -> None:
    op.create_table(
        "claim_move",
        sa.Column("id", Id(), nullable=False),
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("document", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_move_claim_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_move"),
        sa.UniqueConstraint("claim_id", "position", name="uq_claim_move_claim_id_position"),
    )


def _claim_sub_task() -> None:
    op.create_table(
        "claim_sub_task",
        *_versioned(),
        sa.Column("claim_id", Id(), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("target", Exact(6), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("additive", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_sub_task_claim_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_sub_task"),
    )
    op.create_index("ix_claim_sub_task_claim_id", "claim_sub_task", ["claim_id"])
    op.create_index("ix_claim_sub_task_department", "claim_sub_task", ["department"])


def _claim_sub_task_report() -> None:
    op.create_table(
        "claim_sub_task_report",
        sa.Column("id", Id(), nullable=False),
        sa.Column("sub_task_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", Exact(6), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["sub_task_id"], ["claim_sub_task.id"], name="fk_claim_sub_task_report_sub_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_sub_task_report"),
        sa.UniqueConstraint("sub_task_id", "position", name="uq_claim_sub_task_report_sub_task_id_position"),
    )
