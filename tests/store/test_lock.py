"""The lock file."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE
from vestnik.store.errors import StoreLocked
from vestnik.store.lock import Lock


def test_second_lock_is_refused(tmp_path: Path) -> None:
    """While one holds the lock another cannot; the error names the holder's process and the directory."""
    lock = Lock(tmp_path)
    lock.acquire()
    with pytest.raises(StoreLocked) as caught:
        Lock(tmp_path).acquire()
    assert caught.value.fields == {"path": str(tmp_path), "pid": os.getpid()}
    lock.release()


def test_release(tmp_path: Path) -> None:
    """A lock that was given back can be taken again and leaves no trace; giving it back twice does nothing."""
    for _ in range(2):
        lock = Lock(tmp_path)
        lock.acquire()
        assert lock.stale is None
        assert lock.path.read_text() == str(os.getpid())
        lock.release()
        lock.release()
        assert lock.path.read_text() == ""


def test_mode(tmp_path: Path) -> None:
    """Nobody else may read the lock file."""
    lock = Lock(tmp_path)
    lock.acquire()
    assert lock.path.stat().st_mode & 0o777 == 0o600
    lock.release()


def test_stale(tmp_path: Path) -> None:
    """A holder that died without giving the lock back does not keep it, and is named to the next one."""
    script = "import sys, os; from pathlib import Path; from vestnik.store.lock import Lock\n"
    script += "Lock(Path(sys.argv[1])).acquire(); print(os.getpid(), flush=True); os._exit(1)"
    died = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=DEADLINE
    )
    lock = Lock(tmp_path)
    lock.acquire()
    assert lock.stale == int(died.stdout)
    lock.release()


@pytest.mark.parametrize("content", [b"", b"not a number", b"\xff", b"12 34"])
def test_strange_content(tmp_path: Path, content: bytes) -> None:
    """A lock file with something else in it is taken as one that was given back."""
    (tmp_path / "vestnik.lock").write_bytes(content)
    lock = Lock(tmp_path)
    lock.acquire()
    assert lock.stale is None
    lock.release()


def test_no_directory(tmp_path: Path) -> None:
    """Without its directory there is no lock."""
    with pytest.raises(OSError):
        Lock(tmp_path / "missing").acquire()


def test_commands_share(tmp_path: Path) -> None:
    """Commands share the lock; a server is kept off, and a command by a server, whose process is named."""
    one, other, server = Lock(tmp_path), Lock(tmp_path), Lock(tmp_path)
    one.share()
    other.share()
    with pytest.raises(StoreLocked):
        server.acquire()
    one.release()
    other.release()
    server.acquire()
    with pytest.raises(StoreLocked) as caught:
        one.share()
    assert caught.value.fields["pid"] == os.getpid()
    server.release()


def test_commands_leave_the_content(tmp_path: Path) -> None:
    """That a server died is still told to the next one after a command has had the lock."""
    (tmp_path / "vestnik.lock").write_text("4711")
    command = Lock(tmp_path)
    command.share()
    command.release()
    server = Lock(tmp_path)
    server.acquire()
    assert server.stale == 4711
    server.release()


def test_a_server_waits_for_commands(tmp_path: Path) -> None:
    """A server that has patience gets the lock when the last command gives it back, and only waits for commands."""
    command, server = Lock(tmp_path), Lock(tmp_path)
    command.share()
    with pytest.raises(StoreLocked):
        server.acquire(0.05)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(Lock(tmp_path).acquire, DEADLINE) for _ in range(2)]
        command.release()
        failures = [future.exception(DEADLINE) for future in waiting]
    assert [type(failure) for failure in failures].count(StoreLocked) == 1


def test_handed_back(tmp_path: Path) -> None:
    """Who only works in between leaves it to the next server to tell that the last one did not end properly."""
    (tmp_path / "vestnik.lock").write_text("4711")
    between, server = Lock(tmp_path), Lock(tmp_path)
    between.acquire()
    between.hand_back()
    server.acquire()
    assert server.stale == 4711
    server.release()
    between.acquire()
    between.hand_back()
    server.acquire()
    assert server.stale is None
    server.release()
