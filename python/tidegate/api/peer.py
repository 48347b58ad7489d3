"""Where a request comes from: the address behind the proxies that the configuration trusts, or the local socket."""

import os
import socket
import struct
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from aiohttp import web

from tidegate.model.access import Peer

Network = IPv4Network | IPv6Network
AGENT_CHARS_MAX: Final = 256
_CREDENTIALS: Final = struct.Struct("3i")
"""Process, user and group of the other end."""


def peer_of(request: web.Request, trusted: Sequence[Network]) -> Peer:
    """`trusted`: networks of proxies, whose word in X-Forwarded-For counts; anybody else's is not looked at."""
    address = request.remote or ""
    if trusted and _within(address, trusted):
        hops = [hop.strip() for line in request.headers.getall("X-Forwarded-For", ()) for hop in line.split(",")]
        # From the right: what our own proxies added. The first that is none of them is who came.
        address = next((hop for hop in reversed(hops) if not _within(hop, trusted)), address)
    return Peer(_writable(address[:64]), _writable(request.headers.get("User-Agent", "")[:AGENT_CHARS_MAX]))


def local_uid(request: web.Request) -> int | None:
    """The user at the other end of the local socket, when it is the one whom this process runs as, or root."""
    transport = request.transport
    connection = transport.get_extra_info("socket") if transport is not None else None
    if connection is None or connection.family != socket.AF_UNIX:
        return None
    if not hasattr(socket, "SO_PEERCRED"):
        return os.getuid()  # the socket's mode has let in nobody else
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid = int(_CREDENTIALS.unpack(packed)[1])
    return uid if uid in {0, os.getuid()} else None


def _writable(text: str) -> str:
    """A header's bytes that are no UTF-8 arrive as half surrogates, which no table and no log takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in networks)
