"""Whatever a kill or a loss of power leaves of a journal: the next start makes it whole, once, in order and sealed."""

import asyncio
import json
import os
import random
import shutil
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from tests.log.conftest import NOON, Clock
from tests.log.days.sweeping import fork, wait
from tests.server.test_recovery import CHANGES, Kept
from tests.support.proof import Proof
from tests.support.scribe import JSON, SEALS, TEXT
from vestnik.log.days.names import day_file
from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal
from vestnik.log.recording.files import DatedFiles
from vestnik.log.recovering.alignment import line_of
from vestnik.log.sealing.chain import set_up
from vestnik.log.sealing.coverage import Coverage, follow
from vestnik.log.sealing.keys import Key, parse_key
from vestnik.log.sealing.seals import decode
from vestnik.log.sealing.verify import verify
from vestnik.protocol import answers
from vestnik.server import catalogue
from vestnik.server.recovery import complete_journal

Files = dict[str, bytes]
CHECKPOINT: Final = "server.checkpoint"
EARLY: Final = 3
"""Messages and changes of the run before, which ended as it should."""
ALL: Final = 8
"""All of them."""


class Words:
    """What a server says of messages, changes and others, up to a number."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock

    def say(self, number: int) -> None:
        """A message or change, and a line of something else that is like those before it."""
        self.clock.now += 0.25
        journal, epoch = self.journal, "1"
        if number in CHANGES:
            more = {"number": number, "epoch": epoch}
            pinned = catalogue.of_answer(answers.MESSAGE_PINNED)
            journal.record(pinned, "boris", "#tea", 1, connection="3", request=number, more=more)
        else:
            answer = answers.MESSAGE_DELIVERED if number % 2 else answers.MESSAGE_KEPT
            to = "#tea" if number % 2 else "boris"
            values = ("anna", to, number, f"m{number}", number, epoch, "2-3", 0.5)
            journal.record(catalogue.of_answer(answer), *values, connection="1", request=number)
        if number % 3 == 0:
            journal.record(catalogue.of_answer(answers.LOGIN_REFUSED), "carl", connection="4")
        if number % 4 == 0:
            journal.record(TASK_FAILED, "back\\slash\n", error=ValueError(f"number {number}"))
        assert journal.flush()


def files(directory: Path) -> Files:
    """What is in a directory."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file() and not path.is_symlink()}


def put(directory: Path, found: Files) -> None:
    """Have this in a directory, and nothing else."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    for name, data in found.items():
        (directory / name).write_bytes(data)


class Past:
    """What there is when a server is killed: a run that ended well, and one that did not.

    `rested` is the state between the two, `begun` the one from which on text and objects are under no seal, `ended`
    that at the end.
    """

    def __init__(self, key: Key, rested: Files, begun: Files, ended: Files) -> None:
        self.key = key
        self.rested = rested
        self.begun = begun
        self.ended = ended

    def cuts(self, name: str) -> list[int]:
        """Where a file may be cut off: everywhere in and around its lines."""
        return list(range(len(self.begun[name]), len(self.ended[name]) + 1))

    def few(self, name: str) -> list[int]:
        """Some of these: between any two lines, a byte before and after, and in the middle of each line."""
        data, first = self.ended[name], len(self.begun[name])
        found = {first}
        at = first
        while at < len(data):
            end = data.index(b"\n", at) + 1
            found |= {at + 1, (at + end) // 2, end - 1, end}
            at = end
        return sorted(found)

    def cut(self, **sizes: int) -> Files:
        """The state at the end, with files cut off."""
        names = {"text": TEXT, "objects": JSON, "seals": SEALS}
        return self.ended | {names[name]: self.ended[names[name]][:size] for name, size in sizes.items()}


def journal(directory: Path, clock: Clock) -> Journal:
    """The journal of a server, in which time stands still between seals."""
    return Journal("server", directory, json=True, seals=True, clock=clock, monotonic=Clock(1.0))


async def start(directory: Path, clock: Clock, last: int) -> None:
    """A start of the server, up to the moment when it would listen, and its end."""
    made = journal(directory, clock)
    made.hold()
    made.record(catalogue.SERVER_UNCLEAN, 7)
    await complete_journal(made, directory, Kept(last))  # type: ignore[arg-type]  # in its place
    made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk: what is on it after a loss of power is what the test puts there."""
    monkeypatch.setattr(os, "fsync", lambda _fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda _fd: None)


@pytest.fixture
async def past(tmp_path: Path, quick: None) -> Past:
    """What was written."""
    directory, clock = tmp_path / "past", Clock()
    directory.mkdir()
    key = parse_key(set_up(directory, "server", clock=clock))
    await start(directory, clock, 0)
    first = journal(directory, clock)
    for number in range(1, EARLY + 1):
        Words(first, clock).say(number)
    first.close()
    await start(directory, clock, EARLY)
    rested = files(directory)
    second = journal(directory, clock)
    second.record(catalogue.SERVER_STARTED, "", 7777)
    assert second.flush()
    begun = files(directory)
    for number in range(EARLY + 1, ALL + 1):
        Words(second, clock).say(number)
    ended = files(directory)
    second.close()
    assert begun[SEALS] == ended[SEALS]
    return Past(key, rested, begun, ended)


def numbers(objects: list[dict[str, Any]]) -> list[int]:
    """The numbers of messages and changes, as they stand in the journal."""
    return [each["number"] for each in objects if "number" in each]


def check(directory: Path, past: Past, clock: Clock, last: int, before: Files) -> None:
    """Both renderings say the same, once, in order and under seal; and nothing that was in one of them is gone."""
    text = (directory / TEXT).read_bytes().splitlines(keepends=True)
    lines = (directory / JSON).read_bytes().splitlines(keepends=True)
    objects = [json.loads(line) for line in lines]
    assert [line_of(line) for line in lines] == text
    assert numbers(objects) == list(range(1, last + 1))
    assert {each["epoch"] for each in objects if "number" in each} == {"1"}
    for name, found in ((TEXT, text), (JSON, lines)):
        whole = before[name].splitlines(keepends=True)
        whole = [line for line in whole if line.endswith(b"\n")]
        assert found[: len(whole)] == whole
    report = verify(directory, "server", [past.key], clock=clock)
    assert report.tampered == []
    assert all(file.size == file.sealed for file in report.files)


def journaled(found: Files) -> int:
    """The highest number that may be in one of the renderings: a store that was acknowledged has at least that."""
    data = found[JSON].splitlines()
    known = [json.loads(line).get("number", 0) for line in data if line.endswith(b"}")]
    said = [line for line in found[TEXT].splitlines() if "anna" in line.decode("utf-8", "replace") or b"boris" in line]
    return max([*known, len(said)])


async def restarted(directory: Path, past: Past, found: Files, last: int) -> Files:
    """The files after a start that finds these, which is checked; and after another one, which finds nothing to do."""
    clock = Clock(NOON + 3600)
    put(directory, found)
    await start(directory, clock, last)
    check(directory, past, clock, last, found)
    after = files(directory)
    await start(directory, clock, last)
    check(directory, past, clock, last, after)
    return after


async def test_every_prefix(tmp_path: Path, past: Past, proof: Proof) -> None:
    """Text and objects cut off anywhere, by themselves, and a store that has what was journaled or more."""
    for text, objects in proof.some(list(product(past.few(TEXT), past.few(JSON))), 40):
        found = past.cut(text=text, objects=objects)
        for last in sorted({journaled(found), ALL}):
            await restarted(tmp_path / "log", past, found, last)


async def test_every_byte(tmp_path: Path, past: Past, proof: Proof) -> None:
    """One of the two is cut off at any third byte, the other one is whole, or has nothing."""
    for name, other in (("text", "objects"), ("objects", "text")):
        files_of = {"text": TEXT, "objects": JSON}
        for cut in proof.some(past.cuts(files_of[name])[::3], 15):
            for rest in (past.cuts(files_of[other])[0], past.cuts(files_of[other])[-1]):
                found = past.cut(**{name: cut, other: rest})
                await restarted(tmp_path / "log", past, found, ALL)


CALLS: Final = ("write", "pwrite", "ftruncate", "replace", "unlink")
"""What changes files."""


def die_at(number: int) -> None:
    """In a process of its own: end at the call of that number that changes a file; a write is half done then."""
    left = [number]
    for name in CALLS:
        call = getattr(os, name)

        def change(*args: Any, _name: str = name, _call: Any = call) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                if _name == "write":
                    _call(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(0)
            return _call(*args)

        setattr(os, name, change)
    for made in (DatedFiles, Journal):
        made.__init__.__kwdefaults__["write"] = os.write


def until_killed(directory: Path, past: Past, found: Files, number: int, last: int) -> bool:
    """Start a server that finds these files and is killed; whether it was, before its end."""

    def run() -> None:
        die_at(number)
        asyncio.run(start(directory, Clock(NOON + 1800), last))
        os._exit(1)

    put(directory, found)
    return wait(fork(run)) == 0


async def test_killed_while_it_recovers(tmp_path: Path, past: Past, proof: Proof) -> None:
    """A start that is killed at any of its writes is gone on with by the next one."""
    text, objects = past.few(TEXT), past.few(JSON)
    for at, other in proof.some([(len(text) // 3, -1), (-1, len(objects) // 3), (0, 0), (2, 5), (7, 2)], 2):
        found = past.cut(text=text[at], objects=objects[other])
        number = 1
        while until_killed(tmp_path / "log", past, found, number, ALL):
            left = files(tmp_path / "log")
            await restarted(tmp_path / "log", past, left, ALL)
            number += 1 if proof.whole else 5
        assert number > 10


async def test_killed_while_it_writes(tmp_path: Path, past: Past, proof: Proof) -> None:
    """A server that is killed at any of its writes has everything in its journal after the next start."""
    number = 1
    killed = True
    while killed:

        def run(number: int = number) -> None:
            die_at(number)
            clock = Clock(NOON + 1800)
            made = journal(tmp_path / "log", clock)
            for each in range(EARLY + 1, ALL + 1):
                Words(made, clock).say(each)
            made.close()
            os._exit(1)

        put(tmp_path / "log", past.rested)
        killed = wait(fork(run)) == 0
        await restarted(tmp_path / "log", past, files(tmp_path / "log"), ALL)
        number += 1 if proof.whole else 5
    assert number > 20


EVENTS: Final = (answers.LOGIN_REFUSED, answers.VALUE_NOT_OBJECT, answers.LOGIN_RESUMED)


def write_anything(directory: Path, chance: random.Random) -> int:
    """A run of a server in which anything happens, also to the clock, and which does not end; the last number."""
    clock = Clock(NOON + 100)
    made = Journal("server", directory, json=True, seals=True, clock=clock, monotonic=Clock(1.0))
    words = Words(made, clock)
    number = EARLY
    for _ in range(chance.randrange(25)):
        if chance.random() < 0.6:
            number += 1
            words.say(number)
        else:
            made.record(catalogue.of_answer(chance.choice(EVENTS)), *["carl"][: chance.randrange(2)])
        clock.now += chance.choice([0, 0, 0.001, 1, -1, 3600, -3600, 86_400, -86_400])
    assert made.flush()
    left = files(directory)
    made.close()
    put(directory, left)
    return number


def end_of_seals(directory: Path, file: str) -> int:
    """The end of what is under a seal of a file."""
    lines = [line for path in directory.glob("server.seals.2*") for line in path.read_bytes().splitlines()]
    seals = [found.seal for line in lines if (found := decode(line)) is not None]
    coverage = Coverage()
    for seal in sorted(seals, key=lambda seal: seal.epoch):
        follow(coverage, seal, file, seal.epoch)
    return coverage.end


def cut_anything(directory: Path, chance: random.Random) -> None:
    """Cut off what is under no seal, as a loss of power does, each file by itself."""
    for path in sorted(directory.glob("server.*.2*")):
        day = day_file(path)
        if day is not None and day.kind != "seals":
            data, first = path.read_bytes(), end_of_seals(directory, path.name)
            path.write_bytes(data[: chance.choice([len(data), first, chance.randint(first, len(data))])])


def check_days(directory: Path, past: Past, clock: Clock, last: int) -> None:
    """On every day both renderings have the same records, and all days together every number once."""
    found: list[int] = []
    for path in sorted(directory.glob("server.jsonl.2*")):
        lines = path.read_bytes().splitlines(keepends=True)
        text = path.with_name(path.name.replace("jsonl", "log")).read_bytes().splitlines(keepends=True)
        assert Counter(map(line_of, lines)) == Counter(text)
        found += numbers([json.loads(line) for line in lines])
    assert sorted(found) == list(range(1, last + 1))
    report = verify(directory, "server", [past.key], clock=clock)
    assert report.tampered == []


async def test_any_run(tmp_path: Path, past: Past, proof: Proof) -> None:
    """Whatever was recorded, whatever the clock did, and whatever is left of each file."""
    directory, clock = tmp_path / "log", Clock(NOON + 7 * 86_400)
    for seed in range(proof.number(2000, 25)):
        chance = random.Random(seed)
        put(directory, past.rested)
        last = write_anything(directory, chance)
        cut_anything(directory, chance)
        last += chance.randrange(3)
        for _ in range(2):
            await start(directory, clock, last)
            check_days(directory, past, clock, last)
