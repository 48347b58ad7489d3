"""The first schema: trading projections, spread history, users and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "balances",
    "fills",
    "limits",
    "orders",
    "pairs",
    "plans",
    "positions",
    "projection",
    "spread_samples",
    "users",
    "sessions",
)
"""In the order of creation: sessions refer to users."""


def upgrade() -> None:
    _balances()
    _fills()
    _limits()
    _orders()
    _pairs()
    _plans()
    _positions()
    _projection()
    _spread_samples()
    _users()
    _sessions()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _balances() -> None:
    op.create_table(
        "balances",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("wallet", sa.String(length=64), nullable=True),
        sa.Column("asset", sa.String(length=64), nullable=False),
        sa.Column("free", sa.String(length=64), nullable=True),
        sa.Column("locked", sa.String(length=64), nullable=True),
        sa.Column("total", sa.String(length=64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balances")),
    )


def _fills() -> None:
    op.create_table(
        "fills",
        sa.Column("id", sa.String(length=128), nullable=False, comment="exchange:account:tradeId"),
        sa.Column("trade_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=64), nullable=False),
        sa.Column("price", sa.String(length=64), nullable=False),
        sa.Column("qty", sa.String(length=64), nullable=False),
        sa.Column("fee", sa.String(length=64), nullable=True),
        sa.Column("fee_asset", sa.String(length=64), nullable=True),
        sa.Column("liquidity", sa.String(length=64), nullable=True),
        sa.Column("plan_id", sa.String(length=128), nullable=True),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('buy', 'sell')", name=op.f("ck_fills_side")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fills")),
    )
    op.create_index("ix_fills_exchange_symbol_ts", "fills", ["exchange", "symbol", "ts"])
    op.create_index("ix_fills_order_id", "fills", ["order_id"])
    op.create_index("ix_fills_plan_id", "fills", ["plan_id"])
    op.create_index("ix_fills_ts_id", "fills", ["ts", "id"])


def _limits() -> None:
    op.create_table(
        "limits",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("scope_id", sa.String(length=128), nullable=True),
        sa.Column("value", sa.String(length=64), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limits")),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("client_order_id", sa.String(length=128), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=64), nullable=False),
        sa.Column("order_type", sa.String(length=64), nullable=True),
        sa.Column("time_in_force", sa.String(length=64), nullable=True),
        sa.Column("qty", sa.String(length=64), nullable=False),
        sa.Column("price", sa.String(length=64), nullable=True),
        sa.Column("filled_qty", sa.String(length=64), nullable=True),
        sa.Column("avg_price", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=128), nullable=True),
        sa.Column("leg", sa.String(length=64), nullable=True),
        sa.Column("venue_order_id", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("updated_ts", sa.BigInteger(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('buy', 'sell')", name=op.f("ck_orders_side")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_exchange_symbol_ts", "orders", ["exchange", "symbol", "ts"])
    op.create_index("ix_orders_plan_id", "orders", ["plan_id"])
    op.create_index("ix_orders_state_ts", "orders", ["state", "ts"])
    op.create_index("ix_orders_ts_id", "orders", ["ts", "id"])


def _pairs() -> None:
    op.create_table(
        "pairs",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.String(length=64), nullable=True),
        sa.Column("qty", sa.String(length=64), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
    )


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("pair_id", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=64), nullable=True),
        sa.Column("qty", sa.String(length=64), nullable=True),
        sa.Column("residual", sa.String(length=64), nullable=True),
        sa.Column("pnl", sa.String(length=64), nullable=True),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ended_ts", sa.BigInteger(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_pair_id_ts", "plans", ["pair_id", "ts"])
    op.create_index("ix_plans_state_ts", "plans", ["state", "ts"])
    op.create_index("ix_plans_ts_id", "plans", ["ts", "id"])


def _positions() -> None:
    op.create_table(
        "positions",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("qty", sa.String(length=64), nullable=True),
        sa.Column("entry_price", sa.String(length=64), nullable=True),
        sa.Column("realized_pnl", sa.String(length=64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )


def _projection() -> None:
    op.create_table(
        "projection",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="journal record whose state the tables show"),
        sa.CheckConstraint("id = 1", name=op.f("ck_projection_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projection")),
    )


def _spread_samples() -> None:
    op.create_table(
        "spread_samples",
        sa.Column("pair_id", sa.String(length=128), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column(
            "leg1_buy", sa.String(length=64), nullable=True, comment="net percent; null while a book was not usable"
        ),
        sa.Column(
            "leg2_buy", sa.String(length=64), nullable=True, comment="net percent; null while a book was not usable"
        ),
        sa.PrimaryKeyConstraint("pair_id", "ts", name=op.f("pk_spread_samples")),
    )
    op.create_index("ix_spread_samples_ts", "spread_samples", ["ts"])


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.Column("updated_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.Column("expires_ts", sa.BigInteger(), nullable=False),
        sa.Column("used_ts", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ts", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_expires_ts", "sessions", ["expires_ts"])
    op.create_index("ix_sessions_family", "sessions", ["family"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
