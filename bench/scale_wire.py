"""A client that asks the server one thing at a time, and the time until each answer is there."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from bench.fill import token
from bench.peers import Running
from bench.process import cpu_seconds
from bench.scale_questions import Missed, Question, Request
from bench.scale_store import Filled

READ_BYTES = 1 << 20
LIMIT_SECONDS = 60.0
LISTED = ("messages", "conversations")
MESSAGE = b'\n{"action":"msg"'
RESUMED = b'{"action":"resumed"'
ACCEPTED = b'{"response":2'


class AskError(Exception):
    """The server did not do what it was asked for; the text says what it said."""


class Wire:
    """A connection to the server on a loopback port."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def ask(self, request: Request, last: bytes = b"") -> tuple[float, bytes]:
        """Send a request and wait for a line, or for the line that begins with `last`; seconds, and what has come.

        Raises AskError when the server closes the connection, or refuses.
        """
        data = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        come = bytearray()
        begun = time.perf_counter()
        self._socket.sendall(data)
        while not _complete(come, last):
            part = self._socket.recv(READ_BYTES)
            if not part:
                raise AskError(f"`{request['action']}`: the server closed the connection")
            come += part
        taken = time.perf_counter() - begun
        if not come.startswith(ACCEPTED):
            answer = json.loads(come.partition(b"\n")[0])
            raise AskError(f"`{request['action']}`: {answer.get('response')} {answer.get('error')}")
        return taken, bytes(come)


def _complete(come: bytearray, last: bytes) -> bool:
    if not come.endswith(b"\n"):
        return False
    return come.startswith(last, come.rfind(b"\n", 0, -1) + 1) or not come.startswith(ACCEPTED)


@contextlib.contextmanager
def logged_in(port: int, name: str, *features: str, password: str | None = None) -> Iterator[Wire]:
    """A connection of an account that asks, logged in by its token or by a password. Raises AskError, OSError."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = Wire(connection)
        proof = {"token": token(name)} if password is None else {"password": password}
        user = {"account_name": name, **proof}
        wire.ask({"action": "authenticate", "user": user, "features": features})
        yield wire


class Times(NamedTuple):
    """How often things are done in one round; a question is first asked `warm_up` times that do not count."""

    started: int
    warm_up: int
    asked: int
    resumed: int


FULL = Times(started=3, warm_up=20, asked=200, resumed=50)
QUICK = Times(started=1, warm_up=1, asked=5, resumed=2)


MOST_SECONDS = 10.0
"""After so long a question is asked no more, once it has been asked `LEAST` times."""
LEAST = 3


@dataclass(slots=True)
class Answers:
    """What asking gave: seconds of each answer, the server's processor time in all, and how much was listed."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    things: int = 0

    def add(self, other: "Answers") -> None:
        """Take in those of another question."""
        self.seconds += other.seconds
        self.cpu += other.cpu
        self.things += other.things

    def figures(self) -> dict[str, float]:
        """Return milliseconds until an answer is there and of processor time, and how much an answer lists."""
        ordered, count = sorted(self.seconds), len(self.seconds)
        p50, p99 = (ordered[min(count - 1, count * share // 100)] * 1e3 for share in (50, 99))
        return {"p50": p50, "p99": p99, "cpu": self.cpu * 1e3 / count, "things": self.things / count}


def turns(warm_up: int, wanted: int) -> Iterator[bool]:
    """Yield for each turn whether it counts; there are fewer where they take long."""
    late = time.perf_counter() + MOST_SECONDS
    for _ in range(warm_up):
        if time.perf_counter() < late:
            yield False
    for number in range(wanted):
        if number < LEAST or time.perf_counter() < late:
            yield True


def ask(question: Question, filled: Filled, server: Running, times: Times, rng: Random) -> Answers:
    """Ask over and over, one after the other. Raises AskError, NothingError, OSError."""
    answers = Answers()
    with logged_in(server.port, filled.names[question.who], "seq") as wire:
        for counts in turns(times.warm_up, times.asked):
            request, before = question.request(filled, rng), cpu_seconds(server.pid)
            taken, come = wire.ask(request)
            if counts:
                answers.cpu += cpu_seconds(server.pid) - before
                answers.seconds.append(taken)
                answer = json.loads(come)
                answers.things += sum(len(answer.get(key, ())) for key in LISTED)
    return answers


def resume(missed: Missed, filled: Filled, server: Running, times: Times) -> Answers:
    """Resume over and over, each time on a connection of its own. Raises AskError, OSError."""
    places = filled.places[missed.who]
    cursors = {place.name: {"seq": max(0, place.seq - missed.behind), "change": place.change} for place in places}
    owed = sum(min(missed.behind, place.seq) for place in places)
    answers = Answers()
    for counts in turns(min(times.warm_up, times.resumed), times.resumed):
        with logged_in(server.port, filled.names[missed.who], "seq", "resume", "changes") as wire:
            before = cpu_seconds(server.pid)
            taken, come = wire.ask({"action": "resume", "cursors": cursors}, RESUMED)
            sent = come.count(MESSAGE)
            if sent != owed:
                raise AskError(f"`resume`: {sent} of {owed} messages")
            if counts:
                answers.cpu += cpu_seconds(server.pid) - before
                answers.seconds.append(taken)
                answers.things += sent
    return answers
