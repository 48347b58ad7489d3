"""Tables that only the engine process writes: projections of its state, each row with the document the API serves."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text

from tidegate.store.types import DecimalText, metadata

_ID: Final = String(128)
_WORD: Final = String(64)

orders: Final = Table(
    "orders",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("client_order_id", _ID),
    Column("account", _WORD, nullable=False),
    Column("exchange", _WORD, nullable=False),
    Column("symbol", _WORD, nullable=False),
    Column("product", _WORD, nullable=False),
    Column("side", _WORD, nullable=False),
    Column("order_type", _WORD),
    Column("time_in_force", _WORD),
    Column("qty", DecimalText, nullable=False),
    Column("price", DecimalText),
    Column("filled_qty", DecimalText),
    Column("avg_price", DecimalText),
    Column("state", _WORD, nullable=False),
    Column("plan_id", _ID),
    Column("leg", _WORD),
    Column("venue_order_id", _ID),
    Column("reason", Text),
    Column("ts", BigInteger, nullable=False),
    Column("updated_ts", BigInteger),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
    CheckConstraint("side IN ('buy', 'sell')", name="side"),
    Index(None, "ts", "id"),
    Index(None, "state", "ts"),
    Index(None, "exchange", "symbol", "ts"),
    Index(None, "plan_id"),
)

fills: Final = Table(
    "fills",
    metadata,
    Column("id", _ID, primary_key=True, comment="exchange:account:tradeId"),
    Column("trade_id", _ID, nullable=False),
    Column("order_id", _ID),
    Column("account", _WORD, nullable=False),
    Column("exchange", _WORD, nullable=False),
    Column("symbol", _WORD, nullable=False),
    Column("product", _WORD, nullable=False),
    Column("side", _WORD, nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("qty", DecimalText, nullable=False),
    Column("fee", DecimalText),
    Column("fee_asset", _WORD),
    Column("liquidity", _WORD),
    Column("plan_id", _ID),
    Column("ts", BigInteger, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
    CheckConstraint("side IN ('buy', 'sell')", name="side"),
    Index(None, "ts", "id"),
    Index(None, "exchange", "symbol", "ts"),
    Index(None, "order_id"),
    Index(None, "plan_id"),
)

plans: Final = Table(
    "plans",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("pair_id", _ID),
    Column("state", _WORD, nullable=False),
    Column("direction", _WORD),
    Column("qty", DecimalText),
    Column("residual", DecimalText),
    Column("pnl", DecimalText),
    Column("ts", BigInteger, nullable=False),
    Column("ended_ts", BigInteger),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
    Index(None, "ts", "id"),
    Index(None, "state", "ts"),
    Index(None, "pair_id", "ts"),
)

twap_plans: Final = Table(
    "twap_plans",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("total_qty", DecimalText, nullable=False),
    Column("slice_qty", DecimalText, nullable=False),
    Column("residual", DecimalText),
    Column("avg_price", DecimalText),
    Column("ts", BigInteger, nullable=False),
    Column("ended_ts", BigInteger),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
    Index(None, "ts", "id"),
    Index(None, "state", "ts"),
)

protections: Final = Table(
    "protections",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account", _WORD, nullable=False),
    Column("exchange", _WORD, nullable=False),
    Column("symbol", _WORD, nullable=False),
    Column("product", _WORD, nullable=False),
    Column("side", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("stop_loss", DecimalText),
    Column("take_profit", DecimalText),
    Column("trailing_pct", DecimalText),
    Column("closed_qty", DecimalText),
    Column("ts", BigInteger, nullable=False),
    Column("ended_ts", BigInteger),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
    CheckConstraint("side IN ('buy', 'sell')", name="side"),
    Index(None, "ts", "id"),
    Index(None, "state", "ts"),
)

balances: Final = Table(
    "balances",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account", _WORD, nullable=False),
    Column("exchange", _WORD, nullable=False),
    Column("wallet", _WORD),
    Column("asset", _WORD, nullable=False),
    Column("free", DecimalText),
    Column("locked", DecimalText),
    Column("total", DecimalText),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
)

positions: Final = Table(
    "positions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account", _WORD, nullable=False),
    Column("exchange", _WORD, nullable=False),
    Column("symbol", _WORD, nullable=False),
    Column("product", _WORD, nullable=False),
    Column("qty", DecimalText),
    Column("entry_price", DecimalText),
    Column("realized_pnl", DecimalText),
    Column("simulated", Boolean, nullable=False),
    Column("doc", Text, nullable=False),
)

pairs: Final = Table(
    "pairs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("threshold", DecimalText),
    Column("qty", DecimalText),
    Column("doc", Text, nullable=False),
)

limits: Final = Table(
    "limits",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", _WORD, nullable=False),
    Column("scope", _WORD, nullable=False),
    Column("scope_id", _ID),
    Column("value", DecimalText),
    Column("doc", Text, nullable=False),
)

spread_samples: Final = Table(
    "spread_samples",
    metadata,
    Column("pair_id", _ID, primary_key=True),
    Column("ts", BigInteger, primary_key=True),
    Column("leg1_buy", DecimalText, comment="net percent; null while a book was not usable"),
    Column("leg2_buy", DecimalText, comment="net percent; null while a book was not usable"),
    Index(None, "ts"),
)

equity_samples: Final = Table(
    "equity_samples",
    metadata,
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column("pnl", DecimalText, nullable=False, comment="of ended plans, net of fees"),
    Column("fees", DecimalText, nullable=False),
    Column("equity", DecimalText, nullable=False, comment="pnl and what open positions would bring at the mid"),
)

plan_results: Final = Table(
    "plan_results",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("pair_id", _ID, primary_key=True),
    Column("exchange", _WORD, primary_key=True, comment="empty: the plan as a whole"),
    Column("pnl", DecimalText, nullable=False, comment="of a venue: what was sold less bought and fees"),
    Column("fees", DecimalText, nullable=False),
    Column("turnover", DecimalText, nullable=False),
    Column("plans", Integer, nullable=False),
    Column("wins", Integer, nullable=False),
)

fill_results: Final = Table(
    "fill_results",
    metadata,
    Column("day", String(10), primary_key=True, comment="empty: all days"),
    Column("strategy", _WORD, primary_key=True),
    Column("exchange", _WORD, primary_key=True),
    Column("pnl", DecimalText, nullable=False, comment="realised against the book, net of fees"),
    Column("fees", DecimalText, nullable=False),
    Column("turnover", DecimalText, nullable=False),
)

fill_books: Final = Table(
    "fill_books",
    metadata,
    Column("id", String(256), primary_key=True, comment="exchange:account:product:symbol"),
    Column("qty", DecimalText, nullable=False, comment="held by fills outside arbitrage plans"),
    Column("cost", DecimalText, nullable=False),
)

alerts: Final = Table(
    "alerts",
    metadata,
    Column("id", _ID, primary_key=True, comment="number of the message on the bus"),
    Column("ts", BigInteger, nullable=False),
    Column("severity", _WORD, nullable=False),
    Column("event", _WORD, nullable=False),
    Column("doc", Text, nullable=False),
    Index(None, "ts", "id"),
    Index(None, "severity", "ts"),
)

projection: Final = Table(
    "projection",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, comment="journal record whose state the tables show"),
    CheckConstraint("id = 1", name="single"),
)
