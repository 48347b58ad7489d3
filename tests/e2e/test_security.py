"""The whole service: the owner keeps his hand on the switch, whoever guesses at the door."""

import re
import urllib.request
from pathlib import Path

import pyotp
import pytest
from tests.e2e.harness import PASSWORD, Node, running

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture
def node(tmp_path):
    with running(Node(tmp_path)) as made:
        made.ready()
        yield made


def login(node, password):
    return node.request("POST", "/api/auth/login", {"username": "admin", "password": password})


def test_the_owner_stops_trading_and_gets_in_while_every_login_is_refused(node):
    for number in range(25):
        status, _ = login(node, f"guess {number}")
        assert status in (401, 429)
    assert login(node, "guess again")[0] == 429
    code, said = node.cli("kill", "--reason", "drill")
    assert code == 0, said
    code, said = node.cli("link")
    assert code == 0, said
    token = re.search(r"#login=(\S+)", said).group(1)
    status, answer = node.request("POST", "/api/auth/login", {"linkToken": token})
    assert status == 200, answer
    token = answer["data"]["accessToken"]
    assert node.request("GET", "/api/risk/metrics", token=token)[1]["data"]["latch"]["mode"] == "reduce_only"
    assert node.cli("reset-kill")[0] == 0
    assert node.request("GET", "/api/risk/metrics", token=token)[1]["data"]["latch"]["mode"] == "open"


def test_users_made_beside_the_running_service_log_in_and_are_shut_out_at_once(node):
    assert node.cli("users", "add", "anna", "--role", "viewer", given="a long enough one\n")[0] == 0
    status, answer = node.request("POST", "/api/auth/login", {"username": "anna", "password": "a long enough one"})
    assert status == 200, answer
    token = answer["data"]["accessToken"]
    assert node.request("GET", "/api/risk/limits", token=token)[0] == 200
    assert node.request("POST", "/api/risk/kill", {"reason": "no"}, token=token)[0] == 403
    user_id = answer["data"]["user"]["id"]
    assert node.call("DELETE", f"/api/users/{user_id}")[0] == 200
    assert node.request("GET", "/api/risk/limits", token=token)[0] == 401


def canaries(node):
    """A secret for every slot, each put through the running service; nothing may ever show one again."""
    found = {"password of the first user": PASSWORD}
    status, answer = node.request("POST", "/api/auth/login", {"username": "admin", "password": PASSWORD})
    assert status == 200, answer
    token = answer["data"]["accessToken"]
    found |= {"access token": token, "refresh token": answer["data"]["refreshToken"]}

    def call(method, path, body=None, expected=200):
        status, answer = node.request(method, path, body, token)
        assert status == expected, (path, status, answer)
        return answer.get("data") or answer["error"]

    found["password of a user"] = "canary-password-of-anna"
    call("POST", "/api/users", {"username": "anna", "role": "trader", "password": found["password of a user"]})
    found["venue key"], found["venue secret"] = "canary-venue-key-abcdef", "canary-venue-secret-abcdef"
    found["venue passphrase"] = "canary-venue-phrase-abcdef"
    body = {"apiKey": found["venue key"], "secret": found["venue secret"], "passphrase": found["venue passphrase"]}
    for venue in ("binance", "bybit"):
        call("PUT", "/api/settings/api", {venue: body}, 502)
    found["own key"] = call("POST", "/api/auth/keys", {"name": "robot", "scopes": ["read", "trade"]})["key"]
    assert node.request("GET", "/api/balance", token=found["own key"])[0] == 200
    found["ticket"] = call("POST", "/api/auth/ws-ticket")["ticket"]
    found["code's secret"] = call("POST", "/api/users/profile/totp")["secret"]
    call("PUT", "/api/users/profile/totp", {"code": pyotp.TOTP(found["code's secret"]).now()})
    found["wrong password"] = "canary-of-a-wrong-password"
    node.request("POST", "/api/auth/login", {"username": "admin", "password": found["wrong password"]})
    # Mistakes that quote what they were given: an unknown field, a body of the wrong kind.
    found["misplaced secret"] = "canary-in-the-wrong-place"
    call("PUT", "/api/settings/api", {"binance": {"apiSecret": found["misplaced secret"]}}, 400)
    call("POST", "/api/users", {"username": "otto", "password": [found["misplaced secret"]]}, 400)
    return token, found


def everything_said(node, token):
    """Every answer without a placeholder, metrics, audit log, command line: by the place where it was said."""
    paths = node.request("GET", "/api/openapi.json", token=token)[1]["paths"]
    plain = [path for path in paths if "{" not in path and path != "/metrics"]
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}/metrics") as answer:
        metrics = answer.read()
    exported = node.cli("audit", "export")[1]
    assert "PUT /api/settings/api" in exported
    return {
        "answers": "\n".join(str(node.request("GET", path, token=token)) for path in plain).encode(),
        "metrics": metrics,
        "audit log": exported.encode(),
        "command line": Path(f"/proc/{node.child.pid}/cmdline").read_bytes(),
    }


def test_no_secret_is_seen_again(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        token, found = canaries(node)
        places = everything_said(node, token)
        assert node.cli("audit", "verify")[0] == 0
        node.stop()
    places["log"] = "\n".join([*node.err, *node.out]).encode()
    outside = {"master.key", "token.key"}  # in use they lie elsewhere; here one directory is home and data
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in outside]
    places |= {str(path): path.read_bytes() for path in files}
    seen = [(slot, place) for slot, text in found.items() for place, raw in places.items() if text.encode() in raw]
    assert seen == []
    assert any(name.endswith(".journal") for name in places)
    assert any(name.endswith(".sqlite") for name in places)


def test_a_venues_key_is_tested_kept_and_sealed_anew(node):
    given = "simkey\nsimsecret\n"
    code, said = node.cli("keys", "set", "binance", given=given)
    assert code == 0, said
    assert node.cli("keys", "set", "bybit", given=given)[0] == 0
    assert "trade" in node.cli("keys", "test", "bybit")[1]
    kept = node.get("/api/settings/api")["binance"]["kept"]
    assert [key["account"] for key in kept] == ["main"]
    code, said = node.cli("keys", "reencrypt")
    assert code == 1, said
    assert "in use" in said
    node.stop()
    assert "2 secrets" in node.cli("keys", "reencrypt")[1]
    with running(Node(node.home)) as again:
        again.ready()
        assert again.get("/api/exchanges/bybit")["connected"] is True
