"""A kept-up connection to a venue, blind to what it carries."""

from typing import Protocol


class LinkEvents(Protocol):
    """What a link tells its owner; all calls come on the engine's loop and must return within a millisecond."""

    def on_link(self, link_id: int, up: bool) -> None:
        """The connection is usable, or is no longer."""
        ...

    def feed(self, link_id: int, payload: memoryview) -> None:
        """One text frame; `payload` is valid only during the call."""
        ...


class Link(Protocol):
    """Connects, reconnects with full jitter inside the venue's connection budget, keeps alive, detects silence."""

    @property
    def up(self) -> bool: ...

    def send(self, data: bytes) -> bool:
        """Writes one text frame. False = the link was down and the bytes certainly never left."""
        ...

    def restart(self, reason: str) -> None:
        """Drops the connection; it is made anew at once if the budget allows."""
        ...

    async def run(self) -> None:
        """Keeps the link up until cancelled. Never ends by itself."""
        ...
