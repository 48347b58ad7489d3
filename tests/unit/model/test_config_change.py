"""Which keys count at once, which need a restart, and why."""

import pytest

from tidegate.model.config import Config
from tidegate.model.config_change import LIVE, differing, merged, why_not
from tidegate.model.config_text import parse_config

BEFORE = "api:\n  readsPerSecond: 10\nlog:\n  level: info\nport: 7001\n"


def config(text: str) -> Config:
    return parse_config(text, {})


def test_what_is_the_same_differs_in_nothing() -> None:
    assert differing(config(BEFORE), config(BEFORE)) == {}


CHANGES = {
    "log level": ("log:\n  level: debug\n", {("log", "level"): "log.level"}),
    "origins": ('api:\n  origins: ["https://desk.example"]\n', {("api", "origins"): "api.origins"}),
    "rates": (
        "api:\n  readsPerSecond: 5\n  changesPerSecond: 6\n  socketsPerUser: 7\n",
        {
            ("api", "reads_per_second"): "api.readsPerSecond",
            ("api", "changes_per_second"): "api.changesPerSecond",
            ("api", "sockets_per_user"): "api.socketsPerUser",
        },
    ),
    "port": ("port: 7005\n", {("port",): "port"}),
    "policy": (
        "policy:\n  maxAttempts: 5\n  journal:\n    twap: group\n",
        {("policy", "max_attempts"): "policy.maxAttempts", ("policy", "journal", "twap"): "policy.journal.twap"},
    ),
    "a venue": ("venues:\n  okx: {}\n", {("venues", "okx", "enabled"): "venues.okx.enabled"}),
    "tls": ("tls:\n  certFile: a\n  keyFile: b\n", {("tls",): "tls"}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_differs_is_named_as_in_the_file(case: str) -> None:
    text, expected = CHANGES[case]
    assert differing(config(""), config(text)) == expected


def test_only_live_keys_are_taken_over() -> None:
    wanted = config("api:\n  readsPerSecond: 99\nlog:\n  level: debug\nport: 7009\npolicy:\n  maxAttempts: 9\n")
    found = merged(config(BEFORE), wanted)
    assert (found.api.reads_per_second, found.log.level) == (99, "debug")
    assert (found.port, found.policy.max_attempts) == (7001, 3)
    assert set(differing(found, wanted)) == {("port",), ("policy", "max_attempts")}


def test_every_live_key_is_one_of_the_configuration() -> None:
    for section, name in LIVE:
        assert name in type(getattr(config(""), section)).model_fields


def test_the_reason_says_where_it_is_changed_instead() -> None:
    assert "PUT /api/risk/limits" in why_not("limits")
    assert why_not("policy.maxAttempts") == "counts from the next start on"
