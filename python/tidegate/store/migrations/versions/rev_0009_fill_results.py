"""What fills outside arbitrage plans brought, by day, strategy and venue.

Earlier fills stand in it after `tidegate rebuild`, and so does what unwinding earlier plans cost by venue.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fill_results",
        sa.Column("day", sa.String(length=10), nullable=False, comment="empty: all days"),
        sa.Column("strategy", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("pnl", sa.String(length=64), nullable=False, comment="realised against the book, net of fees"),
        sa.Column("fees", sa.String(length=64), nullable=False),
        sa.Column("turnover", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", "strategy", "exchange", name=op.f("pk_fill_results")),
    )
    op.create_table(
        "fill_books",
        sa.Column("id", sa.String(length=256), nullable=False, comment="exchange:account:product:symbol"),
        sa.Column("qty", sa.String(length=64), nullable=False, comment="held by fills outside arbitrage plans"),
        sa.Column("cost", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fill_books")),
    )


def downgrade() -> None:
    op.drop_table("fill_books")
    op.drop_table("fill_results")
