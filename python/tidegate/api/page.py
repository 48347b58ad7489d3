"""The pages: the built interface when the package carries it, else the plain page that needs no build.

Files are read once. Those of the interface have their content's hash in their names, so browsers may keep them.
"""

import gzip
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from aiohttp import web

from tidegate.api.guard import STYLE_NONCE

PAGES: Final = ("/", "/login", "/arbitrage", "/twap", "/orders", "/risk", "/settings", "/log")
NONCE_PLACE: Final = b"%NONCE%"
"""Stands in the built index; the interface makes its styles at run time and names this nonce on each."""

_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_KEEP: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Asset:
    """`packed`: the body as gzip, where that is smaller."""

    body: bytes
    packed: bytes | None
    content_type: str
    tag: str


def add_page(router: web.UrlDispatcher, files: Traversable | None = None) -> None:
    """The pages and their files; all public, as a login form has to be. `files`: a folder like `api/static`."""
    static = files or resources.files("tidegate.api").joinpath("static")
    built = static.joinpath("ui")
    whole = built.joinpath("index.html").is_file()
    index = _index(built.joinpath("index.html").read_bytes()) if whole else _serve(_load(static, "index.html"))
    for path in PAGES:
        router.add_get(path, index)
    for name in ("app.js", "app.css", "icon.svg"):
        router.add_get(f"/assets/{name}", _serve(_load(static, name)))
    router.add_get("/favicon.ico", _serve(_load(static, "icon.svg")))
    if whole:
        hashed = built.joinpath("assets")
        for file in sorted(hashed.iterdir(), key=lambda found: found.name):
            router.add_get(f"/assets/{file.name}", _serve(_load(hashed, file.name), _KEEP))


def _load(folder: Traversable, name: str) -> Asset:
    body = folder.joinpath(name).read_bytes()
    packed = gzip.compress(body, mtime=0)
    tag = hashlib.sha256(body).hexdigest()[:24]
    return Asset(body, packed if len(packed) < len(body) else None, _TYPES[name[name.rindex(".") :]], f'"{tag}"')


def _serve(asset: Asset, keep: str = _ASK_AGAIN) -> Handler:
    headers = {"ETag": asset.tag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
    charset = None if asset.content_type.startswith("image/") else "utf-8"

    async def serve(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == asset.tag:
            return web.Response(status=304, headers=headers)
        body, sent = asset.body, headers
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, sent = asset.packed, {**headers, "Content-Encoding": "gzip"}
        return web.Response(body=body, content_type=asset.content_type, charset=charset, headers=sent)

    return serve


def _index(document: bytes) -> Handler:
    """The interface's one document, with a fresh nonce in it and in its policy."""

    async def serve(_request: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(18)
        body = document.replace(NONCE_PLACE, nonce.encode())
        response = web.Response(body=body, content_type="text/html", charset="utf-8")
        response[STYLE_NONCE] = nonce
        return response

    return serve
