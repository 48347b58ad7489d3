"""The second factor of users: begun, confirmed, asked for, dropped. Secrets are sealed; guesses are throttled."""

from collections import OrderedDict
from typing import Final

from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.accounts import AccountStore
from tidegate.ports.clock import Clock
from tidegate.users import totp
from tidegate.users.throttle import Throttle
from tidegate.users.vault import Vault

BEGUN_S: Final = 600
"""How long a secret that was shown waits for its first code."""
BEGUN_MAX: Final = 1000

_log = log.get("users")


class SecondFactor:
    """Codes of authenticator apps. Every refusal is `TidegateError` UNAUTHENTICATED with `totpRequired`."""

    def __init__(self, store: AccountStore, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._throttle = Throttle()
        self._begun: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def begin(self, user: User) -> tuple[str, str]:
        """A new secret and its URI; it counts once `confirm` has seen a code of it."""
        if user.totp is not None:
            raise TidegateError(Code.CONFLICT, "there is a second factor already; drop it first")
        secret = totp.new_secret()
        self._begun[user.id] = (self._now_s + BEGUN_S, secret)
        self._begun.move_to_end(user.id)
        while len(self._begun) > BEGUN_MAX:
            self._begun.popitem(last=False)
        return secret, totp.uri(secret, user.username)

    async def confirm(self, user: User, code: str) -> None:
        """Raises CONFLICT when nothing was begun, VALIDATION_ERROR for a wrong code."""
        expires, secret = self._begun.get(user.id, (0, ""))
        if expires <= self._now_s:
            raise TidegateError(Code.CONFLICT, "nothing to confirm: begin anew")
        self._admit(user)
        step = totp.step_of(secret, code, self._now_s)
        if step is None:
            raise TidegateError(Code.VALIDATION_ERROR, "this is not the app's code now", {"code": "is wrong"})
        self._throttle.succeeded(user.id, "")
        del self._begun[user.id]
        await self._store.set_totp(user.id, self._vault.seal(secret.encode(), f"totp:{user.id}"), self._now_s * 1000)
        await self._store.spend_totp(user.id, step)
        _log.info("second_factor_set", user=user.username, success=True)

    async def check(self, user: User, code: str | None) -> None:
        """Passes users without a second factor."""
        if user.totp is None:
            return
        if code is None:
            raise _wanted("a code of the authenticator app is needed")
        self._admit(user)
        secret = self._vault.open(user.totp, f"totp:{user.id}").decode()
        step = totp.step_of(secret, code, self._now_s)
        if step is None or not await self._store.spend_totp(user.id, step):
            _log.warning("code_refused", user=user.username, success=False, error_code=Code.UNAUTHENTICATED)
            raise _wanted("this code is wrong or was used before; wait for the next one")
        self._throttle.succeeded(user.id, "")

    async def drop(self, user: User) -> None:
        """Takes the second factor away."""
        await self._store.set_totp(user.id, None, self._now_s * 1000)
        _log.info("second_factor_dropped", user=user.username, success=True)

    def _admit(self, user: User) -> None:
        wait = self._throttle.admit(user.id, "", self._clock.mono_ns() / 1e9)
        if wait > 0:
            message = f"too many wrong codes; try again in {wait:.0f} s"
            raise TidegateError(Code.RATE_LIMITED, message, {"retryAfterS": int(wait) + 1})

    @property
    def _now_s(self) -> int:
        return self._clock.wall_ns() // 1_000_000_000


def _wanted(message: str) -> TidegateError:
    return TidegateError(Code.UNAUTHENTICATED, message, {"totpRequired": True})
