"""The page: self-contained, and strict enough for its own content security policy."""

import re

import aiohttp
import pytest


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/login", "text/html"),
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


async def test_the_page_names_only_files_that_are_served(anyone: aiohttp.ClientSession) -> None:
    async with anyone.get("/") as answer:
        page = await answer.text()
    names = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert names
    for name in names:
        async with anyone.get(name) as file:
            assert file.status == 200, name


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(anyone: aiohttp.ClientSession) -> None:
    async with anyone.get("/") as page, anyone.get("/assets/app.js") as script, anyone.get("/assets/app.css") as style:
        html, code, css = await page.text(), await script.text(), await style.text()
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
