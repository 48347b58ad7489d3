"""The file that touches ccxt, as far as it goes without it: one send for one order, addresses, what is missing."""

import importlib
import re
import time
from pathlib import Path

import pytest

import tidegate
from tidegate.bridge.exchange import connect, moved, one_send
from tidegate.bridge.refusals import LateError, SentTwiceError
from tidegate.model.errors import TidegateError


def test_ccxt_is_named_by_one_file_alone() -> None:
    package = Path(tidegate.__file__).parent
    naming = re.compile(r"^\s*(?:import|from) ccxt|import_module\([\"']ccxt", re.MULTILINE)
    found = [str(path.relative_to(package)) for path in package.rglob("*.py") if naming.search(path.read_text())]
    assert found == ["bridge/exchange.py"]


def test_one_request_leaves_and_it_is_known_that_it_did() -> None:
    with one_send(2**53) as send:
        assert not send.sent
        send.leave()
        assert send.sent
        with pytest.raises(SentTwiceError):
            send.leave()


def test_nothing_leaves_too_late() -> None:
    with one_send(time.time_ns() // 1_000_000 - 1) as send:
        with pytest.raises(LateError):
            send.leave()
        assert not send.sent


def test_every_address_of_a_simulated_exchange_leads_to_it_and_keeps_its_path() -> None:
    urls = {"public": "https://a.example/api/v3", "ws": {"spot": "wss://b.example:9443"}, "name": "x", "none": None}
    assert moved(urls, "127.0.0.1:1") == {
        "public": "http://127.0.0.1:1/api/v3", "ws": {"spot": "ws://127.0.0.1:1"}, "name": "x", "none": None,
    }  # fmt: skip


def test_without_ccxt_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(TidegateError, match=r"tidegate\[ccxt\]"):
        connect("kraken", None)
