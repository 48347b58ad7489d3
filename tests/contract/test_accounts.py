"""The AccountStore port over real databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.databases import KINDS, fresh

from tidegate.model.access import Role
from tidegate.model.accounts import Session, User
from tidegate.ports.accounts import AccountStore
from tidegate.store.control.accounts import SqlAccounts

ANNA = User(id="u1", username="anna", role=Role.TRADER, password_hash="h", disabled=False, created_ts=1, updated_ts=1)
BOSS = replace(ANNA, id="u0", username="boss", role=Role.ADMIN)
FIRST = Session(id="s1", family="f1", user_id="u1", token_hash="t1", created_ts=1, expires_ts=100, login_ts=1)
SECOND = replace(FIRST, id="s2", token_hash="t2")


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AccountStore]:
    async with fresh(request.param, tmp_path) as database:
        accounts = SqlAccounts(database)
        assert await accounts.add_user(ANNA)
        yield accounts


async def test_a_user_is_found_by_name_and_id(store: AccountStore) -> None:
    assert await store.user_by_name("anna") == ANNA
    assert await store.user("u1") == ANNA
    assert await store.user_by_name("Anna") is None
    assert await store.users() == (ANNA,)


async def test_a_name_is_taken_once(store: AccountStore) -> None:
    assert not await store.add_user(replace(ANNA, id="u2"))
    assert await store.users() == (ANNA,)


async def test_a_refresh_token_is_exchanged_once(store: AccountStore) -> None:
    await store.add_session(FIRST)
    assert await store.rotate("s1", SECOND, 5)
    assert not await store.rotate("s1", replace(SECOND, id="s3", token_hash="t3"), 6)
    assert await store.session_by_hash("t3") is None
    assert await store.session_by_hash("t1") == replace(FIRST, used_ts=5)


async def test_a_revoked_family_is_dead_for_all_its_tokens(store: AccountStore) -> None:
    await store.add_session(FIRST)
    assert await store.holders(("f1",), 99) == {"f1": ANNA}
    await store.rotate("s1", SECOND, 5)
    await store.revoke_family("f1", 6)
    assert await store.holders(("f1",), 99) == {}
    assert not await store.rotate("s2", replace(SECOND, id="s3", token_hash="t3"), 7)


@pytest.mark.parametrize("end", [True, False], ids=["ends-sessions", "keeps-sessions"])
async def test_a_new_password_may_end_the_sessions(store: AccountStore, end: bool) -> None:
    await store.add_session(FIRST)
    await store.set_password("u1", "new", 9, end_sessions=end)
    assert await store.user("u1") == replace(ANNA, password_hash="new", updated_ts=9)
    assert ("f1" in await store.holders(("f1",), 99)) is not end


async def test_a_family_ends_with_its_last_session(store: AccountStore) -> None:
    await store.add_session(FIRST)
    assert await store.holders(("f1",), 99) == {"f1": ANNA}
    assert await store.holders(("f1",), 100) == {}
    await store.rotate("s1", replace(SECOND, expires_ts=200), 5)
    assert await store.holders(("f1",), 100) == {"f1": ANNA}


async def test_expired_sessions_are_forgotten(store: AccountStore) -> None:
    await store.add_session(FIRST)
    assert await store.prune_sessions(100) == 0
    assert await store.prune_sessions(101) == 1
    assert await store.session_by_hash("t1") is None


async def test_a_user_is_changed_and_his_logins_end(store: AccountStore) -> None:
    await store.add_user(BOSS)
    await store.add_session(FIRST)
    changed = replace(ANNA, role=Role.VIEWER, disabled=True, updated_ts=7)
    assert await store.change_user(changed, end_sessions=True)
    assert await store.user("u1") == changed
    assert await store.holders(("f1",), 99) == {}


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": Role.TRADER}], ids=["disabled", "demoted"])
async def test_the_last_admin_stays(store: AccountStore, change: dict[str, object]) -> None:
    await store.add_user(BOSS)
    assert not await store.change_user(replace(BOSS, **change), end_sessions=True)  # type: ignore[arg-type]
    assert not await store.remove_user("u0")
    assert await store.user("u0") == BOSS
    await store.add_user(replace(BOSS, id="u2", username="deputy"))
    assert await store.remove_user("u0")
    assert await store.user("u0") is None


async def test_a_removed_users_sessions_go_with_him(store: AccountStore) -> None:
    await store.add_user(BOSS)
    await store.add_session(FIRST)
    assert await store.remove_user("u1")
    assert await store.session_by_hash("t1") is None


async def test_logins_are_the_newest_token_of_each_family_that_stands(store: AccountStore) -> None:
    await store.add_session(FIRST)
    await store.rotate("s1", SECOND, 5)
    other = replace(FIRST, id="s3", family="f2", token_hash="t3", login_ts=9, address="::1", agent="curl")
    await store.add_session(other)
    assert await store.logins("u1", 50) == (other, SECOND)
    assert await store.logins("u1", 100) == ()
    await store.revoke_user("u1", 60)
    assert await store.logins("u1", 50) == ()
