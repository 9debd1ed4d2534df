"""Exchanges as docs/protocol.md shows them (docs/examples/*.txt), played against a real server.

`C: ` begins what a client writes and `S: ` what the server writes; `C boris: ` and `S boris: ` when there are several.
What `admin` writes goes to the control socket.
A code of six digits that a client writes is what the authenticator shows, or the second time what it shows next.
The examples are of a server that speaks English and has the accounts `anna`, `boris` and `clara`.
"""

import json
import re
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import pyotp

from tests.support.wire import Wire
from vestnik.chat.second_factor import STEP
from vestnik.server.app import App
from vestnik.server.doors.control import SOCKET_NAME

ADMIN = "admin"
CLOSES = "(closes the connection)"
STOPPED = "(the server is stopped)"
_LINE = re.compile(r"([CS])(?: (\w+))?: (.*)")


class Line(NamedTuple):
    """One line: whether the server writes it, on whose connection, and what."""

    from_server: bool
    who: str
    text: str


def parse(text: str) -> list[Line]:
    """The lines of an example. Raises ValueError for one that is neither a client's nor the server's."""
    lines = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            lines.append(Line(found[1] == "S", found[2] or "", found[3]))
        elif line == STOPPED:
            lines.append(Line(True, "", line))
        else:
            raise ValueError(line)
    return lines


class Player:
    """Plays one example; `said` is everything the server has answered with, in order."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.said: list[dict[str, Any]] = []
        self._wires: dict[str, Wire] = {}
        self._random: dict[str, str] = {}
        self._key = ""
        self._codes = 0

    async def play(self, lines: Iterable[Line]) -> None:
        """Write what the clients write and compare what the server says. Raises AssertionError for a difference."""
        try:
            for line in lines:
                await self._play(line)
        finally:
            for wire in self._wires.values():
                await wire.close()

    async def _play(self, line: Line) -> None:
        if line.text == STOPPED:
            await self.app.stop()
        elif line.from_server:
            await self._expect(self._wires[line.who], line.text)
        elif line.text == CLOSES:
            await self._wires.pop(line.who).close()
        else:
            await self._idle()
            if line.who not in self._wires:
                self._wires[line.who] = await self._connect(line.who)
            for shown, real in self._random.items():
                line = line._replace(text=line.text.replace(shown, real))
            text = _CODE.sub(self._code, line.text)
            self._wires[line.who].write(text.encode() + b"\n")

    def _code(self, shown: re.Match[str]) -> str:
        """A code in the place of one that is shown: none can be used twice."""
        if not self._key:
            return shown[0]
        self._codes += 1
        return pyotp.TOTP(self._key).generate_otp(int(time.time()) // STEP + self._codes - 1)

    async def _connect(self, who: str) -> Wire:
        if who == ADMIN:
            return await Wire.connect_to(self.app.settings.data_path / SOCKET_NAME)
        return await Wire.connect(self.app.listener.port)

    async def _expect(self, wire: Wire, text: str) -> None:
        if text == CLOSES:
            assert await wire.rest() == b""
            await wire.close()
            self._wires = {who: each for who, each in self._wires.items() if each is not wire}
            return
        wanted, heard = json.loads(text), await wire.hear()
        self.said.append(dict(heard))
        assert list(heard) == list(wanted), (text, heard)
        _without_times(wanted, heard)
        self._key = heard.get("key", self._key)
        for key in RANDOM & set(wanted):
            self._random[wanted.pop(key)] = heard.pop(key)
        for one, other in zip(wanted.pop("codes", []), heard.pop("codes", []), strict=True):
            self._random[one] = other
        assert heard == wanted

    async def _idle(self) -> None:
        """Wait until the server has nothing under way, such as looking for messages kept for a new login."""
        await self.app.services.tasks.wait()


_CODE = re.compile(r'(?<=")[0-9]{6}(?=")')
RANDOM = {"token", "epoch", "key", "uri", "code"}
"""Fields of an answer with a random text, which clients send later as it was shown to them."""
TIMES = {"time", "created", "joined", "edited", "deleted", "seen", "muted", "until", "used", "expires"}
"""Fields with a moment that is another one each time."""


def _without_times(wanted: Any, heard: Any) -> None:
    """Take moments out of both, wherever they stand; in both there must be one."""
    if isinstance(wanted, dict) and isinstance(heard, dict):
        for key in TIMES & set(wanted):
            if isinstance(wanted[key], float):
                assert isinstance(heard.pop(key), float), key
                del wanted[key]
        for key in set(wanted) & set(heard):
            _without_times(wanted[key], heard[key])
    elif isinstance(wanted, list) and isinstance(heard, list):
        for one, other in zip(wanted, heard, strict=False):
            _without_times(one, other)
