"""Pages of other servers: refused what changes anything, unless the configuration names them."""

import aiohttp
import pytest
from tests.unit.api.doubles import World

from tidegate.model.config import ApiConfig, Config

DESK = "https://desk.example"


@pytest.fixture
def world() -> World:
    return World(config=Config(api=ApiConfig.model_validate({"origins": [DESK]})))


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("own", 200),
        (DESK, 200),
        ("null", 403),
        ("https://desk.example.evil.test", 403),
        ("http://desk.example", 403),
        ("https://evil.test", 403),
        ("http://127.0.0.1", 403),
        ("http://[", 403),
    ],
)
@pytest.mark.parametrize("path", ["/api/auth/login", "/api/risk/kill"])
async def test_only_own_and_listed_pages_change_anything(
    origin: str | None, status: int, path: str, admin: aiohttp.ClientSession, base: str
) -> None:
    headers = {} if origin is None else {"Origin": base if origin == "own" else origin}
    body = {"username": "admin", "password": "right"} if path.endswith("login") else {"reason": "test"}
    async with admin.post(path, json=body, headers=headers) as answer:
        assert answer.status == status
        told = answer.headers.get("Access-Control-Allow-Origin")
        assert told == (DESK if origin == DESK else None)


@pytest.mark.parametrize(("origin", "status"), [(DESK, 204), ("https://evil.test", 401)])
async def test_a_browser_asks_before(origin: str, status: int, anyone: aiohttp.ClientSession) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    async with anyone.options("/api/risk/limits", headers=headers) as answer:
        assert answer.status == status
        assert ("PUT" in answer.headers.get("Access-Control-Allow-Methods", "")) is (origin == DESK)
        assert "Access-Control-Allow-Credentials" not in answer.headers
