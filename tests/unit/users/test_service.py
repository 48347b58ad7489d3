"""Logging in: every way in, and every way that must stay shut."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path

import jwt
import pytest
from tests.contract.databases import fresh

from tidegate.model.access import Peer, Permission, Role
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.store import StoreError
from tidegate.store.control.accounts import SqlAccounts
from tidegate.store.control.keys import SqlKeys
from tidegate.store.database import Database
from tidegate.users.accounts import ensure_admin
from tidegate.users.api_keys import LentKeys
from tidegate.users.passwords import Passwords, Verdict
from tidegate.users.people import People
from tidegate.users.second_factor import SecondFactor
from tidegate.users.service import LINK_S, OPEN_TICKETS, RECHECK_S, REFRESH_S, TICKET_S, TICKETS_PER_USER, LocalAuth
from tidegate.users.tokens import ACCESS_S, AUDIENCE, ISSUER, Signer
from tidegate.users.vault import Vault

KEY = b"k" * 32
PASSWORD = "correct horse battery"


class HandClock:
    def __init__(self) -> None:
        self.now_s = 1_700_000_000

    def mono_ns(self) -> int:
        return self.now_s * 1_000_000_000

    def wall_ns(self) -> int:
        return self.now_s * 1_000_000_000


class World:
    def __init__(self, database: Database, passwords: Passwords, home: Path) -> None:
        store, keys = SqlAccounts(database), SqlKeys(database)
        self.store = store
        self.passwords = passwords
        self.clock = HandClock()
        second = SecondFactor(store, Vault(home / "master.key"), self.clock)
        self.lent = LentKeys(keys, store, KEY, self.clock)
        self.auth = LocalAuth(store, passwords, Signer(KEY), self.clock, second=second, lent=self.lent)
        self.people = People(store, passwords, self.clock, second)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    passwords = Passwords()
    async with fresh("sqlite", tmp_path) as database:
        made = World(database, passwords, tmp_path)
        await ensure_admin(made.store, passwords, PASSWORD, 1)
        yield made
    passwords.close()


def code_of(caught: pytest.ExceptionInfo[TidegateError]) -> Code:
    return caught.value.code


async def test_the_right_password_opens_a_session(world: World) -> None:
    tokens = await world.auth.login("admin", PASSWORD)
    principal = await world.auth.authenticate(tokens.access_token)
    assert (principal.name, principal.role, principal.permissions) == ("admin", Role.ADMIN, frozenset(Permission))
    assert tokens.expires_in == ACCESS_S


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_user_get_one_answer(world: World, name: str, password: str) -> None:
    with pytest.raises(TidegateError, match=r"^user name or password is wrong$") as caught:
        await world.auth.login(name, password)
    assert code_of(caught) is Code.UNAUTHENTICATED


async def test_the_sixth_failure_within_a_minute_has_to_wait(world: World) -> None:
    for _ in range(5):
        with pytest.raises(TidegateError):
            await world.auth.login("admin", "wrong")
    with pytest.raises(TidegateError) as caught:
        await world.auth.login("admin", PASSWORD)
    assert code_of(caught) is Code.RATE_LIMITED
    assert caught.value.details["retryAfterS"] == 61
    world.clock.now_s += 61
    assert await world.auth.login("admin", PASSWORD)


async def test_a_login_link_works_once(world: World) -> None:
    link = world.auth.issue_link()
    assert (await world.auth.login_by_link(link)).principal.name == "admin"
    with pytest.raises(TidegateError):
        await world.auth.login_by_link(link)


async def test_a_login_link_expires(world: World) -> None:
    link = world.auth.issue_link()
    world.clock.now_s += LINK_S
    with pytest.raises(TidegateError):
        await world.auth.login_by_link(link)


async def test_a_refresh_token_is_exchanged_for_the_next(world: World) -> None:
    first = await world.auth.login("admin", PASSWORD)
    second = await world.auth.refresh(first.refresh_token)
    third = await world.auth.refresh(second.refresh_token)
    assert third.principal.session_id == first.principal.session_id


async def test_a_refresh_token_used_twice_ends_the_family(world: World) -> None:
    first = await world.auth.login("admin", PASSWORD)
    second = await world.auth.refresh(first.refresh_token)
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(TidegateError):
            await world.auth.refresh(token)
    with pytest.raises(TidegateError):
        await world.auth.authenticate(second.access_token)


async def test_logout_ends_access_at_once(world: World) -> None:
    tokens = await world.auth.login("admin", PASSWORD)
    await world.auth.logout(tokens.principal)
    assert not await world.auth.is_live(tokens.principal)
    with pytest.raises(TidegateError):
        await world.auth.authenticate(tokens.access_token)


async def test_a_password_changed_elsewhere_ends_access_within_a_second(world: World) -> None:
    tokens = await world.auth.login("admin", PASSWORD)
    await world.auth.authenticate(tokens.access_token)
    await world.people.set_password(tokens.principal.user_id, "another password")
    world.clock.now_s += RECHECK_S
    with pytest.raises(TidegateError):
        await world.auth.authenticate(tokens.access_token)


async def test_an_access_token_expires(world: World) -> None:
    tokens = await world.auth.login("admin", PASSWORD)
    world.clock.now_s += ACCESS_S
    with pytest.raises(TidegateError, match="expired"):
        await world.auth.authenticate(tokens.access_token)


FORGED = {
    "other-key": ({}, b"x" * 32, "HS256"),
    "other-algorithm": ({}, KEY + KEY, "HS512"),
    "no-signature": ({}, None, "none"),
    "other-audience": ({"aud": "else"}, KEY, "HS256"),
    "other-issuer": ({"iss": "else"}, KEY, "HS256"),
    "no-id": ({"jti": None}, KEY, "HS256"),
    "no-expiry": ({"exp": None}, KEY, "HS256"),
    "text-expiry": ({"exp": "later"}, KEY, "HS256"),
}


@pytest.mark.parametrize("case", FORGED)
async def test_a_forged_token_is_refused(world: World, case: str) -> None:
    principal = (await world.auth.login("admin", PASSWORD)).principal
    changed, key, algorithm = FORGED[case]
    claims: dict[str, object] = {
        "iss": ISSUER, "aud": AUDIENCE, "iat": world.clock.now_s, "exp": world.clock.now_s + 60, "jti": "1",
        "sub": principal.user_id, "sid": principal.session_id,
    } | changed  # fmt: skip
    token = jwt.encode({key: value for key, value in claims.items() if value is not None}, key, algorithm=algorithm)
    with pytest.raises(TidegateError) as caught:
        await world.auth.authenticate(token)
    assert code_of(caught) is Code.UNAUTHENTICATED


async def test_a_ticket_opens_one_socket_and_not_for_long(world: World) -> None:
    principal = (await world.auth.login("admin", PASSWORD)).principal
    ticket = world.auth.issue_ticket(principal)
    assert world.auth.redeem_ticket(ticket.ticket) == principal
    late = world.auth.issue_ticket(principal)
    world.clock.now_s += TICKET_S
    for spent in (ticket.ticket, late.ticket, "nonsense"):
        with pytest.raises(TidegateError):
            world.auth.redeem_ticket(spent)


async def test_logout_everywhere_ends_every_login_at_once(world: World) -> None:
    first, second = [await world.auth.login("admin", PASSWORD) for _ in range(2)]
    await world.auth.authenticate(second.access_token)
    await world.auth.logout_everywhere(first.principal.user_id)
    for tokens in (first, second):
        with pytest.raises(TidegateError):
            await world.auth.authenticate(tokens.access_token)
        with pytest.raises(TidegateError):
            await world.auth.refresh(tokens.refresh_token)


async def test_only_an_own_login_can_be_ended_by_its_id(world: World) -> None:
    await world.people.add("anna", Role.TRADER, PASSWORD)
    anna = (await world.auth.login("anna", PASSWORD, peer=Peer("10.0.0.7", "a browser"))).principal
    admin = (await world.auth.login("admin", PASSWORD)).principal
    assert [(login.family, login.address, login.agent) for login in await world.people.logins(anna.user_id)] == [
        (anna.session_id, "10.0.0.7", "a browser")
    ]
    with pytest.raises(TidegateError) as caught:
        await world.auth.logout_of(admin.user_id, anna.session_id)
    assert code_of(caught) is Code.NOT_FOUND
    await world.auth.logout_of(anna.user_id, anna.session_id)
    assert not await world.auth.is_live(anna)
    assert await world.auth.is_live(admin)


async def test_many_sessions_are_one_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.people.add("anna", Role.TRADER, PASSWORD)
    anna, again, admin = [(await world.auth.login(name, PASSWORD)).principal for name in ("anna", "anna", "admin")]
    owner = world.auth.local(1000)
    await world.auth.logout_of(anna.user_id, again.session_id)
    holders, asked = world.store.holders, []

    async def counted(families: Collection[str], now_ms: int) -> Mapping[str, User]:
        asked.append(set(families))
        return await holders(families, now_ms)

    monkeypatch.setattr(world.store, "holders", counted)
    live = await world.auth.live((anna, again, admin, owner, anna))
    assert live == {anna.session_id, admin.session_id, owner.session_id}
    assert asked == [{anna.session_id, again.session_id, admin.session_id}]
    monkeypatch.undo()
    await world.people.change(anna.user_id, disabled=True)
    assert await world.auth.live((anna, admin)) == {admin.session_id}


async def test_a_login_that_ends_while_it_is_asked_for_stays_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = (await world.auth.login("admin", PASSWORD)).principal
    holders = world.store.holders

    async def late(families: Collection[str], now_ms: int) -> Mapping[str, User]:
        found = await holders(families, now_ms)
        await world.auth.logout(admin)
        return found

    monkeypatch.setattr(world.store, "holders", late)
    assert await world.auth.live((admin,)) == frozenset()
    assert not await world.auth.is_live(admin)


async def test_a_changed_role_counts_at_once_for_who_is_logged_in(world: World) -> None:
    anna = await world.people.add("anna", Role.TRADER, PASSWORD)
    tokens = await world.auth.login("anna", PASSWORD)
    await world.people.change(anna.id, role=Role.VIEWER)
    await world.auth.forget(anna.id)
    with pytest.raises(TidegateError):
        await world.auth.authenticate(tokens.access_token)


async def test_who_is_on_the_local_socket_may_do_everything_but_has_no_login(world: World) -> None:
    owner = world.auth.local(1000)
    assert (owner.name, owner.local, owner.permissions) == (
        "local:1000", True, frozenset(Permission) - {Permission.OWN}
    )  # fmt: skip
    assert await world.auth.is_live(owner)


class Instant(Passwords):
    """Compares in no time, and counts."""

    def __init__(self, right: str) -> None:
        super().__init__()
        self.right = right
        self.compared: list[str] = []

    async def verify(self, password_hash: str | None, password: str) -> Verdict:
        self.compared.append(password)
        return Verdict(right=password_hash is not None and password == self.right)


async def test_a_hundred_thousand_guesses_get_nowhere_and_the_owner_still_gets_in(tmp_path: Path) -> None:
    """Ten guesses a second for nearly three hours, from five hundred addresses; the 1,000th guess is right."""
    passwords = Instant(right="guess-1000")
    home = Peer("192.168.1.2", "the owner")
    async with fresh("sqlite", tmp_path) as database:
        world = World(database, passwords, tmp_path)
        await ensure_admin(world.store, passwords, PASSWORD, 1)
        passwords.compared.clear()
        session = await world.auth.login("admin", "guess-1000", peer=home)
        for number in range(100_000):
            world.clock.now_s += number % 10 == 0
            with pytest.raises(TidegateError):
                await world.auth.login("admin", f"guess-{number}", peer=Peer(f"10.{number % 500}"))
        assert len(passwords.compared) < 100
        assert await world.auth.login("admin", "guess-1000", peer=home)
        assert await world.auth.refresh(session.refresh_token)
        assert await world.auth.login_by_link(world.auth.issue_link(), peer=Peer("10.1"))
    passwords.close()


async def test_many_who_come_back_at_once_are_one_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = await world.auth.login("admin", PASSWORD)
    asked: list[str] = []
    holders = world.store.holders

    async def counted(families: Collection[str], now_ms: int) -> Mapping[str, User]:
        asked.extend(families)
        return await holders(families, now_ms)

    monkeypatch.setattr(world.store, "holders", counted)
    found = await asyncio.gather(*(world.auth.authenticate(tokens.access_token) for _ in range(100)))
    assert {principal.name for principal in found} == {"admin"}
    assert len(asked) == 1


async def test_a_database_that_is_away_is_told_to_all_who_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = await world.auth.login("admin", PASSWORD)

    async def away(_families: Collection[str], _now_ms: int) -> Mapping[str, User]:
        raise StoreError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "holders", away)
        asking = (world.auth.authenticate(tokens.access_token) for _ in range(3))
        found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(failure) for failure in found] == [StoreError] * 3
    assert await world.auth.authenticate(tokens.access_token)


async def test_a_login_that_nobody_renewed_in_its_time_ends_what_was_opened_by_it(world: World) -> None:
    who = (await world.auth.login("admin", PASSWORD)).principal
    world.clock.now_s += REFRESH_S - 1
    assert await world.auth.is_live(who)
    world.clock.now_s += RECHECK_S + 1
    assert not await world.auth.is_live(who)


async def test_nobody_takes_other_peoples_tickets_away_by_asking_for_many(world: World) -> None:
    await world.people.add("anna", Role.VIEWER, PASSWORD)
    boss = (await world.auth.login("admin", PASSWORD)).principal
    anna = (await world.auth.login("anna", PASSWORD)).principal
    ticket = world.auth.issue_ticket(boss).ticket
    many = [world.auth.issue_ticket(anna).ticket for _ in range(OPEN_TICKETS + 1)]
    assert world.auth.redeem_ticket(ticket).name == "admin"
    assert world.auth.redeem_ticket(many[-1]).name == "anna"
    with pytest.raises(TidegateError):
        world.auth.redeem_ticket(many[-1 - TICKETS_PER_USER])
