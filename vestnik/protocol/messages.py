"""The schema of the wire: one Struct for every action and event of JIM (docs/protocol.md).

Requests go from client to server and are told apart by `action`; everything else goes from server to client.
Unknown fields are ignored, as the specification allows them. A field of a type that carries nothing for the
server (`time`, `encoding`, `type`) is kept as raw JSON, so that whatever programs in the wild put there is accepted.
Passwords and tokens are `Secret` from the decoder to the encoder.
"""

import re
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.secret import Secret

T = TypeVar("T")
D = TypeVar("D")

FEATURES: Final = frozenset({"seq", "probe", "notice"})
"""What a client may ask for in `authenticate`: see docs/protocol.md, "Rich clients"."""

NO_TIME: Final = Raw(b"0")


class Request(msgspec.Struct, tag_field="action", gc=False, omit_defaults=True):
    """What every request may carry: `time` (UNIX seconds) and an `id` of the client, which a rich answer repeats."""

    time: Raw = NO_TIME
    id: str | None = None


class User(msgspec.Struct, gc=False, omit_defaults=True):
    """Who speaks: `account_name`, and what `presence` (`status`) or `authenticate` (the rest) add to it."""

    account_name: str
    status: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    remember: bool = False


class Presence(Request, tag="presence"):
    """A sign of life with a status text; also the answer to `probe`."""

    type: Raw = Raw(b'"status"')
    user: User | None = None


class Authenticate(Request, tag="authenticate", kw_only=True):
    """Login by password or by token; names the features the client understands.

    `remember` asks for a token; it may stand here or beside the password.
    """

    user: User
    features: list[str] = []
    remember: bool = False


class Msg(Request, tag="msg", kw_only=True):
    """A message to a room (`#name`) or to a person."""

    to: str
    message: str
    from_: str | None = msgspec.field(name="from", default=None)
    encoding: Raw = Raw(b'"utf-8"')


class Join(Request, tag="join", kw_only=True):
    """Become a member of a room; the room is created if its name is free."""

    room: str


class Leave(Request, tag="leave", kw_only=True):
    """Stop being a member of a room."""

    room: str


class Quit(Request, tag="quit"):
    """End the login and the connection."""


class GetContacts(Request, tag="get_contacts"):
    """Ask for one's contacts."""

    user_login: str | None = None


class AddContact(Request, tag="add_contact", kw_only=True):
    """Put the account `user_id` among one's contacts."""

    user_id: str
    user_login: str | None = None


class DelContact(Request, tag="del_contact", kw_only=True):
    """Take the account `user_id` off one's contacts."""

    user_id: str
    user_login: str | None = None


AnyRequest: TypeAlias = Presence | Authenticate | Msg | Join | Leave | Quit | GetContacts | AddContact | DelContact


class Response(msgspec.Struct, gc=False, omit_defaults=True):
    """The answer to a request: a code and its text; the rest only for clients that asked for it."""

    response: int
    alert: str | list[str] | UnsetType = UNSET
    error: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    token: Secret | UnsetType = UNSET


class Delivery(msgspec.Struct, tag_field="action", tag="msg", gc=False, omit_defaults=True):
    """A message on its way to a recipient. `time` in UNIX seconds; `seq` and `id` for rich clients."""

    time: float
    from_: str = msgspec.field(name="from")
    to: str
    message: str
    seq: int | UnsetType = UNSET
    id: str | UnsetType = UNSET


class Probe(msgspec.Struct, tag_field="action", tag="probe", gc=False):
    """The server asks a silent client for a sign of life."""

    time: float


class Notice(msgspec.Struct, tag_field="action", tag="notice", gc=False):
    """Something the server says unasked: a `code` below 200 and a text."""

    time: float
    code: int
    text: str


class _ServerObject(msgspec.Struct, gc=False):
    """Anything a server may send, before it is known what it is."""

    response: int | UnsetType = UNSET
    alert: Raw | UnsetType = UNSET
    error: str | UnsetType = UNSET
    action: str | UnsetType = UNSET
    time: Raw = NO_TIME
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    message: str = ""
    seq: int | UnsetType = UNSET
    id: str | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    code: int = 0
    text: str = ""


ServerMessage: TypeAlias = Response | Delivery | Probe | Notice


def _take_secret(kind: type[Any], value: object) -> Secret:
    """What msgspec calls for a value of a type that is not its own. Raises TypeError for a value that is no text."""
    if kind is not Secret:
        raise NotImplementedError(kind)
    return Secret(value)  # type: ignore[arg-type]  # it checks


def _give_secret(value: object) -> str:
    """What msgspec calls for an object of a type that is not its own."""
    if not isinstance(value, Secret):
        raise NotImplementedError(type(value))
    return value.reveal()


REQUESTS: Final[msgspec.json.Decoder[AnyRequest]] = msgspec.json.Decoder(AnyRequest, dec_hook=_take_secret)
_SERVER_OBJECTS: Final = msgspec.json.Decoder(_ServerObject, dec_hook=_take_secret)
_ALERTS: Final[msgspec.json.Decoder[str | list[str]]] = msgspec.json.Decoder(str | list[str])
_TIMES: Final = msgspec.json.Decoder(float)
_ENCODER: Final = msgspec.json.Encoder(enc_hook=_give_secret)


def encode(message: msgspec.Struct) -> bytes:
    """One message as one line of JSON, newline included."""
    return _ENCODER.encode(message) + b"\n"


def decode_server_message(data: bytes) -> ServerMessage | None:
    """What a server sent; None for an event this client does not know. Raises what msgspec raises."""
    found = _SERVER_OBJECTS.decode(data)
    if found.response is not UNSET:
        alert = UNSET if found.alert is UNSET else _decode_or(_ALERTS, found.alert, UNSET)
        return Response(found.response, alert, found.error, found.id, found.seq, found.token)
    when = _decode_or(_TIMES, found.time, 0.0)
    if found.action == "msg":
        return Delivery(when, found.from_, found.to, found.message, found.seq, found.id)
    if found.action == "probe":
        return Probe(when)
    if found.action == "notice":
        return Notice(when, found.code, found.text)
    return None


def _decode_or(decoder: msgspec.json.Decoder[T], data: Raw, otherwise: D) -> T | D:
    """The value of `data`, or `otherwise` when it is none: servers in the wild put anything there."""
    try:
        return decoder.decode(data)
    except DECODE_ERRORS:  # no event: it means that there is none
        return otherwise


_PATH: Final = re.compile(r" - at `\$\.?(.*?)`$")
_MISSING: Final = re.compile(r"^Object missing required field `(\w+)`")
_UNKNOWN_TAG: Final = re.compile(r"^Invalid value '(.*)' - at `\$\.action`$", re.DOTALL)
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
DECODE_ERRORS: Final = (msgspec.DecodeError, ValueError, RecursionError)
"""Everything the decoder raises on bytes of a stranger (malformed, of a wrong type, not UTF-8, too deep)."""


def explain(error: Exception, data: bytes, name_limit: int = 15) -> BadRequest:
    """The 400 that says what is wrong with `data`, which `error` kept from being decoded.

    Names the field, the action (at most `name_limit` characters of it) or the offending byte.
    """
    if isinstance(error, msgspec.ValidationError):
        return _explain_schema(str(error), name_limit)
    found = _BYTE.search(str(error))
    return BadRequest(answers.VALUE_MALFORMED, int(found[1]) if found else len(data))


def _explain_schema(text: str, name_limit: int) -> BadRequest:
    unknown = _UNKNOWN_TAG.match(text)
    if unknown:
        return BadRequest(answers.ACTION_UNKNOWN, unknown[1][:name_limit])
    at = _PATH.search(text)
    path = at[1] if at else ""
    missing = _MISSING.match(text)
    if missing:
        field = f"{path}.{missing[1]}" if path else missing[1]
        return BadRequest(answers.ACTION_MISSING) if field == "action" else BadRequest(answers.FIELD_MISSING, field)
    if path:
        return BadRequest(answers.FIELD_INVALID, path)
    return BadRequest(answers.VALUE_NOT_OBJECT)
