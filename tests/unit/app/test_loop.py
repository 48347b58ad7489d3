"""An event loop that is known to be bad is refused before anything is opened."""

import pytest

from tidegate.app.loop import check_loop
from tidegate.model.errors import Code, TidegateError


@pytest.mark.parametrize("version", ["0.22.1", "0.22.99", "0.9", "0"])
def test_an_old_loop_is_refused_and_says_where_it_comes_from(version: str) -> None:
    with pytest.raises(TidegateError, match="environment") as caught:
        check_loop(version)
    assert caught.value.code is Code.CONFIG_ERROR


@pytest.mark.parametrize("version", ["0.23.0", "0.23", "0.24.1.dev3", "1.0"])
def test_a_sound_loop_is_taken(version: str) -> None:
    check_loop(version)
