"""Every row of the route table: who may pass, and what comes back."""

import re

import aiohttp
import orjson
import pytest
from pydantic import TypeAdapter
from tests.unit.api.doubles import World

from tidegate.api.app import build_app
from tidegate.api.jsontext import load_object
from tidegate.api.route import LOCAL, PUBLIC, Route
from tidegate.api.table import ROUTES, check, paths_of

PAIR_BODY = {
    "leg1": {"exchange": "binance", "symbol": "BTCUSDT"},
    "leg2": {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"},
    "threshold": 0.05,
    "qty": "0.01",
    "totalAmount": 500000,
}
TWAP_BODY = {
    "name": "slow",
    "totalQty": "0.1",
    "sliceQty": 0.01,
    "intervalMs": 1000,
    "legs": [{"exchange": "binance", "symbol": "BTCUSDT", "side": "buy"}],
}
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "/api/risk/halts/acknowledge"): {"id": "bybit:main/unified/USDT"},
    ("POST", "/api/trading/orders"): {
        "exchange": "binance",
        "symbol": "BTCUSDT",
        "side": "buy",
        "orderType": "market",
        "qty": "0.01",
    },
    ("POST", "/api/auth/login"): {"username": "admin", "password": "right"},
    ("POST", "/api/auth/refresh"): {"refreshToken": "refresh"},
    ("POST", "/api/prices/batch"): {"items": [{"exchange": "binance", "symbol": "BTCUSDT"}]},
    ("POST", "/api/monitoring/pairs"): PAIR_BODY,
    ("PUT", "/api/monitoring/pairs/{id}"): PAIR_BODY,
    ("PUT", "/api/risk/limits"): {"limits": [{"name": "order_notional_max", "value": 100}]},
    ("POST", "/api/risk/kill"): {"reason": "test"},
    ("POST", "/api/trading/protections"): {"exchange": "bybit", "symbol": "BTCUSDT", "stopLoss": "60000"},
    ("PUT", "/api/trading/protections/{protectionId}"): {"trailingPct": 1.5},
    ("POST", "/api/twap/plans"): TWAP_BODY,
    ("PUT", "/api/twap/plans/{planId}"): TWAP_BODY,
    ("POST", "/api/twap/{planId}/control"): {"action": "pause"},
    ("POST", "/api/users"): {"username": "anna", "role": "trader", "password": "long enough"},
    ("PUT", "/api/users/{userId}"): {"role": "trader"},
    ("PUT", "/api/users/profile/totp"): {"code": "123456"},
    ("PUT", "/api/settings/api"): {"binance": {"apiKey": "key-canary", "secret": "secret-canary"}},
    ("POST", "/api/settings/api/test"): {"exchange": "binance"},
    ("POST", "/api/auth/keys"): {"name": "robot", "scopes": ["read"]},
    ("PUT", "/api/users/profile"): {"currentPassword": "right", "newPassword": "long enough"},
}
VALUES = {
    "exchange": "binance",
    "name": "binance",
    "symbol": "BTCUSDT",
    "id": "binance_bybit_btc",
    "pairId": "binance_bybit_btc",
    "planId": "plan_000001",
    "protectionId": "protect_001",
    "orderId": "TGA7000001",
    "userId": "uviewer",
    "keyId": "keyuadmin",
    "account": "main",
    "sessionId": "sadmin",
}
CASES = [(row, path) for row in ROUTES for path in paths_of(row) if row.permission != LOCAL]
IDS = [f"{row.method} {path}" for row, path in CASES]


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: VALUES[found[1]], path)


@pytest.mark.parametrize(("row", "path"), CASES, ids=IDS)
async def test_a_caller_with_all_permissions_gets_the_declared_shape(
    row: Route, path: str, admin: aiohttp.ClientSession
) -> None:
    body = BODIES.get((row.method, row.path))
    async with admin.request(row.method, filled(path), json=body) as answer:
        raw = await answer.read()
    assert answer.status == 200, raw
    if row.path == "/metrics":
        assert b"tidegate_frames" in raw
    elif row.path == "/api/openapi.json":
        assert orjson.loads(raw)["openapi"] == "3.1.0"
    else:
        envelope = load_object(raw)
        assert envelope["success"] is True
        TypeAdapter(row.reply).validate_python(envelope["data"])


def test_only_login_refresh_health_and_metrics_are_public() -> None:
    public = {row.path for row in ROUTES if row.permission == PUBLIC}
    assert public == {"/health", "/metrics", "/api/auth/login", "/api/auth/refresh"}


def test_a_row_without_a_permission_does_not_start(world: World) -> None:
    row = ROUTES[0]
    bad = Route(**{name: getattr(row, name) for name in row.__slots__ if name != "permission"}, permission=None)
    with pytest.raises(ValueError, match="declares no permission"):
        build_app(world.services(), (bad,))


def test_a_row_that_stands_twice_does_not_start() -> None:
    with pytest.raises(ValueError, match="twice"):
        check((ROUTES[0], ROUTES[0]))


@pytest.mark.parametrize("row", ROUTES, ids=[f"{row.method} {row.path}" for row in ROUTES])
def test_every_row_says_what_it_is_for(row: Route) -> None:
    assert row.summary.endswith(".")
