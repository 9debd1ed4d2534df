"""`vestnik demo`."""

import socket
from pathlib import Path

import pytest

from tests.scenarios.test_golden import golden, without_stamps
from tests.support.process import vestnik
from vestnik.cli.demo import PORT, SESSION, _show, expected

pytestmark = pytest.mark.xdist_group("port 7777")


def play(kept: Path, *options: str) -> tuple[str, int]:
    """Run the demo and compare the journals that it keeps; what it printed, and the port of its server."""
    done = vestnik("demo", "--keep", str(kept), *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    first = (kept / "log" / "server.log").read_text("utf-8").splitlines()[0]
    port = int(first.rsplit(":", 1)[1])
    for side in ("server", "client"):
        assert without_stamps(kept / "log" / f"{side}.log") == golden(side, port)
    return done.stdout, port


def test_demo(tmp_path: Path) -> None:
    """The mission's session gives both journals as specified, and keeps them where it was asked to."""
    printed, port = play(tmp_path / "kept")
    for side in ("server", "client"):
        assert f"строк: {len(golden(side, port))}" in printed


def test_expected() -> None:
    """The specification is the mission's text, with the port of the server that was really used."""
    assert any(f":{PORT}" in line for line in expected("client"))
    assert not any(f":{PORT}" in line for line in expected("client", 1234))
    assert len(SESSION) == 7


def test_differences_are_shown() -> None:
    """A journal that is not as specified is no success, wherever it differs."""
    good = "\n".join(expected("server"))
    assert _show("en", "server", good, PORT)
    lines = good.splitlines()
    for bad in (lines[:-1], [*lines, lines[0]], [lines[0] + "!", *lines[1:]], []):
        assert not _show("en", "server", "\n".join(bad), PORT)


def test_port_in_use(tmp_path: Path) -> None:
    """Where port 7777 is taken the demo says so, and works on another one."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("", PORT))
            other.listen()
        except OSError:
            pass  # somebody else has taken it, which does as well
        printed, port = play(tmp_path / "kept", "--lang", "en")
    assert f"Port {PORT} is in use" in printed
    assert port != PORT
    for side in ("server", "client"):
        assert f"The journal of the {side} matches the specification" in printed
