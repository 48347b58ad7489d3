"""Which order links a start waits for, and what it means when one is down."""

import orjson
import pytest

from tidegate.engine.order_links import OrderLinks


class Views:
    """The core's views, each as the test wants it: a pair of binance spot against bybit linear."""

    def __init__(self):
        self.ready = {("binance", "spot"): True, ("binance", "linear"): True, ("bybit", "spot"): True}
        self.bare = set()
        self.enabled = True

    def __call__(self, name, _query):
        if name == "health":
            accounts = [
                {"account": f"{venue}:main", "publicOnly": venue in self.bare} for venue in ("binance", "bybit")
            ]
            return orjson.dumps({"status": "healthy", "accounts": accounts})
        if name == "pairs":
            leg1, leg2 = {"exchange": "binance", "type": "spot"}, {"exchange": "bybit", "type": "linear"}
            return orjson.dumps([{"id": "btc", "leg1": leg1, "leg2": leg2, "enabled": self.enabled}])
        return orjson.dumps(
            [
                {"venue": venue, "type": product, "role": role, "account": "main", "up": True, "ready": up}
                for (venue, product), up in self.ready.items()
                for role, up in (("public", False), ("trade", up))
            ]
        )


@pytest.fixture
def views():
    return Views()


@pytest.mark.parametrize("place", [("binance", "spot"), ("bybit", "spot")], ids=["of the product", "of all products"])
def test_until_the_links_of_both_legs_were_up_nobody_can_trade(views, place):
    links = OrderLinks(views)
    views.ready[place] = False
    assert links.component() == {"status": "unhealthy", "detail": f"down: {':'.join(place)}:main"}
    views.ready[place] = True
    assert links.component() == {"status": "healthy"}


def test_a_link_that_is_lost_later_is_degraded(views):
    links = OrderLinks(views)
    links.component()
    views.ready["binance", "spot"] = False
    assert links.component() == {"status": "degraded", "detail": "down: binance:spot:main"}


def test_a_link_that_no_enabled_pair_needs_is_not_waited_for(views):
    views.ready["binance", "linear"] = False
    assert OrderLinks(views).component() == {"status": "healthy"}
    views.ready["binance", "spot"] = False
    views.enabled = False
    assert OrderLinks(views).component() == {"status": "healthy"}


def test_an_account_without_a_key_has_no_order_link_to_wait_for(views):
    views.ready["bybit", "spot"] = False
    views.bare.add("bybit")
    assert OrderLinks(views).component() == {"status": "healthy"}
