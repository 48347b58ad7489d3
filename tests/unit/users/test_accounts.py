"""The first user and changed passwords."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.contract.databases import fresh

from tidegate.model.access import Role
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.store.control.accounts import SqlAccounts
from tidegate.users.accounts import ensure_admin
from tidegate.users.passwords import Passwords


@pytest.fixture
def passwords() -> Passwords:
    return Passwords()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlAccounts]:
    async with fresh("sqlite", tmp_path) as database:
        yield SqlAccounts(database)


async def right(store: SqlAccounts, passwords: Passwords, password: str) -> bool:
    user = await store.user_by_name("admin")
    assert user is not None
    return (await passwords.verify(user.password_hash, password)).right


async def test_the_first_start_makes_the_admin_and_later_ones_do_not(store: SqlAccounts, passwords: Passwords) -> None:
    assert await ensure_admin(store, passwords, None, 1)
    assert not await ensure_admin(store, passwords, None, 2)
    assert [user.username for user in await store.users()] == ["admin"]


async def test_a_password_given_later_becomes_the_admins(store: SqlAccounts, passwords: Passwords) -> None:
    await ensure_admin(store, passwords, None, 1)
    await ensure_admin(store, passwords, "given by hand", 2)
    assert await right(store, passwords, "given by hand")


async def test_a_password_too_short_is_refused(store: SqlAccounts, passwords: Passwords) -> None:
    with pytest.raises(TidegateError) as caught:
        await ensure_admin(store, passwords, "short", 1)
    assert caught.value.code is Code.VALIDATION_ERROR
    assert await store.users() == ()


async def test_an_admin_who_was_removed_stays_so_while_another_is_there(
    store: SqlAccounts, passwords: Passwords
) -> None:
    other = User(
        id="u1", username="anna", role=Role.ADMIN, password_hash="h", disabled=False, created_ts=1, updated_ts=1
    )
    await store.add_user(other)
    assert not await ensure_admin(store, passwords, None, 1)
    assert await store.users() == (other,)
