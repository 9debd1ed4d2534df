"""`vestnik server`."""

import signal
import socket
from pathlib import Path

import pytest

from tests.support.process import ServerProcess, vestnik


def refused(*arguments: str) -> list[str]:
    """Start a server that cannot start; what it says, without time stamps."""
    done = vestnik("server", "-a", "127.0.0.1", "-p", "0", "--lang", "en", *arguments)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return [line[24:] for line in done.stderr.splitlines()]


def test_start_and_stop(tmp_path: Path) -> None:
    """A server says where it is, journals its start, and ends with exit code 0 at SIGTERM."""
    server = ServerProcess(tmp_path, "--lang", "en", fresh=True)
    assert server.port > 0
    assert f"Server started at 127.0.0.1:{server.port}" in server.journal
    assert (tmp_path / "vestnik.lock").read_text() == str(server.pid)
    assert server.stop() == 0
    assert (tmp_path / "vestnik.lock").read_text() == ""
    assert oct((tmp_path / "log").stat().st_mode & 0o777) == "0o750"


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends it in good order."""
    server = ServerProcess(tmp_path)
    server.signal(signal.SIGINT)
    assert server.wait() == 0


def test_after_a_crash(tmp_path: Path) -> None:
    """After a crash the next start says so and works."""
    crashed = ServerProcess(tmp_path)
    crashed.kill()
    with ServerProcess(tmp_path, "--lang", "en") as server:
        assert server.port > 0
        assert f"The previous run (process {crashed.pid}) did not end properly" in server.journal


def test_second_server(tmp_path: Path) -> None:
    """A second server on the same data is refused and names the first; on the same port it names the address."""
    with ServerProcess(tmp_path / "one") as server:
        (line,) = refused("--data", str(tmp_path / "one"))
        assert line.startswith("CRITICAL server     Error! Another server")
        assert f"(process {server.pid})" in line
        (line,) = refused("--data", str(tmp_path / "two"), "-p", str(server.port))
        assert line == f"CRITICAL server     Error! Address 127.0.0.1:{server.port} is already in use"


def test_bad_surroundings(tmp_path: Path) -> None:
    """Settings, data and directories that cannot be used are one CRITICAL line each, and exit code 1."""
    (tmp_path / "bad.toml").write_text("[limits]\nnmae = 1")
    data = ("--data", str(tmp_path / "data"))
    (line,) = refused(*data, "--config", str(tmp_path / "bad.toml"))
    assert line.startswith("CRITICAL server     Error!")
    assert "limits.nmae" in line
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "vestnik.db").write_text("diary" * 100)
    (line,) = refused(*data)
    assert "is not a Vestnik database" in line
    (line,) = refused("--data", str(tmp_path / "bad.toml" / "data"))
    assert line.startswith("CRITICAL server     Error! Directory")


@pytest.mark.parametrize("data", ["~nobody-has-this-name"])
def test_impossible_directory(data: str) -> None:
    """A home directory of nobody is one CRITICAL line too."""
    (line,) = refused("--data", data)
    assert line.startswith("CRITICAL server")


def test_environment(tmp_path: Path) -> None:
    """Options have variables, and the command line goes before them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = vestnik(
            "server",
            "--lang",
            "en",
            VESTNIK_ADDRESS="127.0.0.1",
            VESTNIK_PORT=port,
            VESTNIK_DATA=str(tmp_path),
            VESTNIK_LANG="ru",
        )
    assert done.returncode == 1
    assert f"Address 127.0.0.1:{port} is already in use" in done.stderr
