"""What ended plans brought, by day, pair and venue. Plans that ended before stand in it after `tidegate rebuild`."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_results",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("pair_id", sa.String(length=128), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False, comment="empty: the plan as a whole"),
        sa.Column(
            "pnl", sa.String(length=64), nullable=False, comment="of a venue: what was sold less bought and fees"
        ),
        sa.Column("fees", sa.String(length=64), nullable=False),
        sa.Column("turnover", sa.String(length=64), nullable=False),
        sa.Column("plans", sa.Integer(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "pair_id", "exchange", name=op.f("pk_plan_results")),
    )


def downgrade() -> None:
    op.drop_table("plan_results")
