"""Following a journal: no line is lost and none comes twice, whatever happens to the files."""

import gzip
import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.log.conftest import Clock
from tests.support.pages import START, at, json_of, record, write
from tests.support.waiting import DEADLINE
from vestnik.log.reading import follow, source
from vestnik.log.reading.follow import RETIRED, TEXT_AFTER, Follower
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader

DAY = 86_400
PLAIN = Path("server.jsonl.2026-11-22")


class Watched:
    """A journal that is followed; its clock for intervals is turned by hand."""

    def __init__(self, directory: Path, query: Query | None = None) -> None:
        self.directory = directory
        self.clock = Clock(0.0)
        self.reported: list[Path] = []
        self.reader = Reader(directory, "server", lambda path, _error: self.reported.append(path))
        self.query = query or Query()
        self.follower = Follower(
            self.reader, self.query, lambda path, _error: self.reported.append(path), monotonic=self.clock
        )

    def before(self) -> list[str]:
        """What was there when it began."""
        return [entry.facts.get("message") for entry in self.reader.entries(self.query, self.follower.snapshot)]

    def new(self, wait: float = 0.2) -> list[str]:
        """What is new at the next look, some seconds later."""
        self.clock.now += wait
        return [entry.facts.get("message") for entry in self.follower.poll()]

    def write(self, *messages: str, seconds: float = 0.0, kinds: tuple[str, ...] = ("log", "jsonl")) -> None:
        """Append records."""
        write(self.directory, [record(at(seconds), message=message) for message in messages], kinds=kinds)

    def close(self) -> None:
        """Stop following."""
        self.follower.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A journal with two lines that is followed."""
    write(tmp_path, [record(START, message="a"), record(START, message="b")])
    with closing(Watched(tmp_path)) as made:
        yield made


def test_new_lines(watched: Watched) -> None:
    """Lines from before are the reader's; new ones come once, at the next look."""
    watched.write("c")
    assert watched.before() == ["a", "b"]
    assert watched.new() == ["c"]
    assert watched.new() == []
    watched.write("d", "e")
    assert watched.new() == ["d", "e"]
    assert not watched.follower.behind


def test_a_line_in_pieces(watched: Watched) -> None:
    """A line comes when it is finished, also one that was begun before."""
    line = json_of(record(START, message="c"))
    path = watched.directory / PLAIN
    for at_once in (line[:20], line[20:50]):
        with path.open("ab") as file:
            file.write(at_once)
        assert watched.new() == []
    with closing(Watched(watched.directory)) as late:
        with path.open("ab") as file:
            file.write(line[50:] + b"\n" + line[:5])
        assert late.before() == ["a", "b"]
        assert late.new() == watched.new() == ["c"]


def test_midnight(watched: Watched) -> None:
    """The file of the next date is followed as soon as it is there; late lines of the last day come, too."""
    watched.write("c")
    watched.write("d", seconds=DAY)
    assert watched.new() == ["c", "d"]
    watched.write("late")
    watched.write("e", seconds=DAY)
    assert watched.new() == ["late", "e"]
    watched.write("f", seconds=2 * DAY)
    assert watched.new() == ["f"]
    watched.write("too late by two days")
    watched.write("g", seconds=3 * DAY)
    watched.new()
    watched.new(RETIRED)
    watched.write("nobody looks there any more")
    watched.write("h", seconds=3 * DAY)
    assert watched.new() == ["h"]


def test_deleted_and_made_again(watched: Watched) -> None:
    """A file that is deleted is read on for a while; the new one is read from its beginning."""
    path = watched.directory / PLAIN
    with path.open("ab") as old:
        path.unlink()
        old.write(json_of(record(START, message="in the deleted file")) + b"\n")
        old.flush()
        assert watched.new() == ["in the deleted file"]
        watched.write("in the new file")
        old.write(json_of(record(START, message="once more")) + b"\n")
        old.flush()
        assert sorted(watched.new()) == ["in the new file", "once more"]
        assert watched.new(RETIRED) == []
        old.write(b"nobody reads this\n")
    watched.write("c")
    assert watched.new() == ["c"]


def test_the_rest_of_a_file_that_is_gone(watched: Watched) -> None:
    """Half a line in a file that is gone comes when nobody can finish it any more."""
    path = watched.directory / PLAIN
    with path.open("ab") as file:
        file.write(b"half a line")
    path.unlink()
    assert watched.new() == []
    assert watched.new(RETIRED) == ["half a line"]
    assert watched.new(RETIRED) == []


def test_moved_away_and_back(watched: Watched) -> None:
    """A file that comes back is followed as if it had not been away."""
    path, away = watched.directory / PLAIN, watched.directory / "away"
    path.rename(away)
    assert watched.new() == []
    away.rename(path)
    watched.write("c")
    assert watched.new() == ["c"]
    watched.write("d")
    assert watched.new(RETIRED) == ["d"]
    watched.write("e")
    assert watched.new() == ["e"]


def test_replaced(watched: Watched) -> None:
    """A file that another one takes the place of is followed from the beginning."""
    fresh = watched.directory / "fresh"
    fresh.write_bytes(json_of(record(START, message="c")) + b"\n")
    fresh.replace(watched.directory / PLAIN)
    assert watched.new() == ["c"]


def test_emptied(watched: Watched) -> None:
    """A file that is emptied in place is read from its beginning."""
    watched.write("c")
    assert watched.new() == ["c"]
    os.truncate(watched.directory / PLAIN, 0)
    assert watched.new() == []
    watched.write("d")
    assert watched.new() == ["d"]


def test_compressed(watched: Watched) -> None:
    """When yesterday's file is compressed nothing comes again; a late line in a new plain file does."""
    watched.write("c")
    watched.write("d", seconds=DAY)
    path = watched.directory / PLAIN
    path.with_name(f"{PLAIN}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert watched.new() == ["c", "d"]
    assert watched.new(RETIRED) == []
    watched.write("late")
    assert watched.new() == ["late"]


def test_the_directory_goes_and_comes(watched: Watched) -> None:
    """While there is no directory nothing is new; then it goes on."""
    away = watched.directory.with_name("away")
    watched.directory.rename(away)
    assert watched.new() == []
    assert watched.new(RETIRED) == []
    watched.write("c")
    assert watched.new() == ["c"]


def test_text_only(tmp_path: Path) -> None:
    """A journal without JSON is followed as text; from the day on which it has JSON, as JSON."""
    write(tmp_path, [record(START, message="a")], kinds=["log"])
    with closing(Watched(tmp_path)) as watched:
        assert watched.before() == ["a"]
        watched.write("b", kinds=("log",))
        assert watched.new() == ["b"]
        watched.write("c", kinds=("jsonl", "log"))
        assert watched.new() == ["c"]
        watched.write("d", seconds=DAY)
        assert watched.new() == ["d"]


def test_json_a_moment_after_the_text(watched: Watched) -> None:
    """At midnight the text may be there before the JSON: its lines come once."""
    watched.write("c", seconds=DAY, kinds=("log",))
    assert watched.new() == []
    watched.write("c", seconds=DAY, kinds=("jsonl",))
    assert watched.new() == ["c"]
    assert watched.new(TEXT_AFTER) == []


def test_json_switched_off(watched: Watched) -> None:
    """A day that has no JSON after a while is followed as text."""
    watched.write("c", seconds=DAY, kinds=("log",))
    assert watched.new() == []
    assert watched.new(TEXT_AFTER) == ["c"]
    watched.write("d", seconds=DAY, kinds=("log",))
    assert watched.new() == ["d"]


def test_json_switched_off_before(tmp_path: Path) -> None:
    """A day whose JSON ended long before its text is followed as text, and read from both before that."""
    write(tmp_path, [record(START, message="a")])
    write(tmp_path, [record(at(60), message="b")], kinds=["log"])
    with closing(Watched(tmp_path)) as watched:
        assert watched.before() == ["a", "b"]
        watched.write("c", kinds=("log",))
        assert watched.new() == ["c"]


def test_json_that_is_only_behind(tmp_path: Path) -> None:
    """A line that is in the text already and will be in the JSON in a moment comes once."""
    write(tmp_path, [record(START, message="a")])
    write(tmp_path, [record(at(5), message="b")], kinds=["log"])
    with closing(Watched(tmp_path)) as watched:
        write(tmp_path, [record(at(5), message="b")], kinds=["jsonl"])
        assert watched.before() == ["a"]
        assert watched.new() == ["b"]


def test_filters(tmp_path: Path) -> None:
    """Only what matches comes."""
    write(tmp_path, [record(START, message="a")])
    with closing(Watched(tmp_path, Query(level=30))) as watched:
        watched.write("b")
        write(tmp_path, [record(START, message="c", level="ERROR")])
        assert watched.new() == ["c"]


def test_nothing_there_yet(tmp_path: Path) -> None:
    """A journal that begins later is followed from its first line."""
    with closing(Watched(tmp_path / "later")) as watched:
        assert watched.new() == []
        watched.write("a", seconds=DAY)
        assert watched.new() == ["a"]


def test_much_at_once(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of much that is new a part comes at a look, in its order, and it is said that there is more."""
    monkeypatch.setattr(follow, "BLOCK", 1024)
    monkeypatch.setattr(source, "BLOCK", 1024)
    messages = [str(number) for number in range(1000)]
    watched.write(*messages)
    watched.write("tomorrow", seconds=DAY)
    found = watched.new()
    assert 0 < len(found) < 200
    assert watched.follower.behind
    while watched.follower.behind:
        found += watched.new()
    assert found == [*messages, "tomorrow"]


def test_a_line_that_is_too_long(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without end comes in pieces of bounded size."""
    monkeypatch.setattr(follow, "BLOCK", 1024)
    monkeypatch.setattr(follow, "MAX_LINE", 4096)
    with (watched.directory / PLAIN).open("ab") as file:
        file.write(b"x" * 10_000 + b"\n")
    watched.write("c")
    found = watched.new()
    assert [len(message) for message in found[:-1]] == [4096, 4096, 10_000 - 2 * 4096]
    assert found[-1] == "c"


def append(directory: Path, writer: int, lines: int, together: threading.Barrier) -> None:
    """Write lines of three days, each in one call, as the journal's processes do; `together` before the third day."""
    for number in range(lines):
        day = number * 3 // lines
        if number == lines - lines // 3:
            together.wait(DEADLINE)
        path = directory / f"server.jsonl.2026-11-{22 + day}"
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        os.write(fd, json_of(record(at(day * DAY), message=f"{writer}-{number}")) + b"\n")
        os.close(fd)


def test_processes_that_write(watched: Watched) -> None:
    """With several processes writing through two midnights every line comes once, each process's in order."""
    count, lines = 3, 600
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(count + 1)
    done = threading.Event()
    writers = [
        context.Process(target=start, args=(together, watched.directory, writer, lines)) for writer in range(count)
    ]
    for writer in writers:
        writer.start()
    together.wait(DEADLINE)

    def wait_for_all() -> None:
        for writer in writers:
            writer.join(DEADLINE)
        done.set()

    waiting = threading.Thread(target=wait_for_all)
    waiting.start()
    found: list[str] = []
    while not done.wait(0.001):
        before = len(found)
        found += watched.new(0.0)
        if before < count * lines // 3 <= len(found):
            together.wait(DEADLINE)  # the first day is over: nobody is more than a day behind
    found += watched.new(0.0)
    waiting.join()
    assert len(found) == count * lines
    for writer in range(count):
        mine = [message for message in found if message.startswith(f"{writer}-")]
        assert mine == [f"{writer}-{number}" for number in range(lines)]


def start(together: threading.Barrier, directory: Path, writer: int, lines: int) -> None:
    """Begin when the others do."""
    together.wait(DEADLINE)
    append(directory, writer, lines, together)
