"""Programs that are killed while they seal: whatever the moment, nobody takes it for tampering, and nothing is lost."""

import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.proof import Proof
from tests.support.scribe import Scribe
from vestnik.log.sealing.chain import set_up
from vestnik.log.sealing.findings import Report, What
from vestnik.log.sealing.keys import Key, parse_key
from vestnik.log.sealing.verify import verify


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill takes nothing from the disk that was written: syncs would only cost time."""
    monkeypatch.setattr(os, "fsync", lambda _fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda _fd: None)


HARMLESS = {What.LEFT, What.ADOPTED, What.SEAL_HALF, What.STATE_BEHIND}
CALLS = ((os, "write"), (os, "pwrite"), (os, "fsync"), (os, "fdatasync"), (os, "ftruncate"), (fcntl, "flock"))


WRITE = os.write


class Steps:
    """Kills this process at the system call number `at`: before it, after it, or in the middle of a write."""

    def __init__(self, at: int, how: str) -> None:
        self.left = at
        self.how = how
        for module, name in CALLS:
            setattr(module, name, self.counted(getattr(module, name)))

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, and maybe the end."""

        def wrapper(*arguments: Any) -> Any:
            self.left -= 1
            if not self.left:
                if self.how == "after":
                    call(*arguments)
                elif self.how == "half" and call is WRITE:
                    call(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments)

        return wrapper


def session(directory: Path, at: int, how: str) -> bool:
    """Writes for two days in a process that is killed at step `at`; False if it came to its end before."""
    pid = os.fork()
    if pid == 0:
        now = [1_700_000_000.0]
        scribe = Scribe(directory, clock=lambda: now[0], monotonic=lambda: now[0])
        Steps(at, how)
        try:
            for _ in range(2):
                scribe.write("one", "two")
                now[0] += 2
                scribe.sealer.seal()
                scribe.write("three")
                now[0] += 86_400
                scribe.sealer.seal()
            scribe.close()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def afterwards(directory: Path) -> None:
    """The next start."""
    now = [1_700_000_000.0 + 2 * 86_400 + 3600]
    scribe = Scribe(directory, clock=lambda: now[0], monotonic=lambda: now[0])
    scribe.write("later")
    scribe.close()
    assert scribe.sealer.error is None


def found(report: Report) -> set[What]:
    """What was found beside what a killed program leaves."""
    return {finding.what for finding in report.findings} - HARMLESS


@pytest.mark.parametrize("how", ["before", "after", "half"])
def test_killed_at_every_step(tmp_path: Path, how: str, proof: Proof) -> None:
    """Killed at any system call, a program leaves a journal that is in order, before the next start and after it."""
    at = 0
    killed = True
    while killed:
        at += proof.number(1, 4)  # a sample of one in four
        directory = tmp_path / str(at)
        directory.mkdir()
        key: Key = parse_key(set_up(directory, "server", clock=lambda: 1_700_000_000.0 - 10))
        killed = session(directory, at, how)
        assert found(verify(directory, "server", [key])) == set(), f"step {at}"
        afterwards(directory)
        report = verify(directory, "server", [key])
        assert found(report) == set(), f"step {at}, after the next start"
        assert all(file.size == file.sealed for file in report.files), f"step {at}, after the next start"
    assert at > 50
