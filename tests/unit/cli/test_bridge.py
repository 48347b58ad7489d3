"""`tidegate bridge`: its options, and what is no exchange."""

from pathlib import Path

import pytest

from tidegate.cli.bridge import BridgeOptions, command
from tidegate.model.errors import Code, TidegateError


def test_the_options_are_handed_on() -> None:
    given: list[BridgeOptions] = []
    command(given.append)(exchange="kraken", port=7011, home=Path("~/x"), simulated=None)
    (options,) = given
    assert (options.exchange, options.port, options.simulated) == ("kraken", 7011, None)
    assert options.home == Path("~/x").expanduser()


@pytest.mark.parametrize("name", ["", "Kraken", "../x", "a b", "x" * 33, "кракен"])
def test_what_is_no_name_of_an_exchange_is_refused(name: str) -> None:
    with pytest.raises(TidegateError) as refused:
        command(lambda _: None)(exchange=name, port=0, home=Path(), simulated=None)
    assert refused.value.code is Code.VALIDATION_ERROR
