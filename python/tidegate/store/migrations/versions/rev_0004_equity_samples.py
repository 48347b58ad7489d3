"""The equity history: running totals at a fixed pace."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "equity_samples",
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pnl", sa.String(length=64), nullable=False, comment="of ended plans, net of fees"),
        sa.Column("fees", sa.String(length=64), nullable=False),
        sa.Column(
            "equity",
            sa.String(length=64),
            nullable=False,
            comment="pnl and what open positions would bring at the mid",
        ),
        sa.PrimaryKeyConstraint("ts", name=op.f("pk_equity_samples")),
    )


def downgrade() -> None:
    op.drop_table("equity_samples")
