"""The page at `/`: packaged files, read once, served with an entity tag."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import resources
from typing import Final

from aiohttp import web

_TYPES: Final = {
    "index.html": "text/html",
    "app.js": "text/javascript",
    "app.css": "text/css",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    content_type: str
    tag: str


def add_page(router: web.UrlDispatcher) -> None:
    """`/`, `/login` and `/assets/*`; all public, as a login form has to be."""
    assets = {name: _load(name, kind) for name, kind in _TYPES.items()}
    for path in ("/", "/login"):
        router.add_get(path, _serve(assets["index.html"]))
    for name in _TYPES.keys() - {"index.html"}:
        router.add_get(f"/assets/{name}", _serve(assets[name]))
    router.add_get("/favicon.ico", _serve(assets["icon.svg"]))


def _load(name: str, content_type: str) -> Asset:
    body = resources.files("tidegate.api").joinpath("static", name).read_bytes()
    return Asset(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:24]}"')


def _serve(asset: Asset) -> Callable[[web.Request], Awaitable[web.Response]]:
    headers = {"ETag": asset.tag, "Cache-Control": "no-cache"}

    async def serve(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == asset.tag:
            return web.Response(status=304, headers=headers)
        charset = None if asset.content_type.startswith("image/") else "utf-8"
        return web.Response(body=asset.body, content_type=asset.content_type, charset=charset, headers=headers)

    return serve
