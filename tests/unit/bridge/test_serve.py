"""A bridge that can not start says why in one sentence."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.unit.bridge.doubles import BTC, FakeClient

from tidegate.bridge import serve
from tidegate.bridge.exchange import Clients
from tidegate.bridge.serve import Plan
from tidegate.model.errors import Code, TidegateError


class Listed(FakeClient):
    """One that tells its markets, or fails to."""

    def __init__(self, markets: Mapping[str, object] | Exception) -> None:
        super().__init__()
        self.markets = markets
        self.closed = 0
        self.loads = 0

    async def load_markets(self) -> Mapping[str, object]:
        self.loads += 1
        if isinstance(self.markets, Exception):
            raise self.markets
        return self.markets

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


CASES = {
    "the port is taken": ({"BTC/USDT": BTC}, Code.CONFIG_ERROR, "cannot listen"),
    "the exchange does not answer": (OSError("x"), Code.EXCHANGE_UNAVAILABLE, "does not tell its markets: OSError"),
    "it has nothing that can be traded": ({}, Code.EXCHANGE_UNAVAILABLE, "no spot market"),
    "its answer is no list of markets": ({"BTC/USDT": 7}, Code.EXCHANGE_UNAVAILABLE, "does not tell its markets"),
}


@pytest.mark.parametrize(("markets", "code", "said"), CASES.values(), ids=CASES.keys())
def test_why_it_does_not_start_is_one_sentence_and_nothing_stays_open(
    markets: Mapping[str, object] | Exception,
    code: Code,
    said: str,
    taken: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Listed(markets)
    monkeypatch.setattr(serve, "connect", lambda *_: Clients(client, None))  # type: ignore[arg-type]
    monkeypatch.setattr(serve.log, "configure", lambda *_, **__: None)
    monkeypatch.setattr(serve, "LOAD_S", 0.5)
    monkeypatch.setattr(serve, "RETRY_S", 0.4)
    for _ in range(2):  # the ledger is free again
        with pytest.raises(TidegateError, match=said) as refused:
            serve.serve(Plan("fake", taken, tmp_path))
        assert refused.value.code is code
    assert client.closed == 2
    # What may pass is tried again.
    assert client.loads == (4 if "does not tell" in said else 2)
