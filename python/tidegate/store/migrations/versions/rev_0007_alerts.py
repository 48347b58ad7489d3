"""Alerts, as they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=128), nullable=False, comment="number of the message on the bus"),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_ts_id"), "alerts", ["ts", "id"], unique=False)
    op.create_index(op.f("ix_alerts_severity_ts"), "alerts", ["severity", "ts"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_alerts_severity_ts"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_ts_id"), table_name="alerts")
    op.drop_table("alerts")
