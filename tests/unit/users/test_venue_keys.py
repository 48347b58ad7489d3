"""Keys of venues: tested, sealed, opened for nobody but the engine."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.contract.databases import fresh

from tidegate.engine.clock import SystemClock
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials, KeyRights
from tidegate.store.control.accounts import SqlAccounts
from tidegate.store.control.keys import SqlKeys
from tidegate.users.reseal import reseal
from tidegate.users.vault import Vault
from tidegate.users.venue_keys import SealedKeys, opened

CANARY = "canary-of-a-venue"
GIVEN = Credentials(
    venue="binance",
    account="main",
    key=SecretStr(f"{CANARY}-key"),
    secret=SecretStr(f"{CANARY}-secret"),
    passphrase=SecretStr(f"{CANARY}-phrase"),
)
GOOD = KeyRights(read=True, trade=True, withdraw=False, bound=True)


class Probe:
    def __init__(self) -> None:
        self.answer = GOOD
        self.asked: list[Credentials] = []

    async def rights(self, credentials: Credentials) -> KeyRights:
        self.asked.append(credentials)
        return self.answer


class User:
    """Takes keys into use, or does not know the account."""

    def __init__(self) -> None:
        self.knows = True
        self.used: list[Credentials] = []

    def use(self, credentials: Credentials) -> bool:
        self.used.append(credentials)
        return self.knows


class World:
    def __init__(self, store: SqlKeys, accounts: SqlAccounts, home: Path) -> None:
        self.store, self.accounts, self.home = store, accounts, home
        self.vault = Vault(home / "master.key")
        self.probe = Probe()
        self.user = User()
        self.keys = self.of(simulated=False)

    async def opened(self) -> tuple[Credentials, ...]:
        return await opened(self.store, self.vault, simulated=False)

    def of(self, *, simulated: bool) -> SealedKeys:
        return SealedKeys(self.store, self.vault, SystemClock(), self.probe, self.user, simulated=simulated)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with fresh("sqlite", tmp_path) as database:
        yield World(SqlKeys(database), SqlAccounts(database), tmp_path)


async def test_a_key_is_tested_kept_and_given_to_the_engine_alone(world: World) -> None:
    assert await world.keys.put(GIVEN) == (GOOD, True)
    assert world.user.used == [GIVEN]
    assert await world.opened() == (GIVEN,)
    assert await world.keys.test("binance", "main") == GOOD
    assert world.probe.asked == [GIVEN, GIVEN]


@pytest.mark.parametrize(
    ("rights", "right"),
    [
        (replace(GOOD, withdraw=True), "withdraw"),
        (replace(GOOD, trade=False), "trade"),
        (replace(GOOD, read=False), "trade"),
    ],
)
async def test_a_key_with_the_wrong_rights_is_refused_and_not_kept(world: World, rights: KeyRights, right: str) -> None:
    world.probe.answer = rights
    with pytest.raises(TidegateError) as caught:
        await world.keys.put(GIVEN)
    assert (caught.value.code, caught.value.details) == (Code.FORBIDDEN, {"right": right})
    assert await world.keys.kept() == ()
    assert world.user.used == []


async def test_a_key_of_an_account_that_is_not_run_here_waits(world: World) -> None:
    world.user.knows = False
    assert await world.keys.put(GIVEN) == (GOOD, False)
    assert await world.opened() == (GIVEN,)


async def test_a_new_key_takes_the_place_of_the_old(world: World) -> None:
    await world.keys.put(GIVEN)
    newer = replace(GIVEN, secret=SecretStr("newer"))
    await world.keys.put(newer)
    assert await world.opened() == (newer,)


async def test_real_and_simulated_keys_never_meet(world: World) -> None:
    await world.keys.put(GIVEN)
    simulated = world.of(simulated=True)
    assert await simulated.kept() == ()
    with pytest.raises(TidegateError) as caught:
        await simulated.remove("binance", "main")
    assert caught.value.code is Code.NOT_FOUND


async def test_a_seal_moved_to_another_record_does_not_open(world: World) -> None:
    await world.keys.put(GIVEN)
    (kept,) = await world.keys.kept()
    await world.store.put_venue_key(replace(kept, id="real:bybit:main", venue="bybit"))
    with pytest.raises(TidegateError, match="damaged"):
        await world.opened()


async def test_all_are_sealed_anew_and_the_old_master_key_is_gone(world: World) -> None:
    await world.keys.put(GIVEN)
    before = (world.home / "master.key").read_text()
    assert await reseal(world.store, world.accounts, world.vault) == 1
    assert await world.opened() == (GIVEN,)
    after = (world.home / "master.key").read_text()
    assert after != before
    assert len(after.splitlines()) == 1


async def test_a_removed_key_is_gone(world: World) -> None:
    await world.keys.put(GIVEN)
    await world.keys.remove("binance", "main")
    assert await world.keys.kept() == ()
    with pytest.raises(TidegateError):
        await world.keys.test("binance", "main")


async def test_no_text_shows_a_key(world: World) -> None:
    await world.keys.put(GIVEN)
    (kept,) = await world.keys.kept()
    assert CANARY not in repr(GIVEN) + str(GIVEN) + repr(kept)
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in world.home.iterdir())
