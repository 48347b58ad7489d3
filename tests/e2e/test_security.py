"""The whole service: the owner keeps his hand on the switch, whoever guesses at the door."""

import re

import pytest
from tests.e2e.harness import Node, running

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
