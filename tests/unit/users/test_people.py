"""Who may log in: made, changed, removed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.contract.databases import fresh

from tidegate.engine.clock import SystemClock
from tidegate.model.access import Role
from tidegate.model.errors import Code, TidegateError
from tidegate.store.control.accounts import SqlAccounts
from tidegate.users.accounts import ensure_admin
from tidegate.users.passwords import Passwords
from tidegate.users.people import People
from tidegate.users.second_factor import SecondFactor
from tidegate.users.vault import Vault

PASSWORD = "correct horse battery"


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    passwords = Passwords()
    async with fresh("sqlite", tmp_path) as database:
        store = SqlAccounts(database)
        await ensure_admin(store, passwords, PASSWORD, 1)
        clock = SystemClock()
        yield People(store, passwords, clock, SecondFactor(store, Vault(tmp_path / "master.key"), clock))
    passwords.close()


async def test_a_user_is_made_once(people: People) -> None:
    made = await people.add("anna", Role.TRADER, PASSWORD)
    assert await people.by_name("anna") == made
    with pytest.raises(TidegateError) as caught:
        await people.add("anna", Role.VIEWER, PASSWORD)
    assert caught.value.code is Code.CONFLICT


@pytest.mark.parametrize("name", ["", "local:0", "a b", "x" * 65, ".hidden", "ann\n", "änna"])
async def test_a_name_that_could_mean_something_else_is_refused(people: People, name: str) -> None:
    with pytest.raises(TidegateError) as caught:
        await people.add(name, Role.VIEWER, PASSWORD)
    assert caught.value.code is Code.VALIDATION_ERROR


async def test_a_short_password_is_refused_everywhere(people: People) -> None:
    admin = await people.by_name("admin")
    for act in (people.add("anna", Role.VIEWER, "short"), people.set_password(admin.id, "short")):
        with pytest.raises(TidegateError) as caught:
            await act
        assert caught.value.code is Code.VALIDATION_ERROR


async def test_what_is_not_given_stays(people: People) -> None:
    anna = await people.add("anna", Role.TRADER, PASSWORD)
    assert (await people.change(anna.id, disabled=True)).role is Role.TRADER
    assert (await people.change(anna.id, role=Role.VIEWER)).disabled is True


async def test_the_last_admin_can_not_be_lost(people: People) -> None:
    admin = await people.by_name("admin")
    for act in (
        people.change(admin.id, role=Role.TRADER),
        people.change(admin.id, disabled=True),
        people.remove(admin.id),
    ):
        with pytest.raises(TidegateError) as caught:
            await act
        assert caught.value.code is Code.CONFLICT
    assert (await people.by_name("admin")).role is Role.ADMIN


@pytest.mark.parametrize("act", ["change", "remove", "set_password"])
async def test_nobody_is_not_found(people: People, act: str) -> None:
    arguments = (PASSWORD,) if act == "set_password" else ()
    with pytest.raises(TidegateError) as caught:
        await getattr(people, act)("nobody", *arguments)
    assert caught.value.code is Code.NOT_FOUND
