"""What can keep a process from starting is one clear line and a stable exit code."""

import resource
import socket
import stat

import pytest
from tests.e2e.harness import Node, Process, running

pytestmark = pytest.mark.xdist_group("e2e")


def one_line(node):
    """The error line; nothing of a traceback may be seen."""
    text = "\n".join([*node.out, *node.err])
    assert "Traceback" not in text
    return text


def test_an_unknown_key_is_named_with_its_neighbour(tmp_path):
    with running(Node(tmp_path, config="prot: 1\n")) as node:
        assert node.ended() == 3
        assert "prot: unknown key; did you mean 'port'?" in one_line(node)


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with running(Node(tmp_path, port=taken.getsockname()[1])) as node:
            assert node.ended() == 1
            assert "Address already in use" in one_line(node)
            assert "--port" in one_line(node)


def test_profile_live_without_keys_is_refused_with_its_doubts(tmp_path):
    with running(Process(["run", "--profile", "live"], tmp_path)) as process:
        assert process.ended() == 3
        assert "profile live" in one_line(process)


def test_a_data_directory_that_can_not_be_written_is_one_line(tmp_path):
    # Below a file there is no directory to write, not even for root.
    (tmp_path / "file").write_text("")
    with running(Node(tmp_path, env={"TIDEGATE_HOME": str(tmp_path / "file" / "home")})) as node:
        assert node.ended() == 1
        assert "cannot write" in one_line(node)


def test_a_second_process_on_the_same_data_is_refused(tmp_path):
    with running(Node(tmp_path)) as first:
        first.ready()
        with running(Node(tmp_path)) as second:
            assert second.ended() == 1
            assert "is in use by process" in one_line(second)
        assert first.health()[0] == 200


def test_a_disk_that_is_full_from_the_beginning_is_one_line(tmp_path):
    def no_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    with running(Node(tmp_path, preexec=no_files)) as node:
        assert node.ended() == 1
        assert any(word in one_line(node) for word in ("File too large", "disk is full", "No space"))


def test_an_orderly_stop_ends_with_0(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        assert node.stop() == 0
        assert node.log("core_failed") == []


def test_what_is_written_is_its_owners_alone(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    with running(Node(tmp_path, env={"TIDEGATE_HOME": str(home)})) as node:
        node.ready()
        files = [path for path in home.rglob("*") if path.is_file()]
        open_to_others = [path.name for path in files if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    assert len(files) > 3
    assert open_to_others == []
