"""What may go wrong behind the wire, as the few words that the trading process knows. One table.

In doubt the outcome is unknown: an order that may live is never said to be refused.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

MESSAGE_MAX: Final = 160
_QUERY: Final = re.compile(r"\?\S+")
"""Of an address: ccxt names the one that failed, and some exchanges sign there."""


class Word(IntEnum):
    """The codes of the wire; `core-rs/src/venues/bridge.rs` gives each its class."""

    OUTCOME_UNKNOWN = 1
    INSUFFICIENT_FUNDS = 2
    FILTER = 3
    POST_ONLY_WOULD_TAKE = 4
    DUPLICATE_CLIENT_ID = 5
    UNKNOWN_ORDER = 6
    UNKNOWN_SYMBOL = 7
    ALREADY_DONE = 8
    TIMESTAMP = 9
    AUTH = 10
    RATE_LIMITED = 11
    MAINTENANCE = 12
    OTHER = 13


STATUS: Final[Mapping[Word, int]] = {
    Word.OUTCOME_UNKNOWN: 503,
    Word.UNKNOWN_ORDER: 404,
    Word.UNKNOWN_SYMBOL: 404,
    Word.AUTH: 401,
    Word.RATE_LIMITED: 429,
}
"""HTTP statuses; any other refusal is a 400. A status of 500 and above proves nothing, whatever the body says."""


class RefusalError(Exception):
    """A request that was refused, or of which nobody knows whether it was. `why` is for people."""

    def __init__(self, word: Word, why: str) -> None:
        super().__init__(_QUERY.sub("?..", f"{word.name}: {why}")[:MESSAGE_MAX])
        self.word = word


class LateError(Exception):
    """The order came too late to be sent."""


class SentTwiceError(Exception):
    """One order was about to be sent a second time."""


MEANINGS: Final[Mapping[str, Word]] = {
    # ours, before anything was sent
    "LateError": Word.TIMESTAMP,
    # of ccxt/base/errors.py: the most special class that is listed decides
    "InsufficientFunds": Word.INSUFFICIENT_FUNDS,
    "OrderNotFound": Word.UNKNOWN_ORDER,
    "OrderImmediatelyFillable": Word.POST_ONLY_WOULD_TAKE,
    "DuplicateOrderId": Word.DUPLICATE_CLIENT_ID,
    "InvalidOrder": Word.FILTER,
    "BadSymbol": Word.UNKNOWN_SYMBOL,
    "MarketClosed": Word.MAINTENANCE,
    "OnMaintenance": Word.MAINTENANCE,
    "AuthenticationError": Word.AUTH,
    "InvalidNonce": Word.TIMESTAMP,
    "RateLimitExceeded": Word.RATE_LIMITED,
    "DDoSProtection": Word.RATE_LIMITED,
    "ArgumentsRequired": Word.FILTER,
    "NotSupported": Word.OTHER,
}
"""By the exception's class, by name: ccxt need not be there to be understood. What is not listed (RequestTimeout,
ExchangeNotAvailable, NetworkError, BadResponse, a bare ExchangeError, anything else) leaves the outcome unknown."""


def word_of(error: BaseException) -> Word:
    """What an exception of ccxt means for a request that may have been sent."""
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((MEANINGS[name] for name in names if name in MEANINGS), Word.OUTCOME_UNKNOWN)


def refusal(error: BaseException, *, sent: bool = True) -> RefusalError:
    """The same as a refusal. sent: False where nothing can have left this process; then nothing is unknown."""
    if isinstance(error, RefusalError):
        return error
    word = word_of(error)
    if word is Word.OUTCOME_UNKNOWN and not sent:
        word = Word.OTHER
    # What an exchange says of a key may repeat it.
    said = "the exchange refuses the bridge's key, or what it may do" if word is Word.AUTH else str(error)
    return RefusalError(word, f"{type(error).__name__} {said}")
