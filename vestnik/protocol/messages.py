"""Bytes and messages: the codec of the wire, and what is wrong with bytes that are none (docs/protocol.md).

Requests are in `requests` and `administration`, everything that goes the other way in `events`.
"""

import re
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAction, AnyAdministration
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Name, Notice, Probe, Response, ServerEvent, ServerMessage, Text
from vestnik.protocol.names import shortened
from vestnik.protocol.request import NO_TIME
from vestnik.secret import Secret

T = TypeVar("T")
D = TypeVar("D")


class _Envelope(msgspec.Struct, gc=False):
    """What tells an answer from an event."""

    response: int | UnsetType = UNSET


class _Loose(msgspec.Struct, gc=False):
    """What plain JIM has in an answer or event: servers in the wild put anything into the rest."""

    response: int | UnsetType = UNSET
    alert: Raw | UnsetType = UNSET
    error: Text | UnsetType = UNSET
    action: str | UnsetType = UNSET
    time: Raw = NO_TIME
    from_: Name = msgspec.field(name="from", default="")
    to: Name = ""
    message: Text = ""
    seq: int | UnsetType = UNSET
    id: Name | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    code: int = 0
    text: Text = ""


def take_secret(kind: type[Any], value: object) -> Secret:
    """What msgspec calls for a value of a type that is not its own. Raises TypeError for a value that is no text."""
    if kind is not Secret:
        raise NotImplementedError(kind)
    return Secret(value)  # type: ignore[arg-type]  # it checks


def _give_secret(value: object) -> str:
    """What msgspec calls for an object of a type that is not its own."""
    if not isinstance(value, Secret):
        raise NotImplementedError(type(value))
    return value.reveal()


ADMINISTRATION: Final[msgspec.json.Decoder[AnyAdministration]] = msgspec.json.Decoder(
    AnyAdministration, dec_hook=take_secret
)
REQUESTS: Final[msgspec.json.Decoder[AnyAction]] = msgspec.json.Decoder(AnyAction, dec_hook=take_secret)
_ENVELOPES: Final = msgspec.json.Decoder(_Envelope)
_RESPONSES: Final = msgspec.json.Decoder(Response, dec_hook=take_secret)
_EVENTS: Final[msgspec.json.Decoder[ServerEvent]] = msgspec.json.Decoder(ServerEvent)
_LOOSE: Final = msgspec.json.Decoder(_Loose, dec_hook=take_secret)
_ALERTS: Final[msgspec.json.Decoder[str | list[str]]] = msgspec.json.Decoder(Text | list[Name])
_TIMES: Final = msgspec.json.Decoder(float)
_ENCODER: Final = msgspec.json.Encoder(enc_hook=_give_secret)


def encode(message: msgspec.Struct) -> bytes:
    """One message as one line of JSON, newline included."""
    return _ENCODER.encode(message) + b"\n"


def decode_server_message(data: bytes) -> ServerMessage | None:
    """What a server sent; None for an event this client does not know. Raises what msgspec raises."""
    strict: msgspec.json.Decoder[Any] = _EVENTS if _ENVELOPES.decode(data).response is UNSET else _RESPONSES
    try:
        return strict.decode(data)  # type: ignore[no-any-return]
    except msgspec.ValidationError:  # no event: another server's, which is read as far as it goes
        return _decode_loosely(data)


def _decode_loosely(data: bytes) -> ServerMessage | None:
    found = _LOOSE.decode(data)
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


MAX_WORD: Final = 100
"""Characters that are repeated of a word that means nothing."""
_MISSING: Final = re.compile(r"^Object missing required field `(\w+)`")
_UNKNOWN_TAG: Final = re.compile(r"^Invalid value '(.*)' - at `\$\.action`$", re.DOTALL)
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
DECODE_ERRORS: Final = (msgspec.DecodeError, ValueError, RecursionError)
"""Everything the decoder raises on bytes of a stranger (malformed, of a wrong type, not UTF-8, too deep)."""


def explain(error: Exception, data: bytes) -> BadRequest:
    """The 400 that says what is wrong with `data`, which `error` kept from being decoded.

    Names the field, the action or the offending byte.
    """
    if isinstance(error, msgspec.ValidationError):
        return _explain_schema(str(error))
    found = _BYTE.search(str(error))
    return BadRequest(answers.VALUE_MALFORMED, int(found[1]) if found else len(data))


def _explain_schema(text: str) -> BadRequest:
    unknown = _UNKNOWN_TAG.match(text)
    if unknown:
        return BadRequest(answers.ACTION_UNKNOWN, shortened(unknown[1], MAX_WORD))
    _, found, at = text.rpartition(" - at `$")  # not before the last: what was sent may be in the text
    path = at.removesuffix("`").removeprefix(".") if found else ""
    missing = _MISSING.match(text)
    if missing:
        field = f"{path}.{missing[1]}" if path else missing[1]
        return BadRequest(answers.ACTION_MISSING) if field == "action" else BadRequest(answers.FIELD_MISSING, field)
    if path:
        return BadRequest(answers.FIELD_INVALID, path)
    return BadRequest(answers.VALUE_NOT_OBJECT)
