"""Column types: exact decimals, and the one metadata that all tables hang on."""

from decimal import Decimal
from typing import Final

from sqlalchemy import Dialect, MetaData, String
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class DecimalText(TypeDecorator[Decimal]):
    """A decimal as its plain digits, in every database: 0.10 comes back as 0.10, and no float is ever in between.

    SQLite has no exact numeric, so text it is in both; sums over money belong to the ledger, not to SQL.
    """

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Refuses what is not a finite Decimal (a float would already have lost digits)."""
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"{value!r} is not an exact finite decimal")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The digits as they were stored."""
        return None if value is None else Decimal(value)
