"""An Http of which only public questions reach the venue; everything else goes to the dry-run executor.

The rule is positive: a GET without headers and body. What is signed or names a key always has one of them.
"""

from tidegate.ports.http import Http, HttpReply


class DryRunHttp:
    """`ports.http.Http` over two others. `public`: the venue itself; `dry`: whoever executes orders for it."""

    def __init__(self, public: Http, dry: Http) -> None:
        self._public = public
        self._dry = dry

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        """See `ports.http.Http.request`."""
        chosen = self._public if method == "GET" and not headers and not body else self._dry
        return await chosen.request(method, target, headers=headers, body=body, deadline_s=deadline_s)

    async def close(self) -> None:
        await self._public.close()
        await self._dry.close()
