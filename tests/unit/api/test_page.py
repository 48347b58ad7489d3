"""The page: self-contained, and strict enough for its own content security policy."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.unit.api.doubles import World

from tidegate.api import page
from tidegate.api.guard import SECURITY_HEADERS, on_prepare
from tidegate.api.services import SERVICES

STATIC = Path(page.__file__).with_name("static")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The packaged files without the built interface, whatever was built here."""
    for name in ("index.html", "app.js", "app.css", "icon.svg"):
        (tmp_path / name).write_bytes((STATIC / name).read_bytes())
    return tmp_path


@pytest.fixture
def built(plain: Path) -> Path:
    (plain / "ui" / "assets").mkdir(parents=True)
    (plain / "ui" / "index.html").write_text('<meta name="csp-nonce" content="%NONCE%"><script src="/assets/app-1.js">')
    (plain / "ui" / "assets" / "app-1.js").write_text("let long = 1;\n" * 100)
    return plain


@pytest.fixture
async def site(request: pytest.FixtureRequest) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    app[SERVICES] = World().services()
    app.on_response_prepare.append(on_prepare)
    page.add_page(app.router, request.getfixturevalue(request.param))
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client


Site = TestClient[web.Request, web.Application]


@pytest.mark.parametrize("site", ["built"], indirect=True)
async def test_each_load_of_the_interface_has_its_own_style_nonce_and_scripts_have_none(site: Site) -> None:
    nonces = set()
    for path in page.PAGES:
        answer = await site.get(path)
        policy = answer.headers["Content-Security-Policy"]
        (nonce,) = re.findall(r"style-src 'self' 'nonce-([\w-]{24})'", policy)
        assert f'content="{nonce}"' in await answer.text()
        assert policy.replace(f" 'nonce-{nonce}'", "") == SECURITY_HEADERS["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == len(page.PAGES)


@pytest.mark.parametrize("site", ["built"], indirect=True)
async def test_named_by_their_content_files_may_be_kept_and_travel_packed(site: Site) -> None:
    packed = await site.get("/assets/app-1.js", headers={"Accept-Encoding": "gzip, br"})
    raw = await site.get("/assets/app-1.js", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(await packed.read()) == await raw.read()
    assert (packed.headers["Content-Encoding"], raw.headers.get("Content-Encoding")) == ("gzip", None)
    assert "immutable" in raw.headers["Cache-Control"]


@pytest.mark.parametrize("site", ["plain"], indirect=True)
async def test_without_the_interface_the_plain_page_says_how_to_get_it(site: Site) -> None:
    answer = await site.get("/", headers={"Accept-Encoding": "identity"})
    assert "make run" in await answer.text()
    assert "nonce" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/assets/app.js", "text/javascript"),
        ("/assets/app.css", "text/css"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ],
)
async def test_each_file_has_its_type_and_is_not_sent_twice(
    path: str, kind: str, anyone: aiohttp.ClientSession
) -> None:
    async with anyone.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        tag = answer.headers["ETag"]
    async with anyone.get(path, headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("site", ["plain"], indirect=True)
async def test_the_page_names_only_files_that_are_served(site: Site) -> None:
    answer = await site.get("/", headers={"Accept-Encoding": "identity"})
    names = re.findall(r'(?:src|href)="([^"]+)"', await answer.text())
    assert names
    for name in names:
        assert (await site.get(name)).status == 200, name


def test_the_plain_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    html, code, css = ((STATIC / name).read_text() for name in ("index.html", "app.js", "app.css"))
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", html)
    assert "://" not in html
    assert "@import" not in css
    assert "url(" not in css
    assert "innerHTML" not in code
    assert "eval(" not in code


@pytest.mark.parametrize("path", ["/assets/", "/assets/../app.py", "/assets/app.py", "/static/app.js"])
async def test_nothing_else_is_served(path: str, anyone: aiohttp.ClientSession) -> None:
    async with anyone.get(path) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "NOT_FOUND")
