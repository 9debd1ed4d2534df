"""`vestnik demo`."""

import socket
from pathlib import Path

from tests.support.process import vestnik
from vestnik.cli.demo import PORT, SESSION, _show, expected


def test_demo(tmp_path: Path) -> None:
    """The mission's session gives both journals as specified, and keeps them where it was asked to."""
    done = vestnik("demo", "--keep", str(tmp_path / "kept"), "--lang", "en")
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    for side in ("server", "client"):
        assert f"The journal of the {side} matches the specification" in done.stdout
        lines = (tmp_path / "kept" / "log" / f"{side}.log").read_text("utf-8").splitlines()
        assert len(lines) == len(expected(side))


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
    """Where port 7777 is taken the demo says so and works on another one."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("", PORT))
        except OSError:
            pass  # somebody else has taken it, which does as well
        else:
            sock.listen()
        done = vestnik("demo", "--lang", "en")
    assert done.returncode == 0, done.stdout
    assert f"Port {PORT} is in use" in done.stdout
