"""The running service reads its file anew: what can count at once does, the rest is named, a wrong file is refused."""

import signal

import pytest
from tests.e2e.harness import Node, running, until

pytestmark = pytest.mark.xdist_group("e2e")


def test_an_edited_file_counts_without_a_restart(tmp_path):
    with running(Node(tmp_path, config="api:\n  readsPerSecond: 500\n")) as node:
        node.ready()
        file = tmp_path / "tidegate.yaml"
        file.write_text("api:\n  readsPerSecond: 1\n  changesPerSecond: 0\n")
        status, error = node.call("POST", "/api/system/reload", {})
        assert (status, error["code"]) == (400, "VALIDATION_ERROR")
        assert "api.changesPerSecond" in error["message"]
        assert [node.call("GET", "/api/risk/limits")[0] for _ in range(5)] == [200] * 5

        file.write_text("api:\n  readsPerSecond: 1\nlog:\n  level: warning\npolicy:\n  maxAttempts: 4\n")
        node.child.send_signal(signal.SIGHUP)
        until(lambda: 429 in [node.call("GET", "/api/risk/limits")[0] for _ in range(5)], "the new rate")
        status, done = node.call("POST", "/api/system/reload", {})
        assert (status, done["applied"]) == (200, [])
        assert done["restartNeeded"] == {"policy.maxAttempts": "counts from the next start on"}
        assert node.alive
