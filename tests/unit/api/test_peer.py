"""Whose address counts."""

from ipaddress import ip_network
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from tidegate.api.peer import peer_of

PROXY = (ip_network("10.0.0.0/8"), ip_network("::1/128"))
CASES = {
    "nothing is trusted": ((), "10.0.0.1", "6.6.6.6", "10.0.0.1"),
    "a stranger's word": (PROXY, "9.9.9.9", "6.6.6.6", "9.9.9.9"),
    "the proxy's word": (PROXY, "10.0.0.1", "6.6.6.6", "6.6.6.6"),
    "what the client put in front": (PROXY, "10.0.0.1", "1.2.3.4, 6.6.6.6", "6.6.6.6"),
    "two proxies": (PROXY, "::1", "1.2.3.4, 6.6.6.6, 10.0.0.7", "6.6.6.6"),
    "nobody but proxies": (PROXY, "10.0.0.1", "10.0.0.7", "10.0.0.1"),
    "no header": (PROXY, "10.0.0.1", None, "10.0.0.1"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_address_is_the_last_that_no_trusted_proxy_has(case: str) -> None:
    trusted, remote, forwarded, expected = CASES[case]
    headers = {"User-Agent": "x" * 1000} | ({} if forwarded is None else {"X-Forwarded-For": forwarded})
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    peer = peer_of(request, trusted)
    assert peer.address == expected
    assert len(peer.agent) == 256


def test_a_name_in_no_encoding_is_kept_as_text_that_can_be_written() -> None:
    headers = CIMultiDict({"User-Agent": "a\udcff", "X-Forwarded-For": "6.6\udcff"})
    peer = peer_of(cast(web.Request, SimpleNamespace(remote="10.0.0.1", headers=headers)), PROXY)
    assert (peer.agent, peer.address) == ("a?", "6.6?")
