"""What profile sim starts with when the file names no pairs and no limits.

Sized so that the default accounts (1,000,000 USDT, 20 BTC, 300 ETH) and the limits last for hours at 60 plans a minute.
"""

from decimal import Decimal
from typing import Final

from tidegate.model.config import LegConfig, LimitConfig, PairConfig, Product, VenueName

_BINANCE_SPOT: Final[tuple[VenueName, Product]] = ("binance", "spot")
_BINANCE_LINEAR: Final[tuple[VenueName, Product]] = ("binance", "linear")
_BYBIT_SPOT: Final[tuple[VenueName, Product]] = ("bybit", "spot")
_BYBIT_LINEAR: Final[tuple[VenueName, Product]] = ("bybit", "linear")


def _pair(
    name: str,
    symbol: str,
    legs: tuple[tuple[VenueName, Product], tuple[VenueName, Product]],
    qty: str,
    threshold: str,
) -> PairConfig:
    leg1, leg2 = (LegConfig(exchange=exchange, symbol=symbol, type=product) for exchange, product in legs)
    return PairConfig.model_validate(
        {
            "id": name,
            "leg1": leg1,
            "leg2": leg2,
            "threshold": Decimal(threshold),
            "qty": Decimal(qty),
            "totalAmount": Decimal(500_000),
        }
    )


# Thresholds for 10 to 60 plans a minute in all: the simulated linear books swing by 20 to 25 basis points against spot
# and up to 50 against each other, every few seconds, in both directions.
SIM_PAIRS: Final = (
    _pair("binance_bybit_btc", "BTCUSDT", (_BINANCE_SPOT, _BYBIT_LINEAR), "0.02", "0.05"),
    _pair("bybit_binance_btc", "BTCUSDT", (_BYBIT_LINEAR, _BINANCE_LINEAR), "0.02", "0.3"),
    _pair("binance_bybit_eth", "ETHUSDT", (_BINANCE_SPOT, _BYBIT_SPOT), "0.2", "0.05"),
    _pair("bybit_binance_eth", "ETHUSDT", (_BYBIT_SPOT, _BINANCE_LINEAR), "0.2", "0.08"),
)

SIM_LIMITS: Final = tuple(
    LimitConfig(name=name, scope="total", id="", value=Decimal(value))
    for name, value in (
        ("order_notional_max", 20_000),
        ("position_symbol_max", 1_000_000),
        ("position_venue_max", 2_000_000),
        ("position_total_max", 3_000_000),
        ("daily_loss_max", 50_000),
        ("order_rate_max", 50),
        ("price_collar_bps", 100),
        ("slippage_max_bps", 20),
        ("book_age_max_ms", 3_000),
        ("open_orders_max", 20),
    )
)
