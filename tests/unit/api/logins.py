"""Doubles of the people side: one user, one login and one token per role."""

from dataclasses import dataclass, field, replace

from tidegate.model.access import Peer, Permission, Principal, Role
from tidegate.model.accounts import Session, User
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.auth import NOWHERE, Ticket, Tokens
from tidegate.users.roles import PERMISSIONS

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
    live: bool = True
    tickets: dict[str, Principal] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

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

    async def authenticate(self, access_token: str) -> Principal:
        if access_token not in TOKENS:
            raise TidegateError(Code.UNAUTHENTICATED, "this token is not valid")
        return principal(TOKENS[access_token])

    async def is_live(self, principal: Principal) -> bool:
        return self.live

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

    async def logins(self, user_id: str) -> tuple[Session, ...]:
        return tuple(login for login in LOGINS if login.user_id == user_id)
