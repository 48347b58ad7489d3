"""What an address says is read once, refused each time, and never remembered without bound."""

import pytest
from aiohttp.test_utils import make_mocked_request

from tidegate.api import address
from tidegate.api.address import ADDRESS_CHARS_MAX, ADDRESSES_MAX, Addresses
from tidegate.api.fields import PageQuery
from tidegate.model.errors import TidegateError


def request(path, **named):
    return make_mocked_request("GET", path, match_info=named)


def test_the_same_address_is_checked_once(monkeypatch):
    asked = []
    monkeypatch.setattr(address, "check_path", asked.append)
    addresses = Addresses(PageQuery)
    first = addresses.of(request("/api/orders/a1?limit=5", orderId="a1"))
    assert addresses.of(request("/api/orders/a1?limit=5", orderId="a1")) is first
    assert (first[0], first[1].limit) == ({"orderId": "a1"}, 5)
    assert addresses.of(request("/api/orders/a1?limit=6", orderId="a1"))[1].limit == 6
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("path", "named"),
    [("/api/orders/a1?limit=0", "a1"), ("/api/orders/a1?limit=1&limit=2", "a1"), ("/api/orders/a%20b", "a b")],
)
def test_a_wrong_address_is_refused_each_time(path, named):
    addresses = Addresses(PageQuery)
    for _ in range(2):
        with pytest.raises(TidegateError, match="does not fit"):
            addresses.of(request(path, orderId=named))


def test_what_is_remembered_has_a_limit():
    addresses = Addresses(PageQuery)
    first = addresses.of(request("/api/orders?limit=1"))
    for number in range(ADDRESSES_MAX):
        addresses.of(request(f"/api/orders?cursor=c{number}"))
    assert addresses.of(request("/api/orders?limit=1")) is not first
    long = "/api/orders?x=" + "y" * ADDRESS_CHARS_MAX
    assert addresses.of(request(long)) is not addresses.of(request(long))
