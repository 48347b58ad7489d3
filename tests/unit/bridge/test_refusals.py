"""In doubt an outcome is unknown; a refusal is one only where the exchange said so."""

import re
from pathlib import Path

import pytest
from tests.unit.bridge import doubles

from tidegate.bridge.exchange import INSTALL
from tidegate.bridge.refusals import MESSAGE_MAX, LateError, RefusalError, SentTwiceError, Word, refusal, word_of


class Special(doubles.InsufficientFunds):
    """A class of one exchange that nobody has listed."""


CASES = {
    "no money": (doubles.InsufficientFunds(), Word.INSUFFICIENT_FUNDS),
    "a special case of it": (Special(), Word.INSUFFICIENT_FUNDS),
    "no such order, which is an invalid one too": (doubles.OrderNotFound(), Word.UNKNOWN_ORDER),
    "invalid": (doubles.InvalidOrder(), Word.FILTER),
    "rate": (doubles.RateLimitExceeded(), Word.RATE_LIMITED),
    "no answer": (doubles.RequestTimeout(), Word.OUTCOME_UNKNOWN),
    "network": (doubles.NetworkError(), Word.OUTCOME_UNKNOWN),
    "an error that ccxt has no class for": (doubles.ExchangeError("code 42"), Word.OUTCOME_UNKNOWN),
    "a bug": (ZeroDivisionError(), Word.OUTCOME_UNKNOWN),
    "about to leave twice": (SentTwiceError(), Word.OUTCOME_UNKNOWN),
    "too late": (LateError(), Word.TIMESTAMP),
}


@pytest.mark.parametrize(("error", "word"), CASES.values(), ids=CASES.keys())
def test_an_exception_means_what_its_most_special_listed_class_means(error: Exception, word: Word) -> None:
    assert word_of(error) is word


def test_what_never_left_is_refused_and_not_unknown() -> None:
    assert refusal(doubles.NetworkError(), sent=False).word is Word.OTHER
    assert refusal(doubles.NetworkError(), sent=True).word is Word.OUTCOME_UNKNOWN
    known = RefusalError(Word.FILTER, "no")
    assert refusal(known) is known


def test_a_message_is_short_and_names_no_signed_address() -> None:
    error = doubles.RequestTimeout("binance GET https://a.example/api/v3/order?symbol=X&signature=0123 " + "x" * 500)
    text = str(refusal(error))
    assert text.startswith("OUTCOME_UNKNOWN: RequestTimeout binance GET https://a.example/api/v3/order?.. x")
    assert "signature" not in text
    assert len(text) == MESSAGE_MAX


def test_what_an_exchange_says_of_a_key_is_not_repeated() -> None:
    class AuthenticationError(doubles.ExchangeError):
        pass

    refused = refusal(AuthenticationError("Invalid API key: k3y"))
    assert (refused.word, "k3y" in str(refused)) == (Word.AUTH, False)


def test_without_ccxt_the_way_to_install_it_is_told() -> None:
    assert 'pip install "tidegate[ccxt]"' in INSTALL


def test_both_halves_give_the_codes_the_same_meaning() -> None:
    codec = (Path(__file__).parents[3] / "core-rs" / "src" / "venues" / "bridge.rs").read_text()
    rows = re.findall(r"\((\w+), \"\", &\[(\d+)\]\)", codec)
    theirs = {int(code): re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() for name, code in rows}
    # What the codec has no row for is other.
    assert theirs == {int(word): word.name for word in Word if word is not Word.OTHER}
