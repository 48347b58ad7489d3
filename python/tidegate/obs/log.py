"""JSON lines on standard error, one per event: `event`, `level`, `ts`, and the facts given.

Common facts: exchange, pair_id, symbol, latency_ms, success, error_code; `simulated: true` in profile sim,
`mode: PAPER` in profile paper.
"""

import json
import logging
import sys
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from tidegate.obs.sink import LineSink, to_stream

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_sink: LineSink | None = None


def configure(level: str, *, simulated: bool, paper: bool = False, stream: TextIO | None = None) -> None:
    """Sets the process's one log sink. Lines of other libraries (warnings and worse) take the same form."""
    number = _LEVELS[level]
    out = stream if stream is not None else sys.stderr
    global _sink  # noqa: PLW0603  # the process has one log
    _sink = sink = LineSink(to_stream(out))
    mark = _simulated if simulated else _paper if paper else _pass
    shared = [structlog.processors.add_log_level, _stamp, mark]
    structlog.configure(
        processors=[*shared, _message_last, structlog.processors.format_exc_info, _render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(max(number, logging.WARNING))


def set_level(level: str) -> None:
    """Another level from now on."""
    number = _LEVELS[level]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(number))
    logging.getLogger().setLevel(max(number, logging.WARNING))


def flush() -> None:
    """Waits a moment until the lines so far are written."""
    if _sink is not None:
        _sink.flush()


def get(room: str) -> FilteringBoundLogger:
    """The logger of one room (`transport`, `engine`, ...). Bound late, so that it may be taken before `configure`."""
    logger: FilteringBoundLogger = structlog.get_logger(room=room)
    return logger


class _Foreign(logging.Handler):
    """Hands the standard library's records to our sink."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"room": record.name, "exc_info": record.exc_info} if record.exc_info else {"room": record.name}
        structlog.get_logger().log(record.levelno, record.getMessage(), **facts)


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["ts"] = structlog.processors.TimeStamper(fmt="iso", utc=True)(_logger, _method, {})["timestamp"]
    return event


def _simulated(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["simulated"] = True
    return event


def _paper(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["mode"] = "PAPER"
    return event


def _pass(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return event


def _message_last(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {key: event[key] for key in ("ts", "level", "event") if key in event}
    return {**first, **event}


def _render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except orjson.JSONEncodeError:  # half a surrogate, or a number too large: a stranger's text that we only report
        return json.dumps(event, default=str)
