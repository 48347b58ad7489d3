"""Orders, trades, positions, performance."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from tidegate.api import history, results
from tidegate.api.fields import DecimalIn, Empty, EpochMs, Exchange, Model, PageLimit, PageQuery, Product, Query, Symbol
from tidegate.api.jsontext import dumps, number_text
from tidegate.api.replies import Done
from tidegate.api.replies_trading import EquitySample, Order, OrderPage, Performance, Placed, Position, TradePage
from tidegate.api.route import Call, route
from tidegate.api.stopped import stopped
from tidegate.model.access import Permission
from tidegate.model.commands import CommandName
from tidegate.model.views import ViewName
from tidegate.ports.read import HistoryFilter, PageRequest

Word = Annotated[str, Field(min_length=1, max_length=96, pattern=r"^[A-Za-z0-9_.:-]+$")]


class HistoryQuery(PageQuery):
    """`from` and `to` in epoch milliseconds, `to` exclusive."""

    exchange: Exchange | None = None
    symbol: Symbol | None = None
    type: Product | None = None
    account: Word | None = None
    plan: Word | None = None
    strategy: Word | None = None
    from_: Annotated[EpochMs | None, Field(alias="from")] = None
    to: EpochMs | None = None

    def narrow(self, state: str | None = None) -> HistoryFilter:
        return HistoryFilter(
            account=self.account,
            exchange=self.exchange,
            symbol=self.symbol,
            product=self.type,
            state=state,
            plan_id=self.plan,
            from_ts=self.from_,
            to_ts=self.to,
        )

    def page(self) -> PageRequest:
        return PageRequest(limit=self.limit, cursor=self.cursor)


class OrdersQuery(HistoryQuery):
    state: Word | None = None


class EquityQuery(Query):
    """Epoch milliseconds; `to` is exclusive. Without `from` the last day."""

    from_: Annotated[EpochMs | None, Field(alias="from")] = None
    to: EpochMs | None = None
    limit: PageLimit = 500


class OrderBody(Model):
    """One order. A market order goes out as a price-bounded IOC; `reduceOnly` never passes through flat.

    `stopLoss`, `takeProfit`, `trailingPct`, `venueStopPct`: what the order fills is protected by them from its first
    fill on.
    """

    exchange: Exchange
    account: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")] = "main"
    symbol: Symbol
    type: Product = "spot"
    side: Literal["buy", "sell"]
    order_type: Literal["limit", "market"]
    qty: Annotated[DecimalIn, Field(gt=0)]
    price: Annotated[DecimalIn, Field(gt=0)] | None = None
    time_in_force: Literal["GTC", "IOC", "FOK", "PostOnly"] | None = None
    post_only: bool = False
    reduce_only: bool = False
    stop_loss: Annotated[DecimalIn, Field(gt=0)] | None = None
    take_profit: Annotated[DecimalIn, Field(gt=0)] | None = None
    trailing_pct: Annotated[DecimalIn, Field(gt=0, le=50)] | None = None
    venue_stop_pct: Annotated[DecimalIn, Field(gt=0, le=50)] | None = None
    trigger_by: Literal["bidAsk"] | None = None
    client_tag: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")] | None = None

    @model_validator(mode="after")
    def _price_of_limit_orders(self) -> Self:
        if (self.order_type == "limit") != (self.price is not None):
            raise ValueError("a limit order needs a price, a market order has none")
        if self.order_type == "market" and (self.post_only or self.time_in_force not in (None, "IOC")):
            raise ValueError("a market order takes at once: no postOnly, no other timeInForce than IOC")
        return self

    def command_body(self) -> bytes:
        fields: dict[str, object] = {
            "exchange": self.exchange,
            "account": self.account,
            "symbol": self.symbol,
            "type": self.type,
            "side": self.side,
            "orderType": self.order_type,
            "qty": number_text(self.qty),
            "postOnly": self.post_only,
            "reduceOnly": self.reduce_only,
        }
        if self.price is not None:
            fields["price"] = number_text(self.price)
        if self.time_in_force is not None and self.order_type == "limit":
            fields["timeInForce"] = self.time_in_force
        levels = {
            "stopLoss": self.stop_loss,
            "takeProfit": self.take_profit,
            "trailingPct": self.trailing_pct,
            "venueStopPct": self.venue_stop_pct,
        }
        fields |= {name: number_text(level) for name, level in levels.items() if level is not None}
        if self.trigger_by is not None:
            fields["triggerBy"] = self.trigger_by
        if self.client_tag is not None:
            fields["clientTag"] = self.client_tag
        return dumps(fields)


async def place_order(call: Call[OrderBody, Query]) -> bytes:
    """Sends one order through the same gate as every plan; accepts `Idempotency-Key`."""
    receipt = await call.services.engine.command(call.command(CommandName.PLACE_ORDER, call.body.command_body()))
    return receipt.reply


async def list_orders(call: Call[Empty, OrdersQuery]) -> Mapping[str, object]:
    """Orders, newest first; with `state=open` those that may still fill, as the engine knows them."""
    query = call.query
    if query.state == "open":
        return await history.open_orders(call.services, query.narrow(), query.limit)
    if query.strategy is not None:
        return history.NO_ITEMS
    return await history.orders(call.services, query.narrow(query.state), query.page())


async def get_order(call: Call[Empty, Query]) -> bytes:
    """One order."""
    return await history.order(call.services, call.path["orderId"])


async def cancel_order(call: Call[Empty, Query]) -> dict[str, object]:
    """Asks the venue to cancel an order; what had filled stays filled."""
    order_id = call.path["orderId"]
    body = dumps({"orderId": order_id})
    receipt = await call.services.engine.command(call.command(CommandName.CANCEL_ORDER, body))
    return stopped(receipt, orderId=order_id)


async def list_trades(call: Call[Empty, HistoryQuery]) -> Mapping[str, object]:
    """Fills, newest first."""
    if call.query.strategy is not None:
        return history.NO_ITEMS
    return await history.trades(call.services, call.query.narrow(), call.query.page())


async def list_positions(call: Call[Empty, Query]) -> bytes:
    """Open positions."""
    return await call.services.engine.query(ViewName.POSITIONS)


async def performance(call: Call[Empty, Query]) -> bytes:
    """PnL, fees, win rate, drawdown since the journal began; the last 31 days by venue, strategy and day."""
    return await results.performance(call.services)


async def equity(call: Call[Empty, EquityQuery]) -> list[dict[str, object]]:
    """Running totals over time, oldest first; a long span is thinned."""
    query = call.query
    return await history.equity(call.services, query.from_, query.to, query.limit)


_READ, _TRADE = Permission.READ, Permission.TRADE
_ORDER: Final = "/api/trading/orders/{orderId}"

ROUTES: Final = (
    route(
        "GET",
        "/api/trading/orders",
        list_orders,
        body=Empty,
        query=OrdersQuery,
        reply=OrderPage,
        permission=_READ,
        aliases=("/api/orders",),
    ),
    route(
        "POST",
        "/api/trading/orders",
        place_order,
        body=OrderBody,
        query=Query,
        reply=Placed,
        permission=_TRADE,
    ),
    route("GET", _ORDER, get_order, body=Empty, query=Query, reply=Order, permission=_READ),
    route("DELETE", _ORDER, cancel_order, body=Empty, query=Query, reply=Done, permission=_TRADE),
    route(
        "GET",
        "/api/trading/positions",
        list_positions,
        body=Empty,
        query=Query,
        reply=list[Position],
        permission=_READ,
        aliases=("/api/positions",),
    ),
    route("GET", "/api/trading/trades", list_trades, body=Empty, query=HistoryQuery, reply=TradePage, permission=_READ),
    route("GET", "/api/trading/performance", performance, body=Empty, query=Query, reply=Performance, permission=_READ),
    route(
        "GET",
        "/api/trading/performance/history",
        equity,
        body=Empty,
        query=EquityQuery,
        reply=list[EquitySample],
        permission=_READ,
    ),
)
