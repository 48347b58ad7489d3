"""Keys of venues: written, tested and removed, never read."""

from typing import Annotated, Final

from pydantic import Field, RootModel, SecretStr, model_validator

from tidegate.api import accounts
from tidegate.api.fields import EXCHANGES, Empty, Exchange, Model, Query
from tidegate.api.key_replies import KeyPresence, KeysKept, KeyTest
from tidegate.api.replies import Done
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.keys import Credentials, KeyRights

KeyText = Annotated[SecretStr, Field(min_length=4, max_length=256)]
AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class VenueKeyBody(Model):
    api_key: KeyText
    secret: KeyText
    passphrase: Annotated[SecretStr, Field(max_length=256)] = SecretStr("")
    account: AccountName = "main"

    @model_validator(mode="after")
    def _printable(self) -> "VenueKeyBody":
        # They stand in headers and signatures: a line break or a blank copied with them must not get there.
        for part in (self.api_key, self.secret, self.passphrase):
            text = part.get_secret_value()
            if not (text.isascii() and text.isprintable() and " " not in text):
                raise ValueError("keys are printable ASCII without blanks")
        return self


class KeysBody(RootModel[dict[Exchange, VenueKeyBody]]):
    """Venue -> key."""

    root: Annotated[dict[Exchange, VenueKeyBody], Field(min_length=1, max_length=len(EXCHANGES))]


class TestBody(Model):
    exchange: Exchange
    account: AccountName = "main"


async def get_keys(call: Call[Empty, Query]) -> dict[str, object]:
    """Whether each venue has keys; never a key."""
    services = call.services
    kept = await services.venue_keys.kept()
    return {
        str(row["name"]): {
            "connected": row.get("connected") is True,
            "hasKey": row.get("publicOnly") is not True,
            "simulated": row.get("simulated") is True,
            "kept": [
                {"account": key.account, "updatedTs": key.updated_ts} for key in kept if key.venue == row.get("name")
            ],
        }
        for row in await accounts.exchanges(services)
    }


async def put_keys(call: Call[KeysBody, Query]) -> dict[str, object]:
    """Tests keys at their venues, keeps them sealed, and takes them into use."""
    kept, waiting = [], False
    for venue, body in call.body.root.items():
        rights, used = await call.services.venue_keys.put(
            Credentials(
                venue=venue,
                account=body.account,
                key=body.api_key,
                secret=body.secret,
                passphrase=body.passphrase,
            )
        )
        kept.append(_tested(venue, body.account, rights))
        waiting = waiting or not used
    return {"kept": kept, "restartNeeded": waiting}


async def test_keys(call: Call[TestBody, Query]) -> dict[str, object]:
    """Asks a venue what the key that is kept may do."""
    body = call.body
    return _tested(body.exchange, body.account, await call.services.venue_keys.test(body.exchange, body.account))


async def delete_key(call: Call[Empty, Query]) -> dict[str, object]:
    """Forgets a key; the engine uses it up to the next start."""
    await call.services.venue_keys.remove(call.path["exchange"], call.path["account"])
    return {"success": True}


def _tested(venue: str, account: str, rights: KeyRights) -> dict[str, object]:
    permissions = {
        "read": rights.read,
        "trade": rights.trade,
        "withdraw": rights.withdraw,
        "bound": rights.bound,
    }
    return {"exchange": venue, "account": account, "connected": True, "permissions": permissions}


_SETTINGS: Final = Permission.SETTINGS
_KEYS: Final = "/api/settings/api"

ROUTES: Final = (
    route("GET", _KEYS, get_keys, body=Empty, query=Query, reply=dict[str, KeyPresence], permission=_SETTINGS),
    route(
        "PUT",
        _KEYS,
        put_keys,
        body=KeysBody,
        query=Query,
        reply=KeysKept,
        permission=_SETTINGS,
        second_factor=True,
    ),
    route("POST", f"{_KEYS}/test", test_keys, body=TestBody, query=Query, reply=KeyTest, permission=_SETTINGS),
    route(
        "DELETE",
        f"{_KEYS}/{{exchange}}/{{account}}",
        delete_key,
        body=Empty,
        query=Query,
        reply=Done,
        permission=_SETTINGS,
        second_factor=True,
    ),
)
