"""What ccxt itself sends and reads for each exchange that takes orders through the bridge: our id, both ways.

Nothing leaves: requests are caught at the last step, and answered as the exchanges' documents show.
"""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt
import pytest
import pytest_asyncio

from tidegate.bridge.account import Account, Wanted
from tidegate.bridge.exchange import DEADLINE_MS, Clients, Keys, connect
from tidegate.bridge.ledger import Ledger
from tidegate.bridge.markets import TICK_SIZE, Markets
from tidegate.bridge.refusals import MEANINGS, RefusalError, Word, word_of
from tidegate.bridge.serve import now_ms
from tidegate.bridge.ways import WAYS

OURS = "TGA70010000010"
KEYS = Keys("key", "c2VjcmV0", "password")
FOREVER = 2**53
IDS = {"binance": "BTCUSDT", "bitget": "BTCUSDT", "okx": "BTC-USDT", "kraken": "XBTUSDT"}
PLACED = {
    "binance": '{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"TGA70010000010","transactTime":1507725176595}',
    "bitget": '{"code":"00000","msg":"success","data":{"orderId":"28","clientOid":"TGA70010000010"}}',
    "okx": '{"code":"0","data":[{"clOrdId":"TGA70010000010","ordId":"28","sCode":"0","sMsg":"","ts":"1"}],"msg":""}',
    "kraken": '{"error":[],"result":{"descr":{"order":"buy 0.01000000 XBTUSDT @ limit 60000.0"},"txid":["28"]}}',
}
OPEN_AT_KRAKEN = (
    '{"error":[],"result":{"open":{"OQCLML-BW3P3-BUCMWZ":{"refid":null,"userref":0,"cl_ord_id":"TGA70010000010",'
    '"status":"open","opentm":1616666559.8974,"starttm":0,"expiretm":0,"descr":{"pair":"XBTUSDT","type":"buy",'
    '"ordertype":"limit","price":"60000.0","price2":"0","leverage":"none",'
    '"order":"buy 0.01000000 XBTUSDT @ limit 60000.0","close":""},'
    '"vol":"0.01000000","vol_exec":"0.00400000","cost":"240","fee":"0.4","price":"60000.0","misc":"","oflags":"fciq"}}}}'
)


class Caught:
    """The last step before the network."""

    def __init__(self, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, str, str]] = []
        """What was sent, but for what Bitget asks before everything: what kind of account it is."""
        self.answer: Callable[[str, str], str] = lambda _method, _url: "{}"

        async def fetch(api: Any, url: str, method: str, headers: Any, body: Any) -> Any:
            if url.endswith("/account/settings"):
                return {"code": "40084"}
            self.sent.append((method, url, body or ""))
            answer = self.answer(method, url)
            api.handle_errors(200, "OK", url, method, {}, answer, parsed := api.parse_json(answer), headers, body)
            return parsed

        monkeypatch.setattr(type(client).__mro__[1], "fetch", fetch)


@pytest_asyncio.fixture(params=sorted(WAYS))
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[Clients]:
    made = connect(request.param, KEYS)
    market = {
        "id": IDS[request.param], "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "baseId": "BTC",
        "quoteId": "USDT", "type": "spot", "spot": True, "active": True, "margin": False, "swap": False,
        "future": False, "option": False, "contract": False, "linear": None, "inverse": None, "maker": 0.001,
        "taker": 0.001, "precision": {"price": "0.1", "amount": "0.00001"}, "altname": "XBTUSDT",
        "limits": {"amount": {}, "cost": {}, "price": {}}, "info": {"instIdCode": "1", "orderTypes": ["LIMIT"]},
    }  # fmt: skip
    for client in (made.public, made.private):
        client.set_markets([market])  # type: ignore[union-attr]
    yield made
    await made.close()


def account_of(clients: Clients, directory: Path) -> tuple[Account, Ledger]:
    ledger = Ledger(directory / "orders.db")
    markets = Markets(clients.private.markets, TICK_SIZE)  # type: ignore[union-attr]
    return Account(clients.private, WAYS[clients.public.id], markets, ledger, now_ms), ledger  # type: ignore[arg-type]


WANTED = Wanted("BTC-USDT", OURS, "buy", "ioc", Decimal("0.01"), Decimal(60_000))


async def test_an_order_leaves_in_one_request_that_carries_our_id_and_exact_amounts(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, ledger = account_of(clients, tmp_path)
    caught = Caught(clients.private, monkeypatch)
    caught.answer = lambda _method, _url: PLACED[clients.public.id]
    assert await account.place(WANTED, FOREVER) == "28"
    ((method, _, body),) = caught.sent
    assert method == "POST"
    assert OURS in body
    for part in ("0.01", "60000", "ioc"):
        assert part in body.lower(), body
    await ledger.close()


async def test_a_failed_request_is_never_repeated_and_its_outcome_is_unknown(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, ledger = account_of(clients, tmp_path)
    caught = Caught(clients.private, monkeypatch)

    def cut(_method: str, _url: str) -> str:
        raise ccxt.RequestTimeout("no answer")

    caught.answer = cut
    with pytest.raises(RefusalError) as refused:
        await account.place(WANTED, FOREVER)
    assert refused.value.word is Word.OUTCOME_UNKNOWN
    assert len(caught.sent) == 1
    assert clients.private.timeout == DEADLINE_MS  # type: ignore[union-attr]
    await ledger.close()


async def test_the_order_is_asked_for_by_our_id(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, ledger = account_of(clients, tmp_path)
    caught = Caught(clients.private, monkeypatch)
    caught.answer = lambda _method, _url: OPEN_AT_KRAKEN if clients.public.id == "kraken" else PLACED[clients.public.id]
    kraken = clients.public.id == "kraken"
    if kraken:
        row = await account.order("BTC-USDT", client=OURS)
        assert (row["orderId"], row["clientId"], row["state"]) == ("OQCLML-BW3P3-BUCMWZ", OURS, "partial")
        assert (row["qty"], row["filled"], row["px"]) == ("0.01", "0.004", "60000")
    else:
        # Their answer to the order says too little of its state.
        with pytest.raises(RefusalError):
            await account.order("BTC-USDT", client=OURS)
    method, url, body = caught.sent[0]
    assert OURS in url + body, (method, url, body)
    await ledger.close()


def test_every_class_of_ccxt_that_is_listed_exists_and_no_network_error_is_a_refusal() -> None:
    ours = {"LateError"}
    assert all(hasattr(ccxt, name) for name in set(MEANINGS) - ours)
    for kind in (
        ccxt.RequestTimeout,
        ccxt.ExchangeNotAvailable,
        ccxt.NetworkError,
        ccxt.BadResponse,
        ccxt.ExchangeError,
    ):
        assert word_of(kind("?")) is Word.OUTCOME_UNKNOWN
    assert word_of(ccxt.OnMaintenance("?")) is Word.MAINTENANCE
    assert word_of(ccxt.OrderNotFound("?")) is Word.UNKNOWN_ORDER
    assert word_of(ccxt.PermissionDenied("?")) is Word.AUTH
