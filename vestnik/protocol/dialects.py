"""Dialects: what public programs say and want to hear in place of plain JIM, in one table (docs/protocol.md).

A dialect is a way to write things on a door (`DialectFormat`), recognised by what a client says: `read` knows requests
that plain JIM has not, `recognise` plain ones that mean something else there.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, Raw

from vestnik.protocol.administration import AnyAction
from vestnik.protocol.codes import Code
from vestnik.protocol.events import Delivery, Response, ServerEvent
from vestnik.protocol.formats import JIM_PLAIN, Sent
from vestnik.protocol.messages import DECODE_ERRORS
from vestnik.protocol.names import ROOM_SIGN, name_key
from vestnik.protocol.request import NO_TIME, NO_TYPE, NOBODY
from vestnik.protocol.requests import (
    AnyRequest,
    GetContacts,
    Join,
    Leave,
    Msg,
    Presence,
    Quit,
    Who,
)
from vestnik.protocol.spellings import respell


class Spelling(NamedTuple):
    """How a message is spelled: its action, and the fields of author, addressee (None: left out) and text."""

    action: str
    author: str
    to: str | None
    text: str


PLAIN: Final = Spelling("msg", "from", "to", "message")
MESS_TEXT: Final = Spelling("message", "from", "to", "mess_text")
DESTINATION: Final = Spelling("message", "sender", "destination", "mess_text")
RECEIVER: Final = Spelling("msg", "sender", None, "message")

Contacts: TypeAlias = Literal["alert", "data_list", "quantity"]
People: TypeAlias = Literal["data_list", "numbered"]
EVERYBODY: Final = frozenset({ROOM_SIGN, "@all", "all", "@все", "все"})
"""What such programs write in place of an addressee for everybody who is there, as names are compared."""
LONGEST: Final = max(map(len, EVERYBODY))
"""Characters that these have at most."""
SILENTLY: Final = "joined by writing"
"""The `id` of a `join` that nobody asked for: it has no answer."""


class Dialect(NamedTuple):
    """What a client wants to hear.

    `spelling` is that of messages; None: that of their author, as long as the client has said nothing. `contacts` and
    `people` are how lists look: names in `alert`; names in `data_list`; `quantity` and an object for each; pairs of
    number and name in `alert`. `everybody` is what it calls the common room, if not by its name. `simple` says that it
    knows only 200 for what was accepted. `joining` says that writing to a room makes it a member.
    """

    spelling: Spelling | None = PLAIN
    contacts: Contacts = "alert"
    people: People = "data_list"
    everybody: str = ""
    simple: bool = False
    joining: bool = False


PLAINLY: Final = Dialect()
"""That of a client in which nothing was recognised."""


class _Wild(msgspec.Struct, gc=False):
    """Fields that requests have which plain JIM does not know."""

    action: str
    time: Raw = NO_TIME
    id: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    sender: str | None = None
    to: str | None = None
    destination: str | None = None
    receiver: str | None = None
    mess_text: str | None = None
    message: str | None = None
    account_name: Raw = NOBODY
    client_name: Raw = NOBODY
    user: Raw = NOBODY
    user_login: Raw = NOBODY


_WILD: Final = msgspec.json.Decoder(_Wild)


def read(data: bytes, dialect: Dialect) -> tuple[AnyRequest | None, Dialect]:
    """The request that `data` means, which is none of plain JIM; None when it means nothing. And what is spoken."""
    request: AnyRequest | None = respell(data)
    if request is not None:
        return request, dialect._replace(joining=True)
    try:
        found = _WILD.decode(data)
    except DECODE_ERRORS:  # no event: its answer has one, of what was wrong first
        return None, dialect
    if found.action in {"message", "msg"}:
        return _read_message(found, dialect)
    if found.action == "exit":
        return Quit(found.time, found.id), dialect
    if found.action == "get_users":
        return _people(found, found.account_name), dialect._replace(people="data_list", joining=True)
    if found.action == "get_contacts_all":
        return _people(found, found.user_login), dialect._replace(people="numbered", joining=True)
    return None, dialect


def _people(found: _Wild, speaker: Raw) -> Who:
    return Who(time=found.time, id=found.id, all=True, account_name=speaker, user=found.user)


def _read_message(found: _Wild, dialect: Dialect) -> tuple[AnyRequest | None, Dialect]:
    to = next((each for each in (found.to, found.destination, found.receiver) if each is not None), None)
    text = found.message if found.mess_text is None else found.mess_text
    if to is None or text is None:
        return None, dialect
    if found.action == "msg" and found.to is not None and found.message is not None:
        return None, dialect  # a plain one, of which something else is wrong
    if found.action == "msg":
        spelling = RECEIVER if found.sender is not None and found.to is None else PLAIN
    else:
        spelling = DESTINATION if found.to is None else MESS_TEXT
    request = Msg(
        time=found.time,
        id=found.id,
        to=to,
        message=text,
        from_=found.from_,
        sender=found.sender,
        account_name=found.account_name,
        client_name=found.client_name,
        user=found.user,
    )
    return request, dialect._replace(spelling=spelling, joining=True)


def means_everybody(to: str) -> bool:
    """Whether that is no addressee but everybody who is there."""
    return len(to) <= LONGEST and name_key(to) in EVERYBODY


def recognise(request: AnyAction, dialect: Dialect, common: str) -> tuple[AnyAction, Dialect]:
    """The request that a plain one means, and what is spoken. `common` is the name of the common room."""
    if isinstance(request, Msg):
        if dialect.spelling is None:
            dialect = dialect._replace(spelling=PLAIN)
        if means_everybody(request.to):
            dialect = dialect._replace(everybody=request.to, joining=True)
            request.to = common
    elif isinstance(request, Join | Leave):
        if dialect.joining and means_everybody(request.room):
            dialect = dialect._replace(everybody=request.room)
            request.room = common
    elif isinstance(request, Presence):
        user = request.user
        if user is not None and user.status is None and user.state is None and request.type is NO_TYPE:
            dialect = dialect._replace(spelling=None if dialect.spelling is PLAIN else dialect.spelling)
    elif isinstance(request, GetContacts) and request.user_login is None:
        if request.user is not NOBODY:
            dialect = dialect._replace(contacts="data_list")
        elif request.account_name is not NOBODY or dialect.joining:
            dialect = dialect._replace(contacts="quantity")
    elif isinstance(request, GetContacts):
        dialect = dialect._replace(contacts="alert")
    return request, dialect


class DialectFormat:
    """How things are written to clients that speak a dialect. `common` is the name of the common room.

    `spoken` is how authors who speak otherwise than plainly spell what they write, by their names.
    """

    rich: Final = False

    def __init__(self, dialect: Dialect, common: str, spoken: Mapping[str, Spelling]) -> None:
        self._dialect = dialect
        self._common = common
        self._spoken = spoken

    def answer(self, response: Response) -> bytes:
        """The answer, with lists as the dialect has them; none to what nobody asked for."""
        if response.id is SILENTLY:  # an id that a client has made may say the same
            return b""
        if isinstance(response.alert, list):
            return self._contacts(response.response, response.alert)
        if response.people is not UNSET:
            return self._people([person.name for person in response.people])
        if self._dialect.simple and response.response == Code.ACCEPTED:
            response.response = Code.OK.value
        return JIM_PLAIN.answer(response)

    def message(self, message: Sent) -> bytes:
        """Who says what to whom, and when, as the client spells it."""
        return self._spelled(message.time, message.author, message.to, message.text)

    def kept(self, message: Delivery) -> bytes:
        """The same of a message that was kept."""
        return self._spelled(message.time, message.from_, message.to, message.message)

    def event(self, event: ServerEvent) -> bytes:
        """As it is."""
        return JIM_PLAIN.event(event)

    def _spelled(self, time: float, author: str, to: str, text: str) -> bytes:
        dialect = self._dialect
        spelling = dialect.spelling or self._spoken.get(author, PLAIN)
        if dialect.everybody and to == self._common:
            to = dialect.everybody
        if spelling is PLAIN:
            return JIM_PLAIN.kept(Delivery(time, author, to, text))
        fields: dict[str, Any] = {"action": spelling.action, "time": time, spelling.author: author}
        if spelling.to is not None:
            fields[spelling.to] = to
        return _line(fields | {spelling.text: text})

    def _contacts(self, code: int, names: list[str]) -> bytes:
        shape = self._dialect.contacts
        if shape == "alert":
            return _line({"response": code, "alert": names})
        if shape == "data_list":
            return _line({"response": code, "data_list": names})
        each = [_line({"action": "contact_list", "user_id": name}) for name in names]
        return _line({"response": code, "quantity": len(names)}) + b"".join(each)

    def _people(self, names: list[str]) -> bytes:
        code = Code.ACCEPTED.value
        if self._dialect.people == "data_list":
            return _line({"response": code, "data_list": names})
        return _line({"response": code, "alert": [[number, name] for number, name in enumerate(names, 1)]})


def _line(fields: dict[str, Any]) -> bytes:
    return msgspec.json.encode(fields) + b"\n"
