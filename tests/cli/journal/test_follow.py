"""`vestnik journal --follow`."""

import json
import os
import queue
import select
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.pages import START, Record, at, entry_of, micros, record, write
from tests.support.process import VESTNIK, clean_environment, processor_time
from tests.support.waiting import DEADLINE
from vestnik.cli.journal.output import Output
from vestnik.cli.journal.show import new_entries
from vestnik.log.reading.entry import Entry


class Following:
    """The command in a process of its own, whose lines come as they are printed."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*VESTNIK, "journal", "--follow", "--log-dir", str(directory), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(TZ="UTC"),
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def line(self) -> str:
        """The next line."""
        return self._lines.get(timeout=DEADLINE)

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, list[str], str]:
        """End it with a signal; exit code, the lines that nobody has taken, what was said."""
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        rest = []
        while not self._lines.empty():
            rest.append(self._lines.get())
        assert self.process.stderr is not None
        return code, rest, self.process.stderr.read()

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@contextmanager
def following(directory: Path, *arguments: str) -> Iterator[Following]:
    """The command, ended at the end."""
    made = Following(directory, *arguments)
    try:
        yield made
    finally:
        made.close()


def numbered(first: int, count: int, day: int = 0, **fields: object) -> list[Record]:
    """Records whose sentences are numbers."""
    return [
        record(at(number, START + timedelta(days=day)), None, str(number), **fields)
        for number in range(first, first + count)
    ]


def test_new_lines_until_ctrl_c(tmp_path: Path) -> None:
    """The last ten, then every new line, past midnight; Ctrl-C ends it with exit code 0."""
    write(tmp_path, numbered(0, 15))
    with following(tmp_path) as process:
        assert [process.line()[-2:].strip() for _ in range(10)] == [str(number) for number in range(5, 15)]
        write(tmp_path, numbered(15, 1))
        assert process.line() == "2026-11-22 10:00:15,000 INFO     server     15"
        write(tmp_path, numbered(16, 1, day=1))
        assert process.line() == "2026-11-23 10:00:16,000 INFO     server     16"
        write(tmp_path, numbered(17, 1, day=1))
        assert process.line().endswith(" 17")
        assert process.end() == (0, [], "")


def test_filters_and_json(tmp_path: Path) -> None:
    """Filters and JSON go together with it."""
    write(tmp_path, numbered(0, 3, account="anna") + numbered(3, 3, account="boris"))
    with following(tmp_path, "--account", "boris", "--json", "-n", "2") as process:
        assert [json.loads(process.line())["message"] for _ in range(2)] == ["4", "5"]
        write(tmp_path, numbered(6, 2, account="anna") + numbered(8, 1, account="boris"))
        assert json.loads(process.line())["message"] == "8"
        assert process.end()[:2] == (0, [])


def test_several_journals(tmp_path: Path) -> None:
    """New lines of several journals come in the order of their times, and all of them at the end."""
    write(tmp_path, numbered(0, 1))
    write(tmp_path, numbered(1, 1, logger="client"), name="client")
    with following(tmp_path, "--merge") as process:
        assert [process.line().split(" | ")[0] for _ in range(2)] == ["server", "client"]
        write(tmp_path, numbered(6, 1), name="client")
        write(tmp_path, numbered(5, 1))
        assert sorted(process.line()[-1] for _ in range(2)) == ["5", "6"]
        code, rest, error = process.end()
        assert (code, rest, error) == (0, [], "")


def test_whoever_reads_no_more(tmp_path: Path) -> None:
    """When nobody reads any more it ends by itself, though nothing new comes."""
    write(tmp_path, numbered(0, 3))
    end, start = os.pipe()
    process = subprocess.Popen(
        [*VESTNIK, "journal", "-f", "--log-dir", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=start,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    os.close(start)
    assert os.read(end, 10)
    os.close(end)
    assert process.wait(DEADLINE) == 0
    _, error = process.communicate()
    assert error == b""


def test_it_waits_without_working(tmp_path: Path) -> None:
    """Waiting costs next to nothing."""
    write(tmp_path, numbered(0, 1))
    with following(tmp_path) as process:
        process.line()
        before = processor_time(process.process.pid)
        write(tmp_path, numbered(1, 1))
        process.line()
        for _ in range(5):
            write(tmp_path, numbered(2, 1))
            process.line()
        assert processor_time(process.process.pid) - before < 0.5


@pytest.mark.parametrize("lines", [2000])
def test_nothing_is_lost_between_before_and_after(tmp_path: Path, lines: int) -> None:
    """Lines that are written while it begins come once: either from before or as new ones."""
    write(tmp_path, numbered(0, 1))
    stop = threading.Event()

    def keep_writing() -> None:
        for number in range(1, lines):
            write(tmp_path, numbered(number, 1))
        stop.set()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    with following(tmp_path, "-n", "100000") as process:
        found = [process.line().split()[-1] for _ in range(lines)]
        writer.join()
        assert found == [str(number) for number in range(lines)]
        assert process.end()[:2] == (0, [])


class Script:
    """A journal that has certain new entries at each look."""

    behind = False

    def __init__(self, *looks: list[float]) -> None:
        self._looks = [[entry_of(record(at(second))) for second in look] for look in looks]

    def poll(self) -> list[Entry]:
        """What is new."""
        return self._looks.pop(0) if self._looks else []


def test_the_order_of_several_journals(monkeypatch: pytest.MonkeyPatch) -> None:
    """New entries wait for one more look, so that those of other journals find their place; Ctrl-C shows the rest."""
    looks = iter([False, False, False, KeyboardInterrupt()])

    class Poll:
        def register(self, *_: object) -> None:
            """Standard output."""

        def poll(self, _: float) -> bool:
            """Nobody has gone; in the end Ctrl-C is pressed."""
            if isinstance(look := next(looks), KeyboardInterrupt):
                raise look
            return look

    monkeypatch.setattr(select, "poll", Poll)
    sides = [("a", Script([1, 5], [], [7], [9])), ("b", Script([4], [2, 6], [], [8]))]
    found = [(each.side, each.entry.time) for each in new_entries(sides, Output("en"))]  # type: ignore[arg-type]  # so far
    times = [("a", 1), ("b", 2), ("b", 4), ("a", 5), ("b", 6), ("a", 7), ("b", 8), ("a", 9)]
    assert found == [(side, micros(at(second))) for side, second in times]
