"""What was sent is on disk, and stays there."""

from pathlib import Path

import pytest

from tidegate.bridge.ledger import Ledger
from tidegate.model.errors import Code, TidegateError

ROW = {
    "symbol": "BTC-USDT", "tradeId": "T1", "orderId": "O1", "clientId": "", "side": "buy", "px": "1", "qty": "2",
    "fee": "0", "feeAsset": "USDT", "role": "taker", "ts": "70",
}  # fmt: skip


async def test_an_order_is_kept_from_its_intent_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    ledger = Ledger(path)
    assert await ledger.intend("A", "BTC-USDT", 7)
    assert not await ledger.intend("A", "BTC-USDT", 8)
    await ledger.named("A", "O1")
    await ledger.named("A", "O2")
    await ledger.close()
    ledger = Ledger(path)
    found = await ledger.by_id("BTC-USDT", "O1")
    assert found is not None
    assert (found.client, found.sent_ms, found.open, await ledger.by_id("ETH-USDT", "O1")) == ("A", 7, True, None)
    assert [sent.client for sent in await ledger.open(10)] == ["A"]
    await ledger.ended("A")
    assert (await ledger.open(10), await ledger.intend("A", "BTC-USDT", 9)) == ([], False)
    await ledger.close()
    assert path.stat().st_mode & 0o077 == 0


async def test_fills_are_numbered_once_and_in_the_order_of_their_times(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "orders.db")
    late, early = ROW | {"tradeId": "T2", "ts": "80"}, ROW
    fresh = await ledger.add_fills([late, early])
    assert [row["tradeId"] for row in fresh] == ["T1", "T2"]
    assert await ledger.add_fills([late, early]) == []
    page = await ledger.fills("BTC-USDT", 0, 0, 100)
    assert page == list(fresh)
    assert [row["tradeId"] for row in await ledger.fills("BTC-USDT", 75, 0, 100)] == ["T2"]
    assert await ledger.fills("BTC-USDT", 0, int(page[-1]["seq"]), 100) == []
    await ledger.close()


def test_a_file_that_is_no_ledger_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "orders.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(TidegateError) as refused:
        Ledger(tmp_path / "orders.db")
    assert refused.value.code is Code.CONFIG_ERROR
