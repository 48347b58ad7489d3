"""Asking a venue what a key may do: one signed question, by the venue's own rules."""

from collections.abc import Mapping

from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials, KeyRights
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http, HttpError
from tidegate.venues.spec import Venue, VenueReplyError

DEADLINE_S = 5.0


class VenueKeyProbe:
    """`tidegate.ports.keys.KeyProbe` over the venues' REST addresses, by (venue, product)."""

    def __init__(self, venues: Mapping[str, Venue], rests: Mapping[tuple[str, str], Http], clock: Clock) -> None:
        self._venues = venues
        self._rests = rests
        self._clock = clock

    async def rights(self, credentials: Credentials) -> KeyRights:
        """See the port. No text of the venue is passed on: some repeat the key in what they say."""
        name = credentials.venue
        check = self._venues[name].key_check if name in self._venues else None
        if check is None:
            raise TidegateError(Code.NOT_FOUND, f"no keys can be entered for {name}: this program does not run it")
        rest = next((http for (venue, _), http in self._rests.items() if venue == name), None)
        if rest is None:
            raise TidegateError(Code.NOT_FOUND, f"venue {name} is not enabled here")
        request = check.build(
            credentials.key.get_secret_value(),
            credentials.secret.get_secret_value(),
            credentials.passphrase.get_secret_value(),
            self._clock.wall_ns() // 1_000_000,
        )
        try:
            reply = await rest.request(request.method, request.target, headers=request.headers, deadline_s=DEADLINE_S)
        except HttpError as failure:
            raise TidegateError(Code.EXCHANGE_UNAVAILABLE, f"{name}: {failure.reason}") from None
        try:
            return check.parse(reply.status, reply.body)
        except VenueReplyError as failure:
            raise TidegateError(
                Code.UPSTREAM_ERROR, f"{name} refuses this key", {"exchange": name, "venueCode": failure.code}
            ) from None


class DryRunKeyProbe:
    """`tidegate.ports.keys.KeyProbe` of a dry run: no question of it may lead to a venue with a key."""

    async def rights(self, credentials: Credentials) -> KeyRights:
        """See the port. Raises TidegateError CONFLICT always."""
        raise TidegateError(
            Code.CONFLICT, f"profile paper uses no keys: enter the key of {credentials.venue} in profile live"
        )
