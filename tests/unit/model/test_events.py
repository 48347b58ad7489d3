"""Topics: each kind says whether a slow reader may skip to the newest."""

import pytest

from tidegate.model.events import CONFLATED, TopicKind, kind_of


def test_every_kind_of_topic_has_a_conflation_rule() -> None:
    assert set(CONFLATED) == set(TopicKind)


@pytest.mark.parametrize("kind", [TopicKind.ORDERS, TopicKind.PLANS, TopicKind.TWAP, TopicKind.ALERTS])
def test_what_tells_of_money_is_never_conflated(kind: TopicKind) -> None:
    assert not CONFLATED[kind]


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("prices:binance:spot:BTCUSDT", TopicKind.PRICES),
        ("pairs:x_y_btc", TopicKind.PAIRS),
        ("orders", TopicKind.ORDERS),
    ],
)
def test_a_topic_names_its_kind_first(topic: str, kind: TopicKind) -> None:
    assert kind_of(topic) is kind


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="secrets"):
        kind_of("secrets:all")
