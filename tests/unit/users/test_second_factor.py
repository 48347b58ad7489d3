"""Codes of an authenticator app: asked for, good once, throttled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from tests.contract.databases import fresh
from tests.unit.users.test_service import PASSWORD, World

from tidegate.model.access import Principal
from tidegate.model.errors import Code, TidegateError
from tidegate.users.accounts import ensure_admin
from tidegate.users.passwords import Passwords
from tidegate.users.second_factor import BEGUN_S
from tidegate.users.totp import PERIOD_S, step_of


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    passwords = Passwords()
    async with fresh("sqlite", tmp_path) as database:
        made = World(database, passwords, tmp_path)
        await ensure_admin(made.store, passwords, PASSWORD, 1)
        yield made
    passwords.close()


async def with_factor(world: World) -> tuple[pyotp.TOTP, Principal]:
    principal = (await world.auth.login("admin", PASSWORD)).principal
    secret, uri = await world.people.begin_totp(principal.user_id)
    assert secret in uri
    app = pyotp.TOTP(secret)
    await world.people.confirm_totp(principal.user_id, app.at(world.clock.now_s))
    world.clock.now_s += PERIOD_S
    return app, principal


async def test_a_code_is_asked_for_after_the_right_password_only(world: World) -> None:
    app, _ = await with_factor(world)
    with pytest.raises(TidegateError) as wanted:
        await world.auth.login("admin", PASSWORD)
    assert wanted.value.details == {"totpRequired": True}
    with pytest.raises(TidegateError) as wrong:
        await world.auth.login("admin", "wrong", totp=app.at(world.clock.now_s))
    assert wrong.value.details == {}
    assert await world.auth.login("admin", PASSWORD, totp=app.at(world.clock.now_s))


async def test_a_code_is_good_once_and_not_for_long(world: World) -> None:
    app, principal = await with_factor(world)
    code = app.at(world.clock.now_s)
    await world.auth.check_code(principal, code)
    for spent in (code, app.at(world.clock.now_s - PERIOD_S), app.at(world.clock.now_s + 2 * PERIOD_S), "000000"):
        with pytest.raises(TidegateError) as caught:
            await world.auth.check_code(principal, spent)
        assert caught.value.code is Code.UNAUTHENTICATED


async def test_guesses_are_throttled(world: World) -> None:
    _, principal = await with_factor(world)
    codes = set()
    for number in range(6):
        with pytest.raises(TidegateError) as caught:
            await world.auth.check_code(principal, f"{number:06}")
        codes.add(caught.value.code)
    assert codes == {Code.UNAUTHENTICATED, Code.RATE_LIMITED}


async def test_a_wrong_first_code_sets_nothing(world: World) -> None:
    principal = (await world.auth.login("admin", PASSWORD)).principal
    await world.people.begin_totp(principal.user_id)
    with pytest.raises(TidegateError) as caught:
        await world.people.confirm_totp(principal.user_id, "000000")
    assert caught.value.code is Code.VALIDATION_ERROR
    await world.auth.check_code(principal, None)


async def test_what_was_begun_does_not_wait_for_ever(world: World) -> None:
    principal = (await world.auth.login("admin", PASSWORD)).principal
    secret, _ = await world.people.begin_totp(principal.user_id)
    world.clock.now_s += BEGUN_S
    with pytest.raises(TidegateError) as caught:
        await world.people.confirm_totp(principal.user_id, pyotp.TOTP(secret).at(world.clock.now_s))
    assert caught.value.code is Code.CONFLICT


async def test_the_owner_at_the_machine_is_asked_for_nothing(world: World) -> None:
    await with_factor(world)
    await world.auth.check_code(world.auth.local(0), None)
    assert await world.auth.login_by_link(world.auth.issue_link())


async def test_a_dropped_factor_is_asked_for_no_more(world: World) -> None:
    _, principal = await with_factor(world)
    with pytest.raises(TidegateError):
        await world.people.begin_totp(principal.user_id)
    await world.people.drop_totp(principal.user_id)
    assert await world.auth.login("admin", PASSWORD)


def test_clocks_may_differ_by_one_period_either_way() -> None:
    # RFC 6238, appendix B: the secret "12345678901234567890", eight digits cut to six.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [step_of(secret, "287082", now) for now in (29, 30, 59, 89, 90)] == [1, 1, 1, 1, None]
    assert step_of(secret, "287083", 59) is None
