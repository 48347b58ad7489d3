"""TWAP plans get a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "twap_plans",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("total_qty", sa.String(length=64), nullable=False),
        sa.Column("slice_qty", sa.String(length=64), nullable=False),
        sa.Column("residual", sa.String(length=64), nullable=True),
        sa.Column("avg_price", sa.String(length=64), nullable=True),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ended_ts", sa.BigInteger(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twap_plans")),
    )
    op.create_index("ix_twap_plans_state_ts", "twap_plans", ["state", "ts"])
    op.create_index("ix_twap_plans_ts_id", "twap_plans", ["ts", "id"])


def downgrade() -> None:
    op.drop_table("twap_plans")
