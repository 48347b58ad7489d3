"""Doubles of the people side: one user, one login and one token per role."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace

from tidegate.model.access import Peer, Permission, Principal, Role
from tidegate.model.accounts import Session, User
from tidegate.model.audit import AuditEntry, AuditRow, AuditVerdict
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import ApiKey, Credentials, KeyRights, SealedKey
from tidegate.ports.auth import NOWHERE, Ticket, Tokens
from tidegate.ports.read import PageRequest
from tidegate.ports.trail import AuditFilter, AuditPage
from tidegate.users.roles import PERMISSIONS

GOOD_CODE = "123456"
GOOD_TOKEN = "good-token"
VIEWER_TOKEN = "viewer-token"


def principal(role: Role = Role.ADMIN) -> Principal:
    return Principal(
        user_id=f"u{role}",
        name=role.value,
        role=role,
        permissions=PERMISSIONS[role],
        session_id=f"s{role}",
        expires_ts=2**50,
    )


TOKENS = {GOOD_TOKEN: Role.ADMIN, VIEWER_TOKEN: Role.VIEWER} | {f"{role}-token": role for role in Role}
USERS = {
    f"u{role}": User(
        id=f"u{role}",
        username=role.value,
        role=role,
        password_hash="$argon2id$canary",
        disabled=False,
        created_ts=1,
        updated_ts=2,
    )
    for role in Role
}
LOGINS = [
    Session(
        id=f"token{role}",
        family=f"s{role}",
        user_id=f"u{role}",
        token_hash="hash-canary",
        created_ts=5,
        expires_ts=9,
        login_ts=4,
        address="10.0.0.1",
        agent="a browser",
    )
    for role in Role
]


@dataclass
class FakeAuth:
    stands: bool = True
    tickets: dict[str, Principal] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    needs_code: bool = False
    codes: list[str | None] = field(default_factory=list)

    async def login(self, username: str, password: str, *, totp: str | None = None, peer: Peer = NOWHERE) -> Tokens:
        if (username, password) != ("admin", "right"):
            raise TidegateError(Code.UNAUTHENTICATED, "wrong user name or password")
        return self._tokens()

    async def login_by_link(self, token: str, *, peer: Peer = NOWHERE) -> Tokens:
        if token != "link":
            raise TidegateError(Code.UNAUTHENTICATED, "this login link is used up")
        return self._tokens()

    async def refresh(self, refresh_token: str) -> Tokens:
        if refresh_token == "slow-down":
            raise TidegateError(Code.RATE_LIMITED, "too many tries", {"retryAfterS": 7})
        if refresh_token != "refresh":
            raise TidegateError(Code.UNAUTHENTICATED, "log in again")
        return self._tokens()

    async def logout(self, principal: Principal) -> None:
        self.ended.append(principal.session_id)

    async def logout_everywhere(self, user_id: str) -> None:
        self.ended.append(f"all of {user_id}")

    async def forget(self, user_id: str) -> None:
        self.forgotten.append(user_id)

    async def logout_of(self, user_id: str, session_id: str) -> None:
        if session_id not in {login.family for login in LOGINS if login.user_id == user_id}:
            raise TidegateError(Code.NOT_FOUND, f"there is no login {session_id}")
        self.ended.append(session_id)

    async def check_password(self, principal: Principal, password: str, *, peer: Peer = NOWHERE) -> None:
        if password != "right":
            raise TidegateError(Code.UNAUTHENTICATED, "wrong password")

    def issue_link(self) -> str:
        return "link"

    def local(self, uid: int) -> Principal:
        permissions = PERMISSIONS[Role.ADMIN] - {Permission.OWN}
        return replace(principal(), name=f"local:{uid}", permissions=permissions, local=True)

    async def check_code(self, principal: Principal, code: str | None) -> None:
        self.codes.append(code)
        if self.needs_code and code != GOOD_CODE:
            raise TidegateError(Code.UNAUTHENTICATED, "a code is needed", {"totpRequired": True})

    async def authenticate(self, access_token: str, *, peer: Peer = NOWHERE) -> Principal:
        if access_token not in TOKENS:
            raise TidegateError(Code.UNAUTHENTICATED, "this token is not valid")
        return principal(TOKENS[access_token])

    async def is_live(self, principal: Principal) -> bool:
        return self.stands

    async def live(self, principals: Iterable[Principal]) -> frozenset[str]:
        return frozenset(one.session_id for one in principals if self.stands)

    def issue_ticket(self, principal: Principal) -> Ticket:
        ticket = f"ticket-{len(self.tickets)}"
        self.tickets[ticket] = principal
        return Ticket(ticket=ticket, expires_in=30)

    def redeem_ticket(self, ticket: str) -> Principal:
        found = self.tickets.pop(ticket, None)
        if found is None:
            raise TidegateError(Code.UNAUTHENTICATED, "this ticket is used up")
        return found

    def _tokens(self) -> Tokens:
        return Tokens(access_token=GOOD_TOKEN, refresh_token="refresh", expires_in=600, principal=principal())


class FakePeople:
    """One user per role; what is asked for is kept, nothing changes."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    async def users(self) -> tuple[User, ...]:
        return tuple(USERS.values())

    async def user(self, user_id: str) -> User:
        if user_id not in USERS:
            raise TidegateError(Code.NOT_FOUND, f"there is no user {user_id}")
        return USERS[user_id]

    async def by_name(self, username: str) -> User:
        return await self.user(f"u{username}")

    async def add(self, username: str, role: Role, password: str) -> User:
        self.done.append(("add", username, role, password))
        return replace(USERS["uviewer"], id="unew", username=username, role=role)

    async def change(self, user_id: str, *, role: Role | None = None, disabled: bool | None = None) -> User:
        self.done.append(("change", user_id, role, disabled))
        return await self.user(user_id)

    async def remove(self, user_id: str) -> None:
        await self.user(user_id)
        self.done.append(("remove", user_id))

    async def set_password(self, user_id: str, password: str) -> None:
        self.done.append(("set_password", user_id, password))

    async def begin_totp(self, user_id: str) -> tuple[str, str]:
        return "SECRET", "otpauth://totp/x"

    async def confirm_totp(self, user_id: str, code: str) -> None:
        self.done.append(("confirm_totp", user_id, code))

    async def drop_totp(self, user_id: str) -> None:
        self.done.append(("drop_totp", user_id))

    async def logins(self, user_id: str) -> tuple[Session, ...]:
        return tuple(login for login in LOGINS if login.user_id == user_id)


RIGHTS = KeyRights(read=True, trade=True, withdraw=False, bound=False)


class FakeVenueKeys:
    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    async def put(self, credentials: Credentials) -> tuple[KeyRights, bool]:
        self.done.append(("put", credentials))
        return RIGHTS, True

    async def test(self, venue: str, account: str) -> KeyRights:
        return RIGHTS

    async def remove(self, venue: str, account: str) -> None:
        self.done.append(("remove", venue, account))

    async def kept(self) -> tuple[SealedKey, ...]:
        return (
            SealedKey(
                id="sim:binance:main",
                venue="binance",
                account="main",
                simulated=True,
                sealed="sealed-canary",
                created_ts=1,
                updated_ts=2,
            ),
        )


class FakeApiKeys:
    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    async def issue(
        self,
        user_id: str,
        name: str,
        *,
        scopes: frozenset[Permission],
        addresses: tuple[str, ...],
        expires_ts: int | None,
    ) -> tuple[ApiKey, str]:
        self.done.append(("issue", user_id, name, scopes, addresses, expires_ts))
        return (await self.of(user_id))[0], "tg_key_text"

    async def of(self, user_id: str) -> tuple[ApiKey, ...]:
        key = ApiKey(
            id=f"key{user_id}",
            user_id=user_id,
            name="robot",
            key_hash="hash-canary",
            scopes=frozenset({Permission.READ}),
            addresses=("10.0.0.0/8",),
            created_ts=1,
            expires_ts=None,
        )
        return (key,)

    async def revoke(self, user_id: str, key_id: str) -> None:
        if key_id != f"key{user_id}":
            raise TidegateError(Code.NOT_FOUND, f"there is no key {key_id}")
        self.done.append(("revoke", key_id))


class FakeTrail:
    """Keeps what is recorded; `entries` in order."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def append(self, entry: AuditEntry) -> AuditRow:
        self.record(entry)
        return AuditRow(seq=len(self.entries), entry=entry, hash="0" * 64)

    async def page(self, narrow: AuditFilter, page: PageRequest) -> AuditPage:
        entry = AuditEntry(
            ts=1, actor="anna", role="admin", address="::1", action="PUT /x", target="", outcome="ok", after="{}"
        )
        return AuditPage((AuditRow(seq=1, entry=entry, hash="0" * 64),), "1")

    async def rows(self) -> AsyncIterator[AuditRow]:
        for number, entry in enumerate(self.entries, 1):
            yield AuditRow(seq=number, entry=entry, hash="0" * 64)

    async def verify(self) -> AuditVerdict:
        return AuditVerdict(entries=1, head="0" * 64, broken_at=None)
