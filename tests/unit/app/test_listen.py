"""Where it may be reached."""

import socket
from pathlib import Path

import pytest

from tidegate.app.listen import check_exposure, listen, local_listener, tls_context
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.store.state import DataDirectory

PROXY = {"proxy": {"trusted": ["10.0.0.1"]}}
TLS = {"tls": {"certFile": "cert.pem", "keyFile": "key.pem"}}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_nothing(host: str) -> None:
    check_exposure(Config.model_validate({"host": host}))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "desk.example", "2001:db8::1"])  # noqa: S104
def test_the_outside_needs_tls_or_a_proxy_that_the_owner_names(host: str) -> None:
    with pytest.raises(TidegateError, match="without TLS") as caught:
        listen(Config.model_validate({"host": host}))
    assert caught.value.code is Code.CONFIG_ERROR
    for given in (PROXY, TLS):
        check_exposure(Config.model_validate({"host": host} | given))


def test_files_that_are_no_certificate_are_one_clear_line(tmp_path: Path) -> None:
    for content in (None, "no certificate"):
        paths = {"certFile": str(tmp_path / "c.pem"), "keyFile": str(tmp_path / "k.pem")}
        if content is not None:
            (tmp_path / "c.pem").write_text(content)
            (tmp_path / "k.pem").write_text(content)
        with pytest.raises(TidegateError, match="certFile and keyFile") as caught:
            tls_context(Config.model_validate({"tls": paths}))
        assert caught.value.code is Code.CONFIG_ERROR
    assert tls_context(Config()) is None


@pytest.mark.parametrize("depth", [1, 12], ids=["short path", "path longer than a socket address"])
def test_the_local_socket_is_its_owners_alone_and_gone_afterwards(tmp_path: Path, depth: int) -> None:
    home = tmp_path.joinpath(*["a-long-directory"] * depth)
    home.mkdir(parents=True)
    path = DataDirectory(home).local_socket.path
    path.touch()  # what a killed process leaves
    with local_listener(Config(home=home)) as listener:
        assert listener is not None
        assert path.stat().st_mode & 0o777 == 0o600
        client = socket.socket(socket.AF_UNIX)
        with DataDirectory(home).local_socket.short() as name:
            client.connect(name)
        client.close()
    assert not path.exists()


def test_a_directory_that_can_not_hold_a_socket_does_not_stop_the_start(tmp_path: Path) -> None:
    with local_listener(Config(home=tmp_path / "missing")) as listener:
        assert listener is None
