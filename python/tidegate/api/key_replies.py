"""The shapes of `data` around keys and the audit log; see `api/replies.py`."""

from tidegate.api.replies import Reply


class VenueKey(Reply):
    """A key that is kept. `account`: whose."""

    account: str
    updated_ts: int


class KeyPresence(Reply):
    """`hasKey`: the engine trades with one now. `kept`: keys entered here, the last ones in use."""

    connected: bool
    has_key: bool
    kept: list[VenueKey]


class KeyRights(Reply):
    """What the venue lets the key do. `bound`: only from listed addresses."""

    read: bool
    trade: bool
    withdraw: bool
    bound: bool


class KeyTest(Reply):
    exchange: str
    account: str
    connected: bool
    permissions: KeyRights


class KeysKept(Reply):
    kept: list[KeyTest]
    restart_needed: bool


class ApiKeyReply(Reply):
    """A key of our own API, without its text."""

    id: str
    name: str
    scopes: list[str]
    addresses: list[str]
    created_ts: int
    expires_ts: int | None
    last_used_ts: int | None


class NewApiKey(ApiKeyReply):
    """`key` is shown this once."""

    key: str


class TotpBegun(Reply):
    """`uri`: for a QR code."""

    secret: str
    uri: str


class AuditItem(Reply):
    """`before`, `after`: JSON text, secrets masked."""

    seq: int
    ts: int
    actor: str
    role: str
    address: str
    action: str
    target: str
    outcome: str
    before: str
    after: str
    hash: str


class AuditItems(Reply):
    items: list[AuditItem]
    next_cursor: str | None


class AuditCheck(Reply):
    """`brokenAt`: the first entry that does not fit the chain."""

    ok: bool
    entries: int
    head: str
    broken_at: int | None
