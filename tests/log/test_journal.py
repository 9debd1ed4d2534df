"""The journal: from the call to the line."""

import errno
import io
import logging
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.log.events import EventType
from vestnik.log.journal import Journal, Record
from vestnik.log.recording import writer
from vestnik.protocol import answers
from vestnik.server import catalogue

from .conftest import NOON, Clock, descriptors
from .recording.test_files import Disk

Make = Callable[..., Journal]

DELIVERED = catalogue.of_answer(answers.MESSAGE_DELIVERED)
PRESENCE = catalogue.of_answer(answers.PRESENCE_ACCEPTED)


def messages(path: Path) -> list[str]:
    """What is after the time stamp, line by line."""
    return [line[24:] for line in path.read_text().splitlines()]


def rows(count: int, event: EventType = DELIVERED, created: float = NOON) -> list[Record]:
    """Records for `extend`."""
    return [(created, event, ("user", str(number)), None, None, None, None) for number in range(count)]


def test_constructor_does_nothing(make: Make, tmp_path: Path) -> None:
    """A journal that nobody uses has no file and no thread."""
    threads = threading.active_count()
    journal = make(directory=tmp_path / "log", console=io.StringIO())
    assert journal.flush()
    journal.close()
    assert not (tmp_path / "log").exists()
    assert threading.active_count() == threads


@pytest.mark.parametrize("name", ["", "a/b", "a\n", "чат"])
def test_bad_name(name: str) -> None:
    """A name that cannot be a file's is refused."""
    with pytest.raises(ValueError):
        Journal(name, None)


def test_bad_language(make: Make) -> None:
    """An unknown language is refused, at the start and later."""
    with pytest.raises(ValueError):
        Journal("server", None, language="de")
    journal = make()
    with pytest.raises(ValueError):
        journal.language = "de"
    assert journal.language == "ru"


def test_record(make: Make, tmp_path: Path) -> None:
    """A record is a line in the file after `flush`."""
    journal = make()
    journal.record(DELIVERED, "user", "#geekbrains", 7, "id", connection="c1", request=2)
    assert journal.flush()
    assert messages(tmp_path / "server.log") == ["INFO     server     200: Сообщение от user к #geekbrains доставлено"]
    assert journal.statistics[:3] == (1, 1, 0)


def test_file_and_console_are_alike(make: Make, tmp_path: Path) -> None:
    """The console shows the lines of the file, from its own level on."""
    stream = io.StringIO()
    journal = make(console=stream, console_level=logging.WARNING, level=logging.DEBUG)
    journal.record(catalogue.SERVER_STARTED, "", 7777)
    journal.record(catalogue.SERVER_FORCED)
    journal.close()
    lines = (tmp_path / "server.log").read_text().splitlines(keepends=True)
    assert len(lines) == 2
    assert stream.getvalue() == lines[1]


def test_level(make: Make, tmp_path: Path) -> None:
    """The level decides at the call, for each record of a pass as well."""
    journal = make()
    mixed = [*rows(1), *rows(1, PRESENCE), *rows(1)]
    journal.record(PRESENCE, "user", "online")
    journal.extend(mixed)
    journal.extend(rows(3, PRESENCE))
    journal.level = logging.DEBUG
    journal.record(PRESENCE, "user", "online")
    journal.extend(mixed)
    journal.level = logging.CRITICAL
    journal.extend(mixed)
    journal.close()
    assert [line.split()[0] for line in messages(tmp_path / "server.log")] == [
        *("INFO", "INFO", "DEBUG"),
        *("INFO", "DEBUG", "INFO"),
    ]


def test_order(make: Make, tmp_path: Path) -> None:
    """`record` and `extend` keep their order, and an empty pass is nothing."""
    journal = make()
    journal.extend([])
    journal.record(DELIVERED, "a", "b")
    journal.extend(rows(200))
    journal.record(DELIVERED, "y", "z")
    assert journal.flush()
    names = [line.split()[-4:-1] for line in messages(tmp_path / "server.log")]
    assert names == [["a", "к", "b"], *(["user", "к", str(n)] for n in range(200)), ["y", "к", "z"]]


def test_values_are_taken_at_the_call(make: Make, tmp_path: Path) -> None:
    """A value that may change, or cannot be shown, is made text at the call."""

    class Mute:
        def __str__(self) -> str:
            raise RuntimeError

    journal = make()
    changing = ["before"]
    journal.record(DELIVERED, changing, Mute())
    changing[0] = "after"
    assert journal.flush()
    assert "от ['before'] к <Mute without text> д" in (tmp_path / "server.log").read_text()


def test_language(make: Make, tmp_path: Path) -> None:
    """The language can be set at any time."""
    journal = make(language="en")
    journal.record(catalogue.CONNECTION_CLOSED)
    assert journal.flush()
    journal.language = "ru"
    journal.record(catalogue.CONNECTION_CLOSED)
    journal.close()
    assert messages(tmp_path / "server.log") == [
        "INFO     server     Client disconnected",
        "INFO     server     Клиент отключился",
    ]


def test_no_file(make: Make) -> None:
    """Without a directory there is the console only."""
    stream = io.StringIO()
    journal = make(directory=None, console=stream)
    journal.record(catalogue.CONNECTION_CLOSED)
    assert journal.flush()
    journal.close()
    assert stream.getvalue().endswith("Клиент отключился\n")
    assert journal.statistics[:3] == (1, 1, 0)


def test_close(make: Make, tmp_path: Path) -> None:
    """Closing writes everything and leaves no thread and no descriptor; later records are counted only."""
    threads, fds = threading.active_count(), descriptors()
    journal = make(console=io.StringIO())
    journal.extend(rows(1000))
    journal.close()
    journal.close()
    assert (threading.active_count(), descriptors()) == (threads, fds)
    journal.record(DELIVERED, "too", "late")
    journal.extend(rows(2))
    assert journal.flush()
    assert len(messages(tmp_path / "server.log")) == 1000
    assert journal.statistics[:3] == (1003, 1000, 3)


def test_release(make: Make, tmp_path: Path) -> None:
    """A released journal leaves nothing behind either, but starts again with the next record."""
    threads, fds = threading.active_count(), descriptors()
    journal = make()
    journal.record(DELIVERED, "a", "b")
    journal.release()
    assert (threading.active_count(), descriptors()) == (threads, fds)
    journal.record(DELIVERED, "c", "d")
    journal.close()
    journal.release()
    assert len(messages(tmp_path / "server.log")) == 2
    assert journal.statistics[:3] == (2, 2, 0)


def test_error(make: Make, tmp_path: Path) -> None:
    """An exception is shown with its traceback on the record's line, and is not kept alive by the journal."""

    class Failure(Exception):
        """Noted when it is gone."""

        def __del__(self) -> None:
            gone.append(True)

    gone: list[bool] = []
    journal = make()
    try:
        raise Failure("hello")
    except Failure as error:
        journal.record(catalogue.REQUEST_FAILED, "msg", error=error)
    assert journal.flush()
    (line,) = messages(tmp_path / "server.log")
    assert "запроса msg\\nTraceback (most recent call last):\\n  File " in line
    assert "Failure: hello\\ntb=" in line
    journal.close()
    assert gone == [True]


def test_many_threads(make: Make, tmp_path: Path) -> None:
    """Records of many threads are all there, each thread's in order."""
    journal = make()

    def work(name: str) -> None:
        for number in range(500):
            journal.record(DELIVERED, name, number)

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.flush()
    found: dict[str, list[int]] = {}
    for name, number in re.findall(r"от (t\d) к (\d+) ", (tmp_path / "server.log").read_text()):
        found.setdefault(name, []).append(int(number))
    assert found == {f"t{n}": list(range(500)) for n in range(8)}


def test_not_a_record(make: Make, tmp_path: Path) -> None:
    """Something that is no record at all costs its own line only."""
    journal = make()
    broken: Record = ("noon", DELIVERED, ("a", "b"), None, None, None, None)  # type: ignore[assignment]
    journal.extend([*rows(1), broken, *rows(1)])
    journal.close()
    first, second, third = messages(tmp_path / "server.log")
    assert first == third == "INFO     server     200: Сообщение от user к 0 доставлено"
    assert second.startswith("ERROR    server     Непредвиденная ошибка журнала: TypeError")


# Days.


@pytest.mark.parametrize("place", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("start", [1_616_882_400.0, 1_635_631_200.0, 1_617_458_400.0, 1_633_183_200.0, 1_325_152_800.0])
def test_every_line_is_in_the_file_of_its_date(
    make: Make, tmp_path: Path, clock: Clock, zone: Callable[[str], None], place: str, start: float
) -> None:
    """Through midnights and changes of the clock each line starts with the date in its file's name."""
    zone(place)
    journal = make(clock=clock)
    for step in range(0, 3 * 86_400, 1_799):
        clock.now = start + step
        journal.record(DELIVERED, "user", step)
        journal.extend(rows(2, created=clock.now - 5 * 60))
    clock.now = start
    journal.record(DELIVERED, "user", "clock set back")
    journal.close()
    files = [path for path in tmp_path.iterdir() if not path.is_symlink()]
    lines = [(path, line) for path in files for line in path.read_text().splitlines()]
    told = [line for _, line in lines if "Местное время сместилось" in line]
    assert len(lines) == 3 * len(range(0, 3 * 86_400, 1_799)) + 1 + len(told)
    assert len(files) in (3, 4, 5)
    for path, line in lines:
        assert path.name == f"server.log.{line[:10]}"


def test_link_follows_the_day(make: Make, tmp_path: Path, clock: Clock) -> None:
    """The link points to the file of the last day, also if a late line comes after midnight."""
    journal = make(clock=clock)
    journal.record(DELIVERED, "a", "b")
    clock.now += 86_400
    journal.record(DELIVERED, "c", "d")
    journal.extend(rows(1))
    assert journal.flush()
    assert [line.split()[-4] for line in messages(tmp_path / "server.log")] == ["c"]
    assert len(messages(tmp_path / "server.log.2021-06-12")) == 2


# Overload and failures.


def test_full_queue(make: Make, tmp_path: Path, disk: Disk) -> None:
    """What finds no room is counted, and one WARNING says how much, afterwards and once."""
    disk.room = 0
    journal = make(write=disk, limit=100)
    for number in range(60):
        journal.record(DELIVERED, "user", number)
    assert not journal.flush(0.01)
    journal.extend(rows(30))
    assert not journal.flush(0.01)
    journal.extend(rows(100))
    journal.record(DELIVERED, "user", "dropped")
    assert not journal.flush(0.01)
    disk.room = None
    assert journal.flush()
    journal.record(DELIVERED, "user", "at the end")
    journal.close()
    lines = messages(tmp_path / "server.log")
    logged, written, dropped = journal.statistics[:3]
    (told,) = [line for line in lines if "переполнена" in line]
    assert told.startswith("WARNING  server ")
    assert f"потеряно записей: {dropped} (INFO {dropped}). [Errno 28] No space left" in told
    assert journal.statistics.dropped_levels == {"INFO": dropped}
    assert dropped >= 90
    assert written == len(lines)
    assert logged == written + dropped


@pytest.fixture
def disk() -> Disk:
    """A disk that takes everything until told otherwise."""
    return Disk()


@pytest.mark.parametrize("room", [0, 40, 100, 250])
def test_full_disk(make: Make, tmp_path: Path, disk: Disk, room: int) -> None:
    """A full disk loses nothing: said once on the console, and all lines are whole when there is room again."""
    stream = io.StringIO()
    disk.room = room
    journal = make(write=disk, console=stream)
    for number in range(5):
        journal.record(DELIVERED, "user", number)
        assert not journal.flush(0.01) or room == 250
    disk.room = None
    assert journal.flush()
    journal.close()
    lines = messages(tmp_path / "server.log")
    assert [line.split()[-2] for line in lines if "200:" in line] == list("01234")
    assert [bool(re.search("не пишется", line)) for line in lines].count(True) == 1
    assert [bool(re.search("снова пишется", line)) for line in lines].count(True) == 1
    assert messages_of(stream) == lines
    assert "Журнал не пишется в файл: [Errno 28] No space left on device" in stream.getvalue()


def messages_of(stream: io.StringIO) -> list[str]:
    """What is after the time stamp, line by line."""
    return [line[24:] for line in stream.getvalue().splitlines()]


def test_back_off(make: Make) -> None:
    """A failing disk is not asked again for every record, only when its time has come."""
    steady = Clock(0.0)
    calls: list[float] = []
    recovered = threading.Event()

    def write(fd: int, data: memoryview) -> int:
        calls.append(steady.now)
        if steady.now < 10:
            raise OSError(errno.EIO, "Input/output error")
        recovered.set()
        return os.write(fd, data)

    console = io.StringIO()
    journal = make(write=write, monotonic=steady, console=console)
    journal.record(catalogue.SERVER_FORCED)
    assert not journal.flush(0.05)
    asked = len(calls)
    for _ in range(5):
        journal.extend(rows(100))
    while journal._writer.inbox.queue:  # its thread takes them without asking the disk
        pass
    assert len(calls) == asked
    steady.now = 10.0
    journal.record(catalogue.SERVER_FORCED)
    assert recovered.wait(5)


def test_close_with_a_full_disk(make: Make, disk: Disk) -> None:
    """Closing does not wait for a disk that stays full; what is lost is counted."""
    disk.room = 0
    journal = make(write=disk)
    journal.extend(rows(10))
    journal.close()
    logged, written, dropped = journal.statistics[:3]
    assert written == 0
    assert logged == dropped >= 10


def test_console_that_nobody_reads(make: Make, tmp_path: Path) -> None:
    """A paused console never delays the file."""
    reader, pipe = os.pipe()
    with os.fdopen(pipe, "w") as stream:
        journal = make(console=stream)
        for _ in range(30):
            journal.extend(rows(1000))
        assert journal.flush()
        assert len(messages(tmp_path / "server.log")) == 30_000
        os.close(reader)
        journal.close()
    told = [line for line in messages(tmp_path / "server.log") if "консол" in line.lower()]
    assert told == ["WARNING  server     Журнал не выводится на консоль: BrokenPipeError: [Errno 32] Broken pipe"]


def test_console_that_fell_behind(make: Make, tmp_path: Path) -> None:
    """When a console has caught up, one record says how many lines it missed."""
    go = threading.Event()

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            go.wait()
            return super().write(text)

    stream = Slow()
    journal = make(console=stream)
    journal.extend(rows(20_000))
    assert journal.flush()
    go.set()
    console = journal._writer._outputs.console
    assert console is not None
    assert console.flush(5)
    journal.record(catalogue.SERVER_FORCED)
    journal.close()
    (told,) = [line for line in messages(tmp_path / "server.log") if "не успевала" in line]
    shown = [line for line in messages_of(stream) if " 200: " in line]
    assert int(told.split()[-1]) == 20_000 - len(shown)
    assert told in messages_of(stream)


def test_link_that_cannot_be_made(make: Make, tmp_path: Path) -> None:
    """A link that cannot be made is said once, the lines are written."""
    (tmp_path / "server.log").mkdir()
    journal = make()
    for _ in range(3):
        journal.record(catalogue.CONNECTION_CLOSED)
        assert journal.flush()
    journal.close()
    lines = messages(tmp_path / "server.log.2021-06-12")
    assert len(lines) == 4
    assert len([line for line in lines if "Ссылка на файл журнала" in line]) == 1


def test_directory_that_cannot_be_found(make: Make, tmp_path: Path) -> None:
    """Whatever keeps the files from being opened is said once on the console, and nothing is lost."""
    failing = [True]

    def directory() -> Path:
        if failing:
            raise RuntimeError("no home directory")
        return tmp_path

    stream = io.StringIO()
    journal = make(directory=directory, console=stream)
    for _ in range(3):
        journal.record(catalogue.CONNECTION_CLOSED)
        assert not journal.flush(0.01)
    failing.clear()
    assert journal.flush()
    journal.close()
    assert messages(tmp_path / "server.log") == messages_of(stream)
    assert stream.getvalue().count("Журнал не пишется в файл: RuntimeError('no home directory')") == 1
    assert stream.getvalue().count("Клиент отключился") == 3


def test_internal_error(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the journal itself is journaled and does not end it."""
    failures = [ZeroDivisionError("oops")]
    original = writer.JournalWriter._look_around

    def look_around(self: writer.JournalWriter) -> None:
        if failures:
            raise failures.pop()
        original(self)

    monkeypatch.setattr(writer.JournalWriter, "_look_around", look_around)
    journal = make()
    journal.record(catalogue.CONNECTION_CLOSED)
    assert journal.flush()
    journal.record(catalogue.CONNECTION_CLOSED)
    journal.close()
    lines = messages(tmp_path / "server.log")
    assert len(lines) == 3
    assert "Непредвиденная ошибка журнала: ZeroDivisionError('oops')\\nTraceback" in lines[1]


def test_no_threads_left(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no thread can be started, records wait, and closing writes them."""

    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    journal = make()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        journal.record(DELIVERED, "a", "b")
        assert not journal.flush(0.01)
        journal.close()
    assert len(messages(tmp_path / "server.log")) == 1
