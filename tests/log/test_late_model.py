"""Programs that write, also late, that are killed, and sweepers that are killed: every line stays, once and sealed."""

import random
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path

import pytest

from tests.support.scribe import DAY, Scribe
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader
from vestnik.log.sealing.chain import set_up
from vestnik.log.sealing.keys import Key, parse_key
from vestnik.log.sealing.verify import verify

from .conftest import NOON, Clock
from .days.sweeping import fork, sweeper, wait
from .days.test_sweep_kill import sweep_until


class World:
    """A journal, the program that writes it, and what must be in it."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.directory = directory
        self.clock = Clock()
        self.key: Key = parse_key(set_up(directory, "server", clock=self.clock))
        self.written: dict[str, list[str]] = defaultdict(list)
        self.program = self.start()
        self.count = 0

    def start(self) -> Scribe:
        """Another program."""
        return Scribe(self.directory, clock=self.clock, monotonic=self.clock)

    def write(self) -> None:
        """A line of today or of a day before."""
        ago = self.chance.choice([0, 0, 0, 1, 1, 2, 3, 4])
        date = time.strftime("%Y-%m-%d", time.localtime(self.clock.now - ago * DAY))
        self.count += 1
        self.program.write(f"line {self.count}", date=date)
        self.written[date].append(f"line {self.count}")

    def wait(self) -> None:
        """Time goes by, and the program seals."""
        self.clock.now += self.chance.choice([1, 1, 30, 3600, DAY // 2, DAY])
        self.program.sealer.seal()
        self.program.text.tidy()
        self.program.json.tidy()

    def kill(self) -> None:
        """The program is killed, and another one begins."""
        self.program.kill()
        self.program = self.start()

    def end(self) -> None:
        """The program ends, and another one begins."""
        self.program.close()
        self.program = self.start()

    def sweep(self) -> None:
        """A sweeper comes to its end."""
        run, reports = sweeper(self.directory, self.clock)
        run.sweep()
        assert "journal.sweep_failed" not in [event for event, _ in reports]

    def sweep_and_kill(self) -> None:
        """A sweeper is killed at one of its system calls."""
        sweep_until(self.chance.randrange(90), self.directory, clock=self.clock)

    def check(self) -> None:
        """Each day has its lines once, in the order in which they were written, and nobody has touched them."""
        reader = Reader(self.directory, "server", self.refuse)
        found: dict[str, list[str]] = defaultdict(list)
        for entry in reader.entries(Query()):
            date = entry.source.path.name.removeprefix("server.jsonl.")[:10]
            found[date].append(entry.raw.decode().partition('"message":"')[2].removesuffix('"}'))
        assert found == {date: lines for date, lines in self.written.items() if lines}
        assert verify(self.directory, "server", [self.key], clock=self.clock).tampered == []

    @staticmethod
    def refuse(path: Path, error: Exception) -> None:
        """Everything can be read."""
        raise AssertionError(f"{path}: {error!r}")


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_things(tmp_path: Path, seed: int) -> None:
    """Whatever happens in whatever order, a compressed day never changes again, and every line is where it belongs."""
    world = World(tmp_path, seed)
    actions = [world.write] * 5 + [world.wait] * 4 + [world.kill, world.end, world.sweep, world.sweep_and_kill]
    packed: dict[str, bytes] = {}
    for _ in range(60):
        world.chance.choice(actions)()
        now = {path.name: path.read_bytes() for path in tmp_path.glob("*.gz")}
        assert packed.items() <= now.items()
        packed = now
        world.check()
    world.end()
    world.clock.now += DAY
    world.sweep()
    world.check()
    assert len(packed) > 3
    before = {path: path.read_bytes() for path in tmp_path.glob("*.gz")}
    for _ in range(30):
        world.write()
    world.program.close()
    world.check()
    assert list(tmp_path.glob("*.late"))
    assert {path: path.read_bytes() for path in tmp_path.glob("*.gz")} == before


DATES = ("2021-06-11", "2021-06-12", "2021-06-13")
"""Two days that are over, and today."""


def write_and_be_killed(directory: Path, number: int, seed: int) -> None:
    """Programs one after the other, some of them killed, that write lines of today and of days that are over."""
    chance = random.Random(seed * 100 + number)
    steady = Clock(0.0)
    for part in range(6):
        program = Scribe(directory, clock=Clock(NOON + DAY), monotonic=steady)
        for line in range(25):
            program.write(f"{number} {part} {line}", date=chance.choice(DATES))
            steady.now += 1
            program.sealer.seal()
        chance.choice([program.kill, program.close, program.close])()


def sweep_until_done(directory: Path) -> None:
    """Sweeps as long as anybody writes; nothing may fail."""
    while not (directory / "done").exists():
        run, reports = sweeper(directory, Clock(NOON + DAY))
        run.sweep()
        assert "journal.sweep_failed" not in [event for event, _ in reports]


@pytest.mark.parametrize("seed", range(2))
def test_side_by_side(tmp_path: Path, seed: int) -> None:
    """Four programs that write and are killed, beside two that sweep: every line is there once, and sealed."""
    key = parse_key(set_up(tmp_path, "server", clock=Clock(NOON)))
    writers = [fork(partial(write_and_be_killed, tmp_path, number, seed)) for number in range(4)]
    sweepers = [fork(partial(sweep_until_done, tmp_path)) for _ in range(2)]
    ended = [wait(writer) for writer in writers]
    (tmp_path / "done").touch()
    assert ended + [wait(each) for each in sweepers] == [0] * 6
    clock = Clock(NOON + DAY + 60)
    last = Scribe(tmp_path, clock=clock, monotonic=clock)
    last.write("the end")
    last.close()
    entries = Reader(tmp_path, "server", World.refuse).entries(Query())
    found = Counter(entry.raw.decode().partition('"message":"')[2] for entry in entries)
    assert (len(found), set(found.values())) == (4 * 6 * 25 + 1, {1})
    assert verify(tmp_path, "server", [key], clock=clock).tampered == []
    assert list(tmp_path.glob("*.late"))
