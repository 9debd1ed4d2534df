"""What strangers, a member and someone who guesses passwords send, each from a process of its own.

    python -m bench.hostile_attacks KIND PORT [NAME]

sends until it is killed, as fast as the server takes it, reads all answers, and comes again when it is cut off.
"""

import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Final

from bench.fill import PASSWORD, token

ROOM: Final = "#flood"
"""Where the member posts."""
TIMEOUT: Final = 30.0
AGAIN: Final = 0.02
"""Seconds until who was cut off comes again."""
GUESSERS: Final = 16
"""Connections that guess at once."""
READ_BYTES: Final = 1 << 16

Request = Mapping[str, Any]
Flood = Callable[[int], Request]
"""Makes the request number so-and-so of a flood."""


def _msg(text: str) -> Request:
    return {"action": "msg", "to": ROOM, "message": text}


def _words(number: int) -> str:
    """A text of 570 words of which another number's has none."""
    return " ".join(f"w{number % 7919}x{word}" for word in range(570))[:4000]


def _cursors(number: int, name: str, names: int) -> Request:
    return {"action": "resume", "cursors": {f"{name}{number}_{at}": 0 for at in range(names)}}


def _join_and_leave(number: int) -> Request:
    return {"action": "leave" if number % 2 else "join", "room": f"#fl{number // 2}"}


FLOODS: Final[Mapping[str, Flood]] = {
    "presence": lambda _: {"action": "presence"},
    "messages": lambda _: _msg("x"),
    "texts of combining marks": lambda number: _msg("a" + "\u0301\u0323" * 1999 + str(number % 10)),
    "texts of 4,000 letters": lambda number: _msg(chr(0x4E00 + number % 7) * 4000),
    "edits of 570 words": lambda number: {"action": "edit", "to": ROOM, "seq": 1, "message": _words(number)},
    "search for 16 × 一一": lambda _: {"action": "search", "query": " ".join(["一一"] * 16)},
    "search for a common letter": lambda _: {"action": "search", "query": "2026", "limit": 100},
    "rooms by a part of a name": lambda number: {"action": "rooms", "query": f"м{number % 10}", "limit": 100},
    "history": lambda _: {"action": "history", "to": ROOM, "limit": 100},
    "conversations": lambda _: {"action": "conversations"},
    "resume with long names": lambda number: _cursors(number, "a" + "\u0301\u0323" * 14_000, 1),
    "resume with many names": lambda number: _cursors(number, "\ufdfa", 1500),
    "join and leave": _join_and_leave,
    "rename": lambda number: {"action": "set_room", "room": ROOM, "topic": f"{number}", "description": "x" * 1000},
}
"""What a member may send and what costs the server more than it costs the member."""

NONSENSE: Final[Mapping[str, bytes]] = {
    "brackets": b"[]" * 30_000,
    "objects": b"{}\n" * 20_000,
    "numbers": b"1\n" * 30_000,
    "requests": b'{"action":"msg","to":"#room","message":"hello"}\n' * 1000,
}
"""What strangers send: the first closes after each hundred, the others stay as long as they may."""


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection whose answers are read and thrown away. Raises OSError."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        reading = threading.Thread(target=_swallow, args=(connection,), daemon=True)
        reading.start()
        try:
            yield connection
        finally:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # closing alone does not end what another thread reads
            reading.join()


def _swallow(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(READ_BYTES):
            pass
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # whoever writes finds out


def _for_ever(port: int, send: Callable[[socket.socket], None]) -> None:
    while True:
        with contextlib.suppress(OSError), connected(port) as connection:
            send(connection)
        time.sleep(AGAIN)


def be_stranger(port: int, nonsense: bytes) -> None:
    """Send nonsense without a login."""

    def send(connection: socket.socket) -> None:
        for _ in range(100) if nonsense == NONSENSE["brackets"] else count():
            connection.sendall(nonsense)

    _for_ever(port, send)


def login(name: str, **proof: str) -> bytes:
    """The request that logs an account in."""
    return _line({"action": "authenticate", "user": {"account_name": name, **proof}, "features": ["seq", "resume"]})


def _line(request: Request) -> bytes:
    return json.dumps(request, ensure_ascii=False).encode() + b"\n"


def be_member(port: int, name: str, flood: Flood) -> None:
    """Log in and send one kind of request over and over, without waiting for answers."""
    numbers = count()

    def send(connection: socket.socket) -> None:
        connection.sendall(login(name, token=token(name)))
        for number in numbers:
            connection.sendall(_line(flood(number)))

    _for_ever(port, send)


def guess(port: int, name: str) -> None:
    """Try wrong passwords; half of the guessers close at once, half wait for their answer and come again."""
    wrong = login(name, password=f"not {PASSWORD}")

    def close_at_once() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(wrong)

    def wait() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(wrong)
            connection.recv(READ_BYTES)

    def again(tries: Callable[[], None]) -> None:
        while True:
            with contextlib.suppress(OSError):
                tries()
            time.sleep(AGAIN)

    for number in range(GUESSERS):
        threading.Thread(target=again, args=(wait if number % 2 else close_at_once,), daemon=True).start()
    threading.Event().wait()


def main() -> None:
    """Attack."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    kind, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    if kind in NONSENSE:
        be_stranger(port, NONSENSE[kind])
    elif kind == GUESS:
        guess(port, name)
    else:
        be_member(port, name, FLOODS[kind])


GUESS: Final = "guess"
"""The kind that tries passwords of the account NAME."""

if __name__ == "__main__":
    main()
