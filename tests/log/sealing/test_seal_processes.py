"""Several programs write one journal at the same time, are killed, start again, find days compressed and clocks put
back: whatever of this happens, nobody takes it for tampering, before, while and after.
"""

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.scribe import Scribe
from vestnik.log.days.sweep import Sweeper
from vestnik.log.sealing.chain import set_up, tell_swept
from vestnik.log.sealing.findings import Finding, What
from vestnik.log.sealing.keys import Key, parse_key
from vestnik.log.sealing.verify import verify

START = 1_700_000_000.0
DAY = 86_400
STEPS = (0, 0, 0.3, 1.2, 1.2, 3)
JUMPS = (1000, 40_000, -30_000)
HARMLESS = {
    What.ADOPTED,
    What.BEGINS,
    What.CLOCK_BACK,
    What.LEFT,
    What.NOT_YET,
    What.REMOVED,
    What.SEAL_HALF,
    What.STATE_BEHIND,
}


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill takes nothing from the disk that was written: syncs would only cost time."""
    monkeypatch.setattr(os, "fsync", lambda _fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda _fd: None)


def program(directory: Path, seed: float, now: float) -> None:
    """Writes for a while, as the seed wants it, and ends or kills itself."""
    chance = random.Random(seed)
    wall, ticks = [now + chance.random() * 100], [0.0]
    scribe = Scribe(directory, clock=lambda: wall[0], monotonic=lambda: ticks[0])
    for turn in range(chance.randrange(5, 60)):
        with suppress(BlockingIOError, FileNotFoundError):  # it is just being compressed: the lines wait
            scribe.write(*(f"{os.getpid()} {turn} {line}" for line in range(chance.randrange(1, 5))))
        step = chance.choice(STEPS)
        ticks[0] += step
        wall[0] += step + (chance.choice(JUMPS) if chance.random() < 0.1 else 0)
        scribe.sealer.seal()
    if chance.random() < 0.5:
        scribe.close()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def start(directory: Path, seed: float, now: float) -> int:
    """Starts a program; its process."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            program(directory, seed, now)
            code = 0
        finally:
            os._exit(code)
    return pid


def suspicious(directory: Path, key: Key) -> list[Finding]:
    """What should not be found."""
    return [finding for finding in verify(directory, "server", [key]).findings if finding.what not in HARMLESS]


def watch(directory: Path, key: Key, pids: list[int], chance: random.Random | None) -> None:
    """Checks the journal over and over while programs write it, and kills some of them."""
    while pids:
        if chance is not None and chance.random() < 0.1:
            os.kill(chance.choice(pids), signal.SIGKILL)
        assert suspicious(directory, key) == []
        for pid in list(pids):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                pids.remove(pid)
                assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0


@pytest.mark.parametrize("seed", range(10))
def test_no_false_alarm(tmp_path: Path, seed: int) -> None:
    """Nothing is found in a journal that nobody has changed, and in the end everything is sealed."""
    chance = random.Random(seed)
    key = parse_key(set_up(tmp_path, "server", clock=lambda: START - 10))
    now = START
    for _ in range(4):
        pids = [start(tmp_path, chance.random(), now) for _ in range(chance.randrange(1, 5))]
        watch(tmp_path, key, pids, chance if chance.random() < 0.5 else None)
        assert suspicious(tmp_path, key) == []
        if chance.random() < 0.5:
            later = now + chance.choice((0, DAY, 2 * DAY))
            Sweeper(
                tmp_path,
                "server",
                keep_days=0,
                keep_bytes=0,
                clock=lambda at=later: at,
                report=lambda *_: None,
                tell_swept=tell_swept,
            ).sweep()
            assert suspicious(tmp_path, key) == []
        now += chance.choice((100, 20_000, DAY))
    assert len(verify(tmp_path, "server", [key]).files) >= 2
