"""Who waits for a key that works."""

import asyncio

import pytest

from tidegate.engine.key_ring import KeyRing
from tidegate.engine.setup import accounts_of
from tidegate.model.config_text import parse_config

DEAD = {("binance", "main")}


def ring(dead):
    return KeyRing(accounts_of(parse_config("", {})), lambda venue, account: (venue, account) in dead)


async def test_whoever_has_a_key_that_works_does_not_wait():
    keys = ring(set())
    await asyncio.wait_for(keys.working("binance", "main"), 1)
    assert keys.key("binance", "main") == "simkey"


async def test_a_link_waits_until_a_key_is_entered():
    dead = set(DEAD)
    keys = ring(dead)
    assert keys.key("binance", "main") is None
    waiting = [asyncio.create_task(keys.working("binance", "main")) for _ in range(2)]
    await asyncio.sleep(0)
    keys.put("binance", "main", "another")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting[0]), 0.01)
    dead.clear()
    keys.put("binance", "main", "good")
    await asyncio.wait_for(asyncio.gather(*waiting), 1)
    assert keys.key("binance", "main") == "good"
