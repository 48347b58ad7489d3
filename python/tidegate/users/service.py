"""Logging in and staying logged in: passwords and links in, access and refresh tokens out."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tidegate.model.access import Peer, Permission, Principal, Role
from tidegate.model.accounts import Session, User
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.accounts import AccountStore
from tidegate.ports.auth import NOWHERE, Ticket, Tokens
from tidegate.ports.clock import Clock
from tidegate.ports.store import StoreError
from tidegate.users.accounts import ADMIN
from tidegate.users.api_keys import PREFIX, LentKeys
from tidegate.users.onetime import OneTime, digest
from tidegate.users.passwords import Passwords
from tidegate.users.roles import PERMISSIONS
from tidegate.users.second_factor import SecondFactor
from tidegate.users.throttle import Throttle
from tidegate.users.tokens import ACCESS_S, Signer, refused

REFRESH_S: Final = 7 * 24 * 3600
LINK_S: Final = 15 * 60
TICKET_S: Final = 30
OPEN_LINKS: Final = 4
OPEN_TICKETS: Final = 1000
TICKETS_PER_USER: Final = 50
"""Open at once; more than pages come back with after a restart."""
RECHECK_S: Final = 1
"""How long a session is believed to stand before the store is asked again."""
ASKED_AT_ONCE: Final = 100
"""Sessions in one question to the store: its answer is read in a few milliseconds, in which nothing else runs."""
AGENT_CHARS_MAX: Final = 256
_KNOWN_MAX: Final = 10_000
LOCAL: Final = "local"
"""Name and session of whoever speaks over the local socket; no login can have either."""
FOREVER_MS: Final = 2**53 - 1

_log = log.get("users")


class LocalAuth:
    """`tidegate.ports.auth.AuthService` over an AccountStore."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        signer: Signer,
        clock: Clock,
        *,
        second: SecondFactor,
        lent: LentKeys,
    ) -> None:
        self._store = store
        self._second = second
        self._lent = lent
        self._passwords = passwords
        self._signer = signer
        self._clock = clock
        self._throttle = Throttle()
        self._links: OneTime[str] = OneTime(LINK_S, OPEN_LINKS)
        self._tickets: OneTime[Principal] = OneTime(TICKET_S, OPEN_TICKETS, TICKETS_PER_USER)
        # session -> (asked at, user while it stands); bounded, the longest unused goes first
        self._known: OrderedDict[str, tuple[int, User | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Future[User | None]] = {}

    async def login(self, username: str, password: str, *, totp: str | None = None, peer: Peer = NOWHERE) -> Tokens:
        """See the port."""
        user = await self._proved(username, password, peer)
        await self._second.check(user, totp)
        return await self._open_session(user, peer)

    async def check_code(self, principal: Principal, code: str | None) -> None:
        """See the port."""
        if principal.local:
            return
        user = await self._store.user(principal.user_id)
        if user is None:
            raise refused()
        await self._second.check(user, code)

    async def check_password(self, principal: Principal, password: str, *, peer: Peer = NOWHERE) -> None:
        """See the port."""
        await self._proved(principal.name, password, peer)

    async def _proved(self, username: str, password: str, peer: Peer) -> User:
        wait = self._throttle.admit(username, peer.address, self._clock.mono_ns() / 1e9)
        if wait > 0:
            message = f"too many failed logins; try again in {wait:.0f} s"
            raise TidegateError(Code.RATE_LIMITED, message, {"retryAfterS": int(wait) + 1})
        user = await self._store.user_by_name(username)
        verdict = await self._passwords.verify(user.password_hash if user is not None else None, password)
        if user is None or not verdict.right or user.disabled:
            _log.warning(
                "login_refused",
                user=username[:64],
                peer=peer.address,
                success=False,
                error_code=Code.UNAUTHENTICATED,
            )
            raise TidegateError(Code.UNAUTHENTICATED, "user name or password is wrong")
        self._throttle.succeeded(username, peer.address)
        if verdict.rehash:
            better = await self._passwords.hash(password)
            await self._store.set_password(user.id, better, self._now_ms, end_sessions=False)
        return user

    def issue_link(self) -> str:
        """See the port."""
        return self._links.issue(ADMIN, self._now_s)

    async def login_by_link(self, token: str, *, peer: Peer = NOWHERE) -> Tokens:
        """See the port."""
        username = self._links.redeem(token, self._now_s)
        user = await self._store.user_by_name(username) if username is not None else None
        if user is None or user.disabled:
            _log.warning("link_refused", peer=peer.address, success=False, error_code=Code.UNAUTHENTICATED)
            raise TidegateError(Code.UNAUTHENTICATED, "this login link was used or has expired; restart to get another")
        return await self._open_session(user, peer)

    async def refresh(self, refresh_token: str) -> Tokens:
        """See the port."""
        session = await self._store.session_by_hash(digest(refresh_token))
        if session is None or session.revoked_ts is not None or session.expires_ts <= self._now_ms:
            raise refused()
        user = await self._store.user(session.user_id)
        if user is None or user.disabled:
            raise refused()
        secret, successor = self._successor(session)
        if not await self._store.rotate(session.id, successor, self._now_ms):
            # Somebody holds a copy of a token that was used before: neither of the two is to be trusted.
            await self._end(session.family)
            _log.warning("refresh_token_reused", user=user.username, success=False, error_code=Code.UNAUTHENTICATED)
            raise refused()
        return self._tokens(user, session.family, secret)

    async def logout(self, principal: Principal) -> None:
        """See the port."""
        await self._end(principal.session_id)

    async def logout_everywhere(self, user_id: str) -> None:
        """See the port."""
        await self._store.revoke_user(user_id, self._now_ms)
        await self.forget(user_id)

    async def forget(self, user_id: str) -> None:
        """See the port."""
        gone = [family for family, (_, user) in self._known.items() if user is not None and user.id == user_id]
        for family in gone:
            del self._known[family]

    async def logout_of(self, user_id: str, session_id: str) -> None:
        """See the port."""
        own = {session.family for session in await self._store.logins(user_id, self._now_ms)}
        if session_id not in own:
            raise TidegateError(Code.NOT_FOUND, f"there is no login {session_id}")
        await self._end(session_id)

    def local(self, uid: int) -> Principal:
        """See the port."""
        return Principal(
            user_id=LOCAL,
            name=f"{LOCAL}:{uid}",
            role=Role.ADMIN,
            permissions=PERMISSIONS[Role.ADMIN] - {Permission.OWN},
            session_id=LOCAL,
            expires_ts=FOREVER_MS,
            local=True,
        )

    async def authenticate(self, access_token: str, *, peer: Peer = NOWHERE) -> Principal:
        """See the port. Cost: one HMAC, and at most one look-up a second per session."""
        if access_token.startswith(PREFIX):
            return await self._lent.authenticate(access_token, peer)
        claims = self._signer.check(access_token, self._now_s)
        user = await self._standing(claims.session_id)
        if user is None:
            raise refused()
        return _principal(user, claims.session_id, claims.expires_s * 1000)

    async def is_live(self, principal: Principal) -> bool:
        """See the port."""
        if principal.local:
            return True
        if principal.session_id.startswith(PREFIX):
            return await self._lent.is_live(principal.session_id.removeprefix(PREFIX))
        return await self._standing(principal.session_id) is not None

    async def live(self, principals: Iterable[Principal]) -> frozenset[str]:
        """See the port."""
        sessions = {principal.session_id: principal for principal in principals}
        others = {name for name, one in sessions.items() if one.local or name.startswith(PREFIX)}
        live = {name for name in others if await self.is_live(sessions[name])}
        families = sorted(sessions.keys() - others)
        for at in range(0, len(families), ASKED_AT_ONCE):
            some = families[at : at + ASKED_AT_ONCE]
            holders = await self._store.holders(some, self._now_ms)
            live |= {family for family in some if self._remember(family, holders.get(family)) is not None}
        return frozenset(live)

    def issue_ticket(self, principal: Principal) -> Ticket:
        """See the port."""
        return Ticket(ticket=self._tickets.issue(principal, self._now_s, principal.user_id), expires_in=TICKET_S)

    def redeem_ticket(self, ticket: str) -> Principal:
        """See the port."""
        principal = self._tickets.redeem(ticket, self._now_s)
        if principal is None or principal.expires_ts <= self._now_ms:
            raise TidegateError(Code.UNAUTHENTICATED, "the ticket was used or has expired: ask for another")
        return principal

    @property
    def _now_ms(self) -> int:
        return self._clock.wall_ns() // 1_000_000

    @property
    def _now_s(self) -> int:
        return self._clock.wall_ns() // 1_000_000_000

    async def _open_session(self, user: User, peer: Peer) -> Tokens:
        secret = secrets.token_urlsafe(32)
        session = Session(
            id=secrets.token_hex(16),
            family=secrets.token_hex(16),
            user_id=user.id,
            token_hash=digest(secret),
            created_ts=self._now_ms,
            expires_ts=self._now_ms + REFRESH_S * 1000,
            login_ts=self._now_ms,
            address=peer.address[:64],
            agent=peer.agent[:AGENT_CHARS_MAX],
        )
        await self._store.add_session(session)
        await self._store.prune_sessions(self._now_ms)
        _log.info("login", user=user.username, success=True)
        return self._tokens(user, session.family, secret)

    def _successor(self, session: Session) -> tuple[str, Session]:
        secret = secrets.token_urlsafe(32)
        now_ms = self._now_ms
        return secret, replace(
            session,
            id=secrets.token_hex(16),
            token_hash=digest(secret),
            created_ts=now_ms,
            expires_ts=now_ms + REFRESH_S * 1000,
            used_ts=None,
        )

    def _tokens(self, user: User, family: str, refresh_token: str) -> Tokens:
        return Tokens(
            access_token=self._signer.issue(user.id, family, self._now_s),
            refresh_token=refresh_token,
            expires_in=ACCESS_S,
            principal=_principal(user, family, (self._now_s + ACCESS_S) * 1000),
        )

    async def _end(self, family: str) -> None:
        self._remember(family, None)
        await self._store.revoke_family(family, self._now_ms)

    async def _standing(self, family: str) -> User | None:
        """The user of a session that still stands, asked of the store at most once per RECHECK_S."""
        known = self._known.get(family)
        if known is not None and (known[1] is None or self._now_s - known[0] < RECHECK_S):
            return known[1]
        try:
            user = await self._asked_once(family)
        except StoreError:
            # A locked database must not take the kill switch away from somebody who was let in a moment ago.
            if known is None:
                raise
            return known[1]
        return self._remember(family, user)

    async def _asked_once(self, family: str) -> User | None:
        """Everybody who wants to know at the same time shares one question: a thousand sockets that come back at once
        are not a thousand questions.
        """
        question = self._asking.get(family)
        if question is None:
            question = asyncio.ensure_future(self._ask(family))
            self._asking[family] = question
            question.add_done_callback(lambda _: self._asking.pop(family, None))
        return await asyncio.shield(question)

    async def _ask(self, family: str) -> User | None:
        return (await self._store.holders((family,), self._now_ms)).get(family)

    def _remember(self, family: str, user: User | None) -> User | None:
        """The user whom the session lets in: nobody where it has ended, or who is disabled."""
        ended = family in self._known and self._known[family][1] is None
        if ended or (user is not None and user.disabled):
            # What has ended stays so: an answer may have been on its way when it did.
            user = None
        self._known[family] = (self._now_s, user)
        self._known.move_to_end(family)
        while len(self._known) > _KNOWN_MAX:
            self._known.popitem(last=False)
        return user


def _principal(user: User, family: str, expires_ts: int) -> Principal:
    return Principal(
        user_id=user.id,
        name=user.username,
        role=user.role,
        permissions=PERMISSIONS[user.role],
        session_id=family,
        expires_ts=expires_ts,
    )
