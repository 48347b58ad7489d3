"""Logins tell when and from where they began."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Logins from before say nothing of themselves; they end within a week.
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("login_ts", sa.BigInteger(), nullable=False, server_default="0"))
        sessions.add_column(sa.Column("address", sa.String(length=64), nullable=False, server_default=""))
        sessions.add_column(sa.Column("agent", sa.String(length=256), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        for name in ("agent", "address", "login_ts"):
            sessions.drop_column(name)
