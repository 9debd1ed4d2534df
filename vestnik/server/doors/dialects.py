"""What each connection at the TCP door speaks, recognised while it speaks; plain JIM until something else is."""

from collections.abc import Iterator
from typing import Final

from vestnik.protocol.dialects import (
    LONGEST,
    PLAIN,
    PLAINLY,
    SILENTLY,
    Dialect,
    DialectFormat,
    Spelling,
    read,
    recognise,
)
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.formats import Format, jim_formats
from vestnik.protocol.names import ROOM_SIGN, name_key
from vestnik.protocol.requests import AnyRequest, Authenticate, Join, Leave, Msg
from vestnik.protocol.spellings import respell
from vestnik.server.door import Incoming
from vestnik.server.peer import Peer
from vestnik.server.peers import Peers

MAX_JOINED: Final = 100
"""Rooms that a connection is known to have written to; past it all are forgotten, and joined once more."""


class Dialects:
    """What is shared by the connections that speak dialects; `common` is the name of the room for everybody.

    `spoken` is how those who spell messages in another way do it, by their names, as long as they are connected.
    """

    def __init__(self, peers: Peers, common: str, *, known: bool) -> None:
        self.peers = peers
        self.common = common
        self.known = known
        self.spoken: dict[str, Spelling] = {}
        self._formats: dict[Dialect, Format] = {}  # a few dozen at most, but for what clients call the common room

    def format(self, dialect: Dialect) -> Format:
        """The one format of all who speak a dialect."""
        found = self._formats.get(dialect)
        if found is None:
            found = self._formats[dialect] = DialectFormat(dialect, self.common, self.spoken)
        return found


class Ear:
    """Understands what comes over one connection, and sees to it that it is answered alike. `peer` is set later."""

    __slots__ = ("_author", "_dialect", "_dialects", "_joined", "peer")

    def __init__(self, dialects: Dialects) -> None:
        self._dialects = dialects
        self._dialect = PLAINLY
        self._author = ""  # as whom it has spelled messages otherwise than plainly
        self._joined: set[str] | None = None  # keys of rooms that it has become a member of by writing
        self.peer: Peer

    @property
    def _open(self) -> bool:
        """Whether it may speak a dialect: who names features is written to as that says."""
        return self._dialects.known and not self.peer.session.features

    def formats(self, features: frozenset[str]) -> Format:
        """The format for a client that has named these features."""
        return jim_formats(features) if features or self._dialect == PLAINLY else self._dialects.format(self._dialect)

    def read(self, data: bytes) -> AnyRequest | None:
        """What is meant by a request that plain JIM does not know; None when it means nothing."""
        if not self._open:
            return respell(data)
        request, dialect = read(data, self._dialect)
        self._speak(dialect)
        return request

    def hear(self, found: Iterator[Incoming]) -> Iterator[Incoming]:
        """What has come, as plain JIM; before a message to a room, where that is the custom, a request to join it."""
        account = self.peer.session.account
        known = account is not None and not account.visitor
        for request in found:
            if known and type(request) is Msg and len(request.to) > LONGEST and self._dialect is PLAINLY:
                yield request
                continue
            if request is None or isinstance(request, BadRequest) or not self._open:
                yield request
                continue
            account = self.peer.session.account
            simple = account is not None and account.visitor and type(request) is not Authenticate
            if simple != self._dialect.simple:
                self._speak(self._dialect._replace(simple=simple, joining=True))
            meant, dialect = recognise(request, self._dialect, self._dialects.common)
            self._speak(dialect)
            if dialect.joining and isinstance(meant, Msg | Leave):
                yield from self._join(meant)
            yield meant

    def _join(self, request: Msg | Leave) -> Iterator[Join]:
        joined = self._joined = self._joined or set()
        if isinstance(request, Leave):
            joined.discard(name_key(request.room))
        elif request.to.startswith(ROOM_SIGN) and (key := name_key(request.to[:MAX_JOINED])) not in joined:
            if len(joined) >= MAX_JOINED:
                joined.clear()
            joined.add(key)
            yield Join(room=request.to, id=SILENTLY)

    def _speak(self, dialect: Dialect) -> None:
        """Write to the client in a dialect from now on."""
        session = self.peer.session
        account = session.account
        if account is not None:
            spelling = dialect.spelling
            if spelling is not None and spelling is not PLAIN:
                self._author = account.name
                self._dialects.spoken[self._author] = spelling
        if dialect != self._dialect:
            self._dialect = dialect
            self.peer.formats = self.formats
            self._dialects.peers.reformat(session, self.formats(session.features))

    def end(self) -> None:
        """The connection is gone."""
        self._dialects.spoken.pop(self._author, None)
