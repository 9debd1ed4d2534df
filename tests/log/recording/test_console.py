"""The console."""

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from vestnik.log.recording.console import Console


class Ascii(io.StringIO):
    """A stream that can show ASCII only."""

    encoding = "ascii"


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """The reading end of a pipe, and a text stream that writes into it."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        yield reader, stream
    os.close(reader)


def test_shows_lines() -> None:
    """Lines arrive in order."""
    stream = io.StringIO()
    console = Console(stream)
    console.show("one\n", 1)
    console.show("two\nthree\n", 2)
    assert console.flush()
    console.close()
    assert stream.getvalue() == "one\ntwo\nthree\n"
    assert (console.waiting, console.dropped) == (0, 0)


def test_stream_of_the_moment() -> None:
    """The stream may change, and may be missing."""
    streams: list[io.StringIO | None] = [io.StringIO(), None]
    console = Console(lambda: streams[0])
    console.show("one\n", 1)
    assert console.flush()
    streams.reverse()
    console.show("two\n", 1)
    assert console.flush()
    console.close()
    assert streams[1] is not None
    assert streams[1].getvalue() == "one\n"
    assert console.error is None


def test_poor_encoding() -> None:
    """What a console cannot show is shown as an escape."""
    stream = Ascii()
    console = Console(stream)
    console.show("Чат\n", 1)
    console.close()
    assert stream.getvalue() == "\\u0427\\u0430\\u0442\n"


def test_nobody_reads(pipe: tuple[int, TextIO]) -> None:
    """A pipe that nobody reads makes nobody wait: lines are dropped and counted, and closing ends soon."""
    reader, stream = pipe
    console = Console(stream, limit=100)
    line = "x" * 9_999 + "\n"
    for _ in range(200):
        console.show(line, 1)
    assert console.dropped >= 100 - 70_000 // len(line)
    assert not console.flush(0.01)
    console.close(0.01)
    left = (200 - console.dropped) * len(line)
    while left:
        left -= len(os.read(reader, left))
    for thread in threading.enumerate():
        if thread.name == "console":
            thread.join()
    assert console.waiting == 0


def test_non_blocking_pipe(pipe: tuple[int, TextIO]) -> None:
    """A terminal that somebody made non-blocking gets whole lines all the same."""
    reader, stream = pipe
    os.set_blocking(stream.fileno(), False)
    console = Console(stream)
    text = "".join(f"{number:09}\n" for number in range(20_000))
    console.show(text, 1)
    data = b""
    while len(data) < len(text):
        data += os.read(reader, 1 << 16)
    console.close()
    assert data.decode() == text


def test_closed_pipe(pipe: tuple[int, TextIO]) -> None:
    """A reader that has gone away is an error to report, not to raise."""
    reader, stream = pipe
    spare = os.dup(reader)
    os.dup2(os.open(os.devnull, os.O_RDONLY), reader)
    os.close(spare)
    console = Console(stream)
    console.show("one\n", 1)
    assert console.flush()
    assert isinstance(console.error, BrokenPipeError)
    assert console.dropped == 1
    console.close()


def test_closed_stream() -> None:
    """A closed stream is an error to report; after a success it is forgotten."""
    closed, opened = io.StringIO(), io.StringIO()
    closed.close()
    streams = [closed]
    console = Console(lambda: streams[0])
    console.show("one\n", 1)
    assert console.flush()
    assert isinstance(console.error, ValueError)
    streams[0] = opened
    console.show("two\n", 1)
    assert console.flush()
    assert console.error is None
    console.close()
    assert opened.getvalue() == "two\n"


def fail(_: threading.Thread) -> None:
    """Be a system that has no more threads."""
    raise RuntimeError("can't start new thread")


def test_no_threads_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """If no thread can be started that is an error to report, and the next line tries again."""
    stream = io.StringIO()
    console = Console(stream)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        console.show("one\n", 1)
    assert isinstance(console.error, RuntimeError)
    console.show("two\n", 1)
    console.close()
    assert stream.getvalue() == "one\ntwo\n"


def test_no_threads_left_and_a_pipe(monkeypatch: pytest.MonkeyPatch, pipe: tuple[int, TextIO]) -> None:
    """Without a thread lines are shown where that needs no waiting; a longer one is lost, and nobody waits."""
    reader, stream = pipe
    monkeypatch.setattr(threading.Thread, "start", fail)
    console = Console(stream)
    console.start()
    assert console.error is None
    console.show("one\n", 1)
    assert os.read(reader, 100) == b"one\n"
    assert (console.error, console.waiting) == (None, 0)
    console.show("x" * 100_000, 1)
    assert isinstance(console.error, RuntimeError)
    assert (console.dropped, console.waiting) == (1, 0)
    os.set_blocking(stream.fileno(), False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(stream.fileno(), b"x" * 4096)
    os.set_blocking(stream.fileno(), True)
    console.show("two\n", 1)
    assert isinstance(console.error, RuntimeError)
    assert console.waiting == 1
    console.close()
