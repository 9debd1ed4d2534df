"""The end of a server: its journal is written whole, and nobody else writes meanwhile."""

import signal
from pathlib import Path

import pytest

from tests.scenarios.test_crash import spoil
from tests.support.process import ServerProcess, vestnik
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.verify import verify

SLOW = (
    "import pathlib, sys, threading\n"
    "from vestnik.log.recording import writer\n"
    "from vestnik.log import journal\n"
    "journal.PATIENCE = 1000.0\n"
    "data = pathlib.Path(sys.argv[sys.argv.index('--data') + 1])\n"
    "def finish(self, before=writer.JournalWriter._finish):\n"
    "    if self._name == 'server' and self._thread is not None:\n"
    "        (data / 'ending').touch()\n"
    "        while not (data / 'go').exists(): threading.Event().wait(0.01)\n"
    "    before(self)\n"
    "writer.JournalWriter._finish = finish\n"
)
"""The journal of the server does not come to its end before there is a file `go`."""


def until_ending(data: Path, server: ServerProcess) -> None:
    """Ask a server to end, and return when its journal is about to."""
    server.signal(signal.SIGTERM)
    while not (data / "ending").exists():
        assert server.running


def test_the_lock_is_released_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the journal of a server is written to its end, no other one starts; whose line is sealed, too."""
    spoil(monkeypatch, SLOW)
    server = ServerProcess(tmp_path)
    until_ending(tmp_path, server)
    monkeypatch.undo()
    other = vestnik("server", "--data", str(tmp_path), "-p", "0")
    assert other.returncode == 1
    assert f"{server.pid}" in other.stderr
    (tmp_path / "go").touch()
    assert server.wait() == 0
    found = verify(tmp_path / "log", "server")
    assert [finding.what for finding in found.findings if finding.what is not What.UNKEYED] == []
    with ServerProcess(tmp_path) as third:
        assert not any("CRITICAL" in line or "WARNING" in line for line in third.lines)


def test_a_second_signal_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is told twice to end does so, whatever its journal waits for."""
    spoil(monkeypatch, SLOW)
    server = ServerProcess(tmp_path)
    until_ending(tmp_path, server)
    server.signal(signal.SIGTERM)
    server.wait()
    assert not server.running
