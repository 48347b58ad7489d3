"""Protections get a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "protections",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("stop_loss", sa.String(length=64), nullable=True),
        sa.Column("take_profit", sa.String(length=64), nullable=True),
        sa.Column("trailing_pct", sa.String(length=64), nullable=True),
        sa.Column("closed_qty", sa.String(length=64), nullable=True),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ended_ts", sa.BigInteger(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('buy', 'sell')", name=op.f("ck_protections_side")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protections")),
    )
    op.create_index("ix_protections_state_ts", "protections", ["state", "ts"])
    op.create_index("ix_protections_ts_id", "protections", ["ts", "id"])


def downgrade() -> None:
    op.drop_table("protections")
