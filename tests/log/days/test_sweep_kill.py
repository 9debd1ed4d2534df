"""A run may end at any of its system calls: nothing is lost and nothing is there twice."""

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.proof import Proof
from vestnik.log.days import packing
from vestnik.log.days.appending import is_packed

from .sweeping import DAY, KILLED, LATE, LINES, append, at, check_packed, content, fork, sweeper, wait

CALLS = ("open", "write", "fsync", "fchmod", "fchown", "utime", "replace", "unlink", "pread", "fstat", "close")
"""The system calls at which a run may end."""

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def small(monkeypatch: Patch) -> None:
    """Chunks so small that there are many, and no waiting for the disk: a killed process leaves memory as it is."""
    monkeypatch.setattr(packing, "CHUNK", 1024)
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The text file of yesterday, with its lines."""
    path = tmp_path / f"server.log.{DAY}"
    append(path, LINES)
    return path


def count_calls(patch: Patch, act: Callable[[str, Callable[[], Any], tuple[Any, ...]], Any]) -> None:
    """Has `act` called for each call of `CALLS` with its name, the call itself and the arguments."""

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **options: act(name, lambda: real(*args, **options), args)

    for name in CALLS:
        patch.setattr(os, name, wrap(name, getattr(os, name)))


def sweep_until(step: int, directory: Path, keep_days: int = 0, clock: Callable[[], float] = at) -> bool:
    """Sweeps in a process that is killed at its system call number `step`, in the middle of it if it is a write.

    Says whether it was; else it came to its end.
    """

    def work() -> None:
        made = 0

        def act(name: str, call: Callable[[], Any], args: tuple[Any, ...]) -> Any:
            nonlocal made
            made += 1
            if made > step:
                if name == "write":
                    real_write(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(KILLED)
            return call()

        real_write = os.write
        with pytest.MonkeyPatch.context() as patch:
            count_calls(patch, act)
            sweeper(directory, clock, keep_days=keep_days)[0].sweep()

    status = wait(fork(work))
    assert status in (0, KILLED)
    return status == KILLED


def steps(directory: Path) -> int:
    """How many system calls a run makes."""
    made = 0

    def act(_name: str, call: Callable[[], Any], _args: tuple[Any, ...]) -> Any:
        nonlocal made
        made += 1
        return call()

    with pytest.MonkeyPatch.context() as patch:
        count_calls(patch, act)
        sweeper(directory)[0].sweep()
    return made


def empty(directory: Path) -> None:
    """Begins again."""
    for path in directory.iterdir():
        path.unlink()


def prepare(plain: Path) -> bytes:
    """The day as it was written; gives all there is."""
    empty(plain.parent)
    append(plain, LINES)
    return LINES


@pytest.mark.parametrize("late", range(3))
def test_killed_at_every_step(plain: Path, late: int, proof: Proof) -> None:
    """Wherever a run is killed, also with late records right after it, the next one makes it complete.

    The late records are all the same, so none may be taken for another one.
    """
    prepare(plain)
    for step in proof.some(range(steps(plain.parent)), 15):
        expected = prepare(plain)
        assert sweep_until(step, plain.parent)
        assert content(plain) == expected
        for _ in range(late):
            append(plain, LATE)
            expected += LATE
            assert content(plain) == expected
        run, reports = sweeper(plain.parent)
        run.sweep()
        check_packed(plain, expected)
        assert "journal.sweep_failed" not in [event for event, _ in reports]
        if late:
            packed = Path(f"{plain}.gz").read_bytes()
            append(plain, LATE)
            sweeper(plain.parent)[0].sweep()
            check_packed(plain, expected + LATE)
            assert Path(f"{plain}.gz").read_bytes() == packed
    assert step > 25


def test_killed_while_finishing(plain: Path, proof: Proof) -> None:
    """A run that finishes what a killed one has left, with records that came since, may be killed itself."""
    found: dict[tuple[tuple[str, bytes], ...], None] = {}
    for step in range(steps(plain.parent)):
        empty(plain.parent)
        append(plain, LINES)
        sweep_until(step, plain.parent)
        if plain.exists() and list(plain.parent.glob("*.gz*")):
            found[tuple(sorted((path.name, path.read_bytes()) for path in plain.parent.iterdir()))] = None
    assert len(found) > 3
    assert sum(f"{plain.name}.gz" in dict(before) for before in found) == 1
    for number, before in enumerate(proof.some(found, 4)):
        step, killed = number % 3, True
        while killed:
            empty(plain.parent)
            for name, data in before:
                (plain.parent / name).write_bytes(data)
            append(plain, LATE)
            killed = sweep_until(step, plain.parent)
            assert content(plain) == LINES + LATE
            append(plain, LATE)
            sweeper(plain.parent)[0].sweep()
            check_packed(plain, LINES + LATE + LATE)
            step += 3
        assert step > 20


@pytest.mark.parametrize("seed", range(8))
def test_killed_again_and_again(plain: Path, seed: int) -> None:
    """Any sequence of kills and late records is survived."""
    chance = random.Random(seed)
    expected = LINES
    for _ in range(25):
        if chance.random() < 0.5:
            line = chance.choice([LATE, LATE + LATE, b"torn", LINES])
            append(plain, line)
            expected += line
        if not is_packed(plain) or plain.exists():
            sweep_until(chance.randrange(150), plain.parent)
        assert content(plain) == expected
    append(plain, LATE)
    sweeper(plain.parent)[0].sweep()
    check_packed(plain, expected + LATE)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EIO])
def test_every_call_may_fail(plain: Path, reason: int) -> None:
    """Whatever the disk refuses costs nothing, is said, and the next run is as if it had not been."""
    prepare(plain)
    told = 0
    for step in range(steps(plain.parent)):
        expected = prepare(plain)
        made = 0

        def act(name: str, call: Callable[[], Any], _args: tuple[Any, ...], step: int = step) -> Any:
            nonlocal made
            made += 1
            if made == step + 1 and name != "close":
                raise OSError(reason, os.strerror(reason))
            return call()

        run, reports = sweeper(plain.parent)
        with pytest.MonkeyPatch.context() as patch:
            count_calls(patch, act)
            run.sweep()
        failures = reports.files("journal.sweep_failed")
        assert len(failures) == len(set(failures))
        told += len(failures)
        assert content(plain) == expected
        run.sweep()
        check_packed(plain, expected)
    assert told > 20


def test_stopped_at_every_chunk(plain: Path) -> None:
    """A run that is told to stop leaves everything as it was."""
    expected = prepare(plain)
    before = {path.name: (path.read_bytes(), path.stat().st_mode) for path in plain.parent.iterdir()}
    asked = 0
    limit = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > limit

    while plain.exists():
        asked, limit = 0, limit + 1
        run, reports = sweeper(plain.parent)
        run.sweep(stopped)
        if plain.exists():
            after = {path.name: (path.read_bytes(), path.stat().st_mode) for path in plain.parent.iterdir()}
            assert after == before | {"server.sweep": after["server.sweep"]}
            assert reports == []
    assert limit > 8
    check_packed(plain, expected)


def test_order(plain: Path) -> None:
    """What the next step relies on is on disk before it: also a loss of power takes nothing away."""
    seen: list[str] = []

    def act(name: str, call: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name in ("fsync", "replace", "unlink", "fchmod"):
            where = Path(f"/proc/self/fd/{args[0]}").readlink() if isinstance(args[0], int) else Path(args[0])
            seen.append(f"{name} {where.name}")
        return call()

    run, _ = sweeper(plain.parent)
    run.record = lambda event, *_values: seen.append(f"record {event.name}")
    with pytest.MonkeyPatch.context() as patch:
        count_calls(patch, act)
        run.sweep()
    assert seen == [
        f"fchmod {plain.name}.gz.tmp",
        f"fsync {plain.name}.gz.tmp",
        f"replace {plain.name}.gz.tmp",
        f"fsync {plain.parent.name}",
        "record journal.compressed",
        f"unlink {plain.name}",
    ]


def test_killed_while_deleting(tmp_path: Path) -> None:
    """What a killed run has left of a day that is too old goes with the next one."""
    for step in range(1000):
        for kind in ("log", "jsonl", "seals"):
            append(tmp_path / f"server.{kind}.2020-01-01", LINES)
        if not sweep_until(step, tmp_path, keep_days=30):
            break
        sweeper(tmp_path, keep_days=30)[0].sweep()
        assert {path.name for path in tmp_path.iterdir()} == {"server.sweep"}
    assert step > 15
