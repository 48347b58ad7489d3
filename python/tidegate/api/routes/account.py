"""Accounts, balances and venues."""

from typing import Final

from tidegate.api import accounts
from tidegate.api.fields import Empty, Query
from tidegate.api.replies import Balance, ExchangeStatus
from tidegate.api.replies_trading import Account
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.views import ViewName


async def get_account(call: Call[Empty, Query]) -> dict[str, object]:
    """Balances and positions at one venue."""
    return await accounts.account(call.services, call.path["exchange"])


async def get_balance(call: Call[Empty, Query]) -> bytes:
    """Balances across venues."""
    return await call.services.engine.query(ViewName.BALANCES)


async def list_exchanges(call: Call[Empty, Query]) -> object:
    """Every venue and how it does."""
    return await accounts.exchanges(call.services)


async def get_exchange(call: Call[Empty, Query]) -> object:
    """One venue and how it does."""
    return await accounts.exchange_status(call.services, call.path["name"])


_READ: Final = Permission.READ

ROUTES: Final = (
    route("GET", "/api/account/{exchange}", get_account, body=Empty, query=Query, reply=Account, permission=_READ),
    route("GET", "/api/balance", get_balance, body=Empty, query=Query, reply=list[Balance], permission=_READ),
    route(
        "GET", "/api/exchanges", list_exchanges, body=Empty, query=Query, reply=list[ExchangeStatus], permission=_READ
    ),
    route(
        "GET", "/api/exchanges/{name}", get_exchange, body=Empty, query=Query, reply=ExchangeStatus, permission=_READ
    ),
)
