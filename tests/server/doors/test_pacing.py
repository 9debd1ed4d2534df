"""Writing to a client that may not be able to tell where an object ends."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from vestnik.protocol.events import Delivery, Response
from vestnik.protocol.messages import encode
from vestnik.server.doors.pacing import AT_ONCE, GAP, MANY, Pacer, is_lined

ANSWER = encode(Response(200, "ok"))


def message(number: int) -> bytes:
    """A message from somebody."""
    return encode(Delivery(1.5, "anna", "boris", str(number)))


class Bench:
    """A pacer with a clock of its own, and what it has written, when."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.written: list[tuple[float, bytes]] = []
        self.told: list[str] = []
        self.features: frozenset[str] = frozenset()
        self.pacer = Pacer(cast(asyncio.AbstractEventLoop, self), cast(asyncio.WriteTransport, self), cast(Any, self))

    @property
    def session(self) -> Any:
        """The session of the client."""
        return SimpleNamespace(features=self.features)

    def time(self) -> float:
        """The loop's clock."""
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Any:
        """The loop's timer."""
        timer = when, call
        self.timers.append(timer)
        return SimpleNamespace(cancel=lambda: self.timers.remove(timer) if timer in self.timers else None)

    def write(self, data: bytes) -> None:
        """What the transport takes."""
        self.written.append((round(self.now - 100, 3), data))

    def get_write_buffer_size(self) -> int:
        """What waits in the transport."""
        return 0

    def choke(self) -> None:
        """Take note."""
        self.told.append("choke")

    def relax(self) -> None:
        """Take note."""
        self.told.append("relax")

    def run(self) -> list[tuple[float, bytes]]:
        """Let time pass until nothing waits for it."""
        while self.timers:
            self.timers.sort(key=lambda timer: timer[0])
            self.now, call = self.timers.pop(0)
            call()
        return self.written


@pytest.fixture
def bench() -> Bench:
    """A pacer whose client has just asked for something."""
    made = Bench()
    made.pacer.hear()
    return made


@pytest.mark.parametrize(
    ("data", "lined"),
    [
        (b'{"a":1}\n', True),
        (b'{"a":1}\r\n\r\n', True),
        (b"hello\n", True),
        (b"\n", True),
        (b'{"a":1}\n{"b"', True),
        (b'{"a":1} \r\n  {"b"', True),
        (b'{"a":1}', False),
        (b'{"a":1}{"b":2}', False),
        (b'{"a":1}      ', False),
        (b'{\n    "user": {\n        "a": 1\n    }\n}', False),
        (b'{"a":"\\n"}', False),
        (b"", False),
    ],
    ids=repr,
)
def test_what_ends_with_a_newline(data: bytes, lined: bool) -> None:
    """A newline counts that is behind an object, not one that is inside."""
    assert is_lined(data) == lined


def test_one_at_a_time(bench: Bench) -> None:
    """An answer goes at once, what was given with it a moment later, and one by one."""
    bench.pacer.write(ANSWER + message(1) + message(2))
    assert bench.pacer.waiting == len(message(1) + message(2))
    assert bench.run() == [(0, ANSWER), (GAP, message(1)), (2 * GAP, message(2))]
    assert bench.pacer.waiting == 0


def test_nothing_waits_after_silence(bench: Bench) -> None:
    """What comes when nothing was written for a moment goes at once."""
    bench.pacer.write(message(1))
    bench.run()
    bench.now += GAP
    bench.pacer.write(message(2))
    assert bench.written[-1] == (GAP, message(2))


def test_answers_go_first(bench: Bench) -> None:
    """An answer does not wait behind messages, and not at all when the client has asked since it was written to."""
    bench.pacer.write(message(1) + message(2))
    bench.now += GAP / 2
    bench.pacer.hear()
    bench.pacer.write(ANSWER)
    assert bench.run() == [(0, message(1)), (GAP / 2, ANSWER), (0.225, message(2))]


def test_answers_to_requests_that_came_together(bench: Bench) -> None:
    """Of several answers to one read only the first goes at once."""
    bench.pacer.write(ANSWER * 3)
    assert [when for when, _ in bench.run()] == [0, GAP, round(2 * GAP, 3)]


def test_who_asks_without_reading(bench: Bench) -> None:
    """A client that asks for more than it can have read can tell objects apart: everything goes at once from there."""
    bench.pacer.write(message(1) * 2 + ANSWER * (AT_ONCE + 1))
    bench.pacer.write(message(3))
    assert b"".join(data for _, data in bench.written) == ANSWER * (AT_ONCE + 1) + message(1) * 2 + message(3)
    assert bench.now == 100
    assert not bench.timers


def test_features(bench: Bench) -> None:
    """So can one that has named a feature."""
    bench.features = frozenset({"seq"})
    bench.pacer.write(ANSWER + message(1))
    assert bench.written == [(0, ANSWER + message(1))]


def test_stop(bench: Bench) -> None:
    """When a newline is seen what waits goes at once, answers first."""
    bench.pacer.write(message(1) + message(2) + ANSWER)
    bench.pacer.stop()
    assert b"".join(data for _, data in bench.written) == ANSWER + message(1) + message(2)
    assert (bench.pacer.waiting, bench.timers) == (0, [])


def test_many(bench: Bench) -> None:
    """However many wait, they are written in `MANY` gaps; a client that is behind is said to be choked."""
    count = 40 * MANY
    bench.pacer.write(b"".join(message(number) for number in range(count)))
    assert bench.told == ["choke"]
    assert [data for _, data in bench.run()] == [message(number) for number in range(count)]
    assert bench.told == ["choke", "relax"]
    assert bench.now - 100 < (MANY + 1) * GAP


def test_long_messages_count_when_they_are_whole(bench: Bench) -> None:
    """A message in portions waits until its last one is written."""
    line = encode(Delivery(1.5, "anna", "boris", "x" * 4000))
    bench.pacer.write(line)
    assert len(bench.written) == 1
    assert bench.pacer.waiting == len(line)
    bench.run()
    assert len(bench.written) == 5
    assert bench.pacer.waiting == 0


def test_the_end(bench: Bench) -> None:
    """At the end answers are still written, and messages are not: they count as not delivered."""
    bench.pacer.write(ANSWER * 3 + message(1))
    assert bench.pacer.finish(lambda: bench.told.append("end"))
    assert bench.told == []
    assert [data for _, data in bench.run()] == [ANSWER] * 3
    assert bench.told == ["end"]
    assert bench.pacer.waiting == len(message(1))


def test_the_end_without_answers(bench: Bench) -> None:
    """Nothing is waited for when no answer is."""
    bench.pacer.write(message(1) + message(2))
    assert not bench.pacer.finish(lambda: bench.told.append("end"))
    assert len(bench.run()) == 1


def test_abort(bench: Bench) -> None:
    """Nothing more is written to a connection that is gone, and what waited stays counted."""
    bench.pacer.write(message(1) + message(2))
    bench.pacer.abort()
    assert len(bench.run()) == 1
    assert bench.pacer.waiting == len(message(2))
