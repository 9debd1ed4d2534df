"""`make bench-logins`: what a login by token costs the server, and how long it takes when ten thousand come back.

First the connections are there and log in all at once: what that costs the server is the login alone. Then all of them
are cut, as when a server or a network was away, and everybody connects, logs in and resumes at the same moment. Each
account has its own token; nobody's password is hashed. Clients come from many addresses of 127.0.0.0/8, as a team does.
"""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final, cast

import click
import uvloop

from bench.fill import TOKEN
from bench.goals import Goal, at_least, within
from bench.peers import ACCOUNT, Running, vestnik
from bench.process import StartError, cpu_seconds
from bench.report import goal_rows, rich_table
from bench.run import prepared, wide_console

COUNT: Final = 10_000
QUICK_COUNT: Final = 200
LEAST_LOGINS: Final = 5_000.0
"""Logins by token in a second of the server's processor time."""
MOST_SECONDS: Final = 10.0
"""Until everybody who comes back at once has what was missed."""
NETWORKS: Final = 200
"""Addresses that clients come from."""
BACKLOG: Final = 500
"""Connections that are being made at a time: more wait in the clients' system, not in the server's."""
WITHIN: Final = 120.0
"""Seconds after which a measurement is given up."""


class LoginError(Exception):
    """A client was not served as it should have been; the text says how."""


class Visitor(asyncio.Protocol):
    """One client. `answered` is called with each answer of the server."""

    def __init__(self, number: int, answered: Callable[["Visitor", dict[str, object]], None]) -> None:
        self.number = number
        self.transport: asyncio.Transport | None = None
        self._answered = answered
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has accepted."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Something has come: objects end with a newline."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._answered(self, json.loads(line))

    def log_in(self, *features: str) -> None:
        """Ask to be let in by token."""
        name = f"{ACCOUNT}{self.number}"
        user = {"account_name": name, "token": f"{TOKEN}{name}"}
        self.say({"action": "authenticate", "user": user, "features": features})

    def say(self, request: dict[str, object]) -> None:
        """Write a request."""
        assert self.transport is not None
        self.transport.write(json.dumps(request).encode() + b"\n")


class Crowd:
    """All clients of one measurement, and how many of them are served."""

    def __init__(self, server: Running, count: int) -> None:
        self._server = server
        self._count = count
        self._served = 0
        self._all = asyncio.get_running_loop().create_future()
        self.visitors: list[Visitor] = []

    async def connect(self, begin: Callable[[Visitor], None]) -> None:
        """Connect everybody, `BACKLOG` at a time; `begin` is called with each who is."""
        slots = asyncio.Semaphore(BACKLOG)

        async def one(number: int) -> None:
            async with slots:
                self.visitors.append(visitor := await self._connect(number))
                begin(visitor)

        await asyncio.gather(*map(one, range(self._count)))

    async def _connect(self, number: int) -> Visitor:
        loop = asyncio.get_running_loop()
        sock = socket.socket()
        sock.setblocking(False)
        sock.bind((f"127.0.{1 + number % NETWORKS}.1", 0))
        await loop.sock_connect(sock, ("127.0.0.1", self._server.port))
        _, visitor = await loop.create_connection(lambda: Visitor(number, self._answered), sock=sock)
        return visitor

    def _answered(self, visitor: Visitor, answer: dict[str, object]) -> None:
        if answer.get("response", 200) not in (200, 202):
            if not self._all.done():
                self._all.set_exception(LoginError(json.dumps(answer, ensure_ascii=False)))
        elif "conversations" not in answer and self.comes_next(visitor, answer):
            self._served += 1
            if self._served == self._count and not self._all.done():
                self._all.set_result(None)

    def comes_next(self, _visitor: Visitor, _answer: dict[str, object]) -> bool:
        """Whether a client is served with this answer."""
        return True

    async def served(self) -> None:
        """Return when everybody is served. Raises LoginError, TimeoutError."""
        await asyncio.wait_for(asyncio.shield(self._all), WITHIN)

    def leave(self) -> None:
        """Cut all connections."""
        for visitor in self.visitors:
            if visitor.transport is not None:
                visitor.transport.abort()


class Returning(Crowd):
    """Clients that resume: they are served when they have what they missed."""

    def comes_next(self, visitor: Visitor, answer: dict[str, object]) -> bool:
        """The login is answered first, then comes the end of what was missed."""
        if "response" in answer:
            visitor.say({"action": "resume", "cursors": {}})
            return False
        return answer.get("action") == "resumed"


async def measure(server: Running, count: int) -> tuple[float, float, float]:
    """Logins in a second of processor time; seconds until all are back, and of processor time for that."""
    crowd = Crowd(server, count)
    await crowd.connect(lambda _visitor: None)
    await asyncio.sleep(0.5)  # what connecting has cost is over
    before = cpu_seconds(server.pid)
    for visitor in crowd.visitors:
        visitor.log_in()
    await crowd.served()
    per_second = count / (cpu_seconds(server.pid) - before)
    crowd.leave()
    await asyncio.sleep(1.0)
    returning = Returning(server, count)
    before, begun = cpu_seconds(server.pid), time.perf_counter()
    await returning.connect(lambda visitor: visitor.log_in("resume", "changes"))
    await returning.served()
    seconds, spent = time.perf_counter() - begun, cpu_seconds(server.pid) - before
    returning.leave()
    return per_second, seconds, spent


def judge(count: int, per_second: float | None, seconds: float | None) -> Sequence[Goal]:
    """Return the goals."""
    return (
        at_least("logins by token in a second of processor time", per_second, LEAST_LOGINS, ""),
        within(f"{count:,} come back at once, until the last has what it missed", seconds, MOST_SECONDS, " s"),
    )


@click.command()
@click.option("--count", default=COUNT, show_default=True, type=click.IntRange(1, COUNT), help="How many clients.")
@click.option("--quick", is_flag=True, help="Few clients, no goals: only to see that everything runs.")
def main(count: int, quick: bool) -> None:
    """Measure logins by token. Ends with 1 when a goal is missed or a client was not served."""
    console = wide_console()
    count = QUICK_COUNT if quick else count
    with prepared():
        try:
            with vestnik(count, settings='lang = "en"\nmax_connections = 50000\n') as server:
                per_second, seconds, spent = uvloop.run(measure(server, count))
        except (StartError, LoginError, TimeoutError, OSError) as problem:
            console.print(f"{type(problem).__name__}: {problem}", markup=False)
            sys.exit(1)
    goals = judge(count, per_second, seconds)
    console.print(rich_table("Goals", goal_rows(goals)))
    console.print(f"Processor time for {count:,} that come back: {spent:.2f} s, {spent / count * 1e6:.0f} µs each")
    sys.exit(0 if quick or all(goal.met for goal in goals) else 1)


if __name__ == "__main__":
    main()
