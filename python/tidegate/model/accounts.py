"""People who may log in, and their sessions."""

from dataclasses import dataclass

from tidegate.model.access import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`password_hash`: Argon2id in its own text form. Times are epoch ms.

    totp: the sealed secret of the second factor, None without one; a code of `totp_step` or before counts no more.
    """

    id: str
    username: str
    role: Role
    password_hash: str
    disabled: bool
    created_ts: int
    updated_ts: int
    totp: str | None = None
    totp_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One refresh token of one login. `family`: all tokens rotated out of the same login. Times are epoch ms.

    `login_ts`, `address` and `agent`: when and from where the password was given. `used_ts` is set when the token was
    exchanged; `revoked_ts` when the login was ended.
    """

    id: str
    family: str
    user_id: str
    token_hash: str
    created_ts: int
    expires_ts: int
    login_ts: int
    address: str = ""
    agent: str = ""
    used_ts: int | None = None
    revoked_ts: int | None = None
