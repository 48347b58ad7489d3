"""Generated requests as each role against the real service; `python -m tests.e2e.fuzz` makes as many as one likes."""

import pytest
from tests.e2e.fuzz import ROLES, Fuzz
from tests.e2e.harness import Node, running

pytestmark = pytest.mark.xdist_group("e2e")

CASES = 500


@pytest.mark.parametrize("role", ROLES)
def test_no_generated_request_finds_a_bug_or_breaks_the_document(tmp_path, role):
    with running(Node(tmp_path)) as node:
        node.ready()
        done = Fuzz(node, role, CASES, 1).run()
        assert done.failures == []
        assert sum(done.statuses.values()) >= CASES
        assert done.statuses[200] > CASES // 10
        assert node.log("request_failed") == []
