"""Tables of the control side: who may log in, and who is."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from tidegate.store.types import metadata

users: Final = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("totp", Text),
    Column("totp_step", BigInteger, nullable=False),
    Column("created_ts", BigInteger, nullable=False),
    Column("updated_ts", BigInteger, nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("family", String(64), nullable=False),
    Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_ts", BigInteger, nullable=False),
    Column("expires_ts", BigInteger, nullable=False),
    Column("login_ts", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(256), nullable=False),
    Column("used_ts", BigInteger),
    Column("revoked_ts", BigInteger),
    Index(None, "family"),
    Index(None, "user_id"),
    Index(None, "expires_ts"),
)

venue_keys: Final = Table(
    "venue_keys",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("venue", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_ts", BigInteger, nullable=False),
    Column("updated_ts", BigInteger, nullable=False),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("key_hash", String(64), nullable=False),
    Column("scopes", Text, nullable=False, comment="permissions, with spaces between"),
    Column("addresses", Text, nullable=False, comment="networks, with spaces between; none for any"),
    Column("created_ts", BigInteger, nullable=False),
    Column("expires_ts", BigInteger),
    Column("last_used_ts", BigInteger),
    Index(None, "user_id"),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("ts", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("role", String(32), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(128), nullable=False),
    Column("target", String(256), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "ts"),
    Index(None, "actor"),
)
