"""Asking the running server over the socket in its data directory: without a login, hence never locked out."""

import json
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from tidegate.model.errors import Code, Json, TidegateError, code_of
from tidegate.store.local_socket import LocalSocket
from tidegate.store.state import DataDirectory

WAIT_S: Final = 35.0
"""Longer than the server takes for any answer."""
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024


def ask(home: Path, method: str, path: str, body: Json = None) -> Json:
    """The `data` of the answer. Raises TidegateError: the server's own refusal, or that none is running."""
    connection = _Connection(DataDirectory(home).local_socket)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = json.loads(connection.getresponse().read(ANSWER_BYTES_MAX))
    except (OSError, HTTPException, ValueError):
        raise TidegateError(
            Code.EXCHANGE_UNAVAILABLE, f"no server is running on {home}, so nothing trades; start it with: tidegate run"
        ) from None
    finally:
        connection.close()
    return _data(answer)


def _data(answer: Json) -> Json:
    if isinstance(answer, dict) and answer.get("success") is True:
        return answer.get("data")
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        raise TidegateError(Code.UPSTREAM_ERROR, "the socket in the data directory is not a Tidegate server's")
    raise TidegateError(code_of(str(error.get("code"))), str(error.get("message")))


class _Connection(HTTPConnection):
    def __init__(self, place: LocalSocket) -> None:
        super().__init__("local", timeout=WAIT_S)
        self._place = place

    def connect(self) -> None:
        """Opens the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        with self._place.short() as name:
            self.sock.connect(name)
