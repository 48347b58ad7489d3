"""What of a dry run reaches the venue itself."""

import pytest

from tidegate.ports.http import HttpReply
from tidegate.transport.dry_run import DryRunHttp


class Noted:
    """An Http that only notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.closed = False

    async def request(self, method, target, *, headers=(), body=b"", deadline_s=2.0):
        self.asked.append((method, target))
        return HttpReply(200, (), b"{}")

    async def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("method", "headers", "body", "leaves"),
    [
        pytest.param("GET", (), b"", True, id="a public question"),
        pytest.param("GET", (("X-MBX-APIKEY", "k"),), b"", False, id="a question with a key"),
        pytest.param("POST", (), b"", False, id="anything that is no question"),
        pytest.param("DELETE", (), b"", False, id="a cancel"),
        pytest.param("GET", (), b"{}", False, id="a question with a body"),
    ],
)
async def test_only_public_questions_leave(method, headers, body, leaves):
    public, dry = Noted(), Noted()
    await DryRunHttp(public, dry).request(method, "/x", headers=headers, body=body)
    assert (len(public.asked), len(dry.asked)) == ((1, 0) if leaves else (0, 1))


async def test_both_are_closed():
    public, dry = Noted(), Noted()
    await DryRunHttp(public, dry).close()
    assert public.closed
    assert dry.closed
