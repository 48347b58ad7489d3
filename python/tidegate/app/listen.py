"""Where the HTTP face is reached: the port, and a socket in the data directory for whoever owns this process."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Final

from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.store.state import DataDirectory

BACKLOG: Final = 256

_log = log.get("app")


def check_exposure(config: Config) -> None:
    """Refuses to be reached from outside in clear text. Raises TidegateError CONFIG_ERROR."""
    if _is_loopback(config.host) or config.tls is not None or config.proxy is not None:
        return
    raise TidegateError(
        Code.CONFIG_ERROR,
        f"host {config.host} is reachable from outside, and without TLS passwords and tokens could be read on the way: "
        "set tls.certFile and tls.keyFile, or proxy.trusted when a proxy in front ends TLS, or host: 127.0.0.1",
    )


def tls_context(config: Config) -> ssl.SSLContext | None:
    """None without TLS. Raises TidegateError CONFIG_ERROR for files that can not be used."""
    if config.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.tls.cert_file.expanduser(), config.tls.key_file.expanduser())
    except (OSError, ssl.SSLError) as failure:
        reason = failure.strerror or failure
        raise TidegateError(Code.CONFIG_ERROR, f"tls: certFile and keyFile can not be used: {reason}") from None
    return context


def listen(config: Config) -> socket.socket:
    """Takes the port before anything else is touched. Raises TidegateError when it is in use."""
    check_exposure(config)
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
        listener.listen(BACKLOG)
    except OSError as failure:
        listener.close()
        raise TidegateError(
            Code.CONFLICT,
            f"can not listen on {config.host}:{config.port}: {failure.strerror}; "
            "stop the program that uses it, or choose another port with --port",
        ) from None
    listener.setblocking(False)
    return listener


@contextmanager
def local_listener(config: Config) -> Iterator[socket.socket | None]:
    """The local socket, for this user alone; None where the data directory can not hold one. Gone at the end."""
    place = DataDirectory(config.home).local_socket
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            place.path.unlink(missing_ok=True)  # of a process that was killed: the directory's lock is ours
            with place.short() as name:
                listener.bind(name)
            place.path.chmod(0o600)
            listener.listen(BACKLOG)
            listener.setblocking(False)
        except OSError as failure:
            _log.warning("no_local_socket", path=str(place.path), error=failure.strerror, success=False)
            yield None
            return
        yield listener
        place.path.unlink(missing_ok=True)
    finally:
        listener.close()


def address_of(config: Config, listener: socket.socket) -> str:
    """What to open in a browser."""
    host, port = listener.getsockname()[:2]
    scheme = "http" if config.tls is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
