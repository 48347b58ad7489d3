"""Keys of our own API: never more than their user may, from where they may, as long as they may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.contract.databases import fresh
from tests.unit.users.test_service import PASSWORD, World

from tidegate.model.access import Peer, Permission, Role
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.users.accounts import ensure_admin
from tidegate.users.api_keys import KEYS_PER_USER_MAX, RECHECK_S
from tidegate.users.passwords import Passwords

BOTH = frozenset({Permission.READ, Permission.TRADE})


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    passwords = Passwords()
    async with fresh("sqlite", tmp_path) as database:
        made = World(database, passwords, tmp_path)
        await ensure_admin(made.store, passwords, PASSWORD, 1)
        yield made
    passwords.close()


@pytest.fixture
async def anna(world: World) -> User:
    return await world.people.add("anna", Role.TRADER, PASSWORD)


async def issue(world: World, user: User, **fields: object) -> str:
    given: dict[str, object] = {"scopes": BOTH, "addresses": (), "expires_ts": None} | fields
    return (await world.lent.issue(user.id, "robot", **given))[1]  # type: ignore[arg-type]


async def refused(world: World, text: str, address: str = "10.0.0.1") -> bool:
    try:
        await world.auth.authenticate(text, peer=Peer(address))
    except TidegateError as error:
        return error.code is Code.UNAUTHENTICATED
    return False


async def test_a_key_may_what_it_was_lent(world: World, anna: User) -> None:
    principal = await world.auth.authenticate(await issue(world, anna))
    assert (principal.name, principal.permissions, principal.local) == ("anna/robot", BOTH, False)
    assert await world.auth.is_live(principal)


async def test_a_key_never_may_more_than_its_user_does_now(world: World, anna: User) -> None:
    text = await issue(world, anna)
    await world.people.change(anna.id, role=Role.VIEWER)
    assert (await world.auth.authenticate(text)).permissions == {Permission.READ}
    await world.people.change(anna.id, disabled=True)
    world.clock.now_s += RECHECK_S
    assert await refused(world, text)


@pytest.mark.parametrize("scope", [Permission.OWN, Permission.USERS, Permission.SETTINGS, Permission.AUDIT])
async def test_people_are_not_administered_by_keys(world: World, anna: User, scope: Permission) -> None:
    with pytest.raises(TidegateError) as caught:
        await issue(world, anna, scopes=frozenset({scope}))
    assert caught.value.code is Code.VALIDATION_ERROR


@pytest.mark.parametrize(
    ("addresses", "address", "shut"),
    [
        ((), "203.0.113.9", False),
        (("10.0.0.0/8",), "10.9.9.9", False),
        (("10.0.0.0/8", "2001:db8::/32"), "2001:db8::7", False),
        (("10.0.0.0/8",), "203.0.113.9", True),
        (("10.0.0.7",), "10.0.0.8", True),
        (("10.0.0.0/8",), "", True),
        (("0.0.0.0/0",), "::1", True),
    ],
)
async def test_a_key_works_from_its_addresses_only(
    world: World, anna: User, addresses: tuple[str, ...], address: str, shut: bool
) -> None:
    assert await refused(world, await issue(world, anna, addresses=addresses), address) is shut


async def test_a_key_expires(world: World, anna: User) -> None:
    text = await issue(world, anna, expires_ts=(world.clock.now_s + 60) * 1000)
    assert not await refused(world, text)
    world.clock.now_s += 60
    assert await refused(world, text)


async def test_a_revoked_key_ends_at_once_and_only_by_its_owner(world: World, anna: User) -> None:
    key, text = await world.lent.issue(anna.id, "robot", scopes=BOTH, addresses=(), expires_ts=None)
    principal = await world.auth.authenticate(text)
    admin = await world.people.by_name("admin")
    with pytest.raises(TidegateError) as caught:
        await world.lent.revoke(admin.id, key.id)
    assert caught.value.code is Code.NOT_FOUND
    await world.lent.revoke(anna.id, key.id)
    assert await refused(world, text)
    assert not await world.auth.is_live(principal)


async def test_no_other_text_is_a_key(world: World, anna: User) -> None:
    text = await issue(world, anna)
    head, _, secret = text.rpartition("_")
    for forged in (f"{head}_{secret[:-1]}", f"{head}_", head, "tg_", "tg__", f"{head}_{secret}0", f"tg_0_{secret}"):
        assert await refused(world, forged)


async def test_a_user_has_only_so_many_keys(world: World, anna: User) -> None:
    for _ in range(KEYS_PER_USER_MAX):
        await issue(world, anna)
    with pytest.raises(TidegateError) as caught:
        await issue(world, anna)
    assert caught.value.code is Code.CONFLICT


async def test_an_address_that_is_none_is_refused(world: World, anna: User) -> None:
    with pytest.raises(TidegateError) as caught:
        await issue(world, anna, addresses=("everywhere",))
    assert caught.value.code is Code.VALIDATION_ERROR


async def test_what_is_kept_does_not_tell_the_key(world: World, anna: User, tmp_path: Path) -> None:
    text = await issue(world, anna)
    await world.auth.authenticate(text)
    secret = text.rpartition("_")[2].encode()
    assert secret not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    (key,) = await world.lent.of(anna.id)
    assert key.last_used_ts == world.clock.now_s * 1000


async def test_bytes_that_are_no_text_are_refused_like_any_wrong_key(world: World, anna: User) -> None:
    text = await issue(world, anna)
    for odd in ("tg_\udcff\udcfe_x", f"{text[:30]}\udcff", f"{text}\udcff", "tg_\0_x", "tg_" + "1" * 5000, f"{text} "):
        assert await refused(world, odd)
