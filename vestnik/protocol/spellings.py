"""Who speaks, as programs in the wild spell it: a `user` that is a text, `client_name`, all at the top level.

A request is respelled only when it cannot be read as it is.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw

from vestnik.protocol.messages import DECODE_ERRORS, take_secret
from vestnik.protocol.request import NO_TIME, NO_TYPE, NOBODY
from vestnik.protocol.requests import Authenticate, Presence, User
from vestnik.secret import Secret


class _Name(msgspec.Struct, gc=False):
    account_name: str | None = None
    client_name: str | None = None


_NAMES: Final[msgspec.json.Decoder[str | _Name | None]] = msgspec.json.Decoder(str | _Name | None)


def named(*places: Raw) -> tuple[str, ...]:
    """The names that stand in fields where a name may stand: as a text, or as that of a `user`."""
    found = []
    for place in places:
        if place is not NOBODY:
            try:
                value = _NAMES.decode(place)
            except DECODE_ERRORS:  # no event: no name, but anything else
                continue
            found.append(value.account_name or value.client_name if isinstance(value, _Name) else value)
    return tuple(name for name in found if name)


class _User(msgspec.Struct, gc=False):
    account_name: str | None = None
    client_name: str | None = None
    status: str | None = None
    state: Literal["online", "away"] | None = None
    password: Secret | None = None
    token: Secret | None = None
    remember: bool = False


class _Spelled(_User):
    """Every place where a name may stand."""

    action: str = ""
    time: Raw = NO_TIME
    id: str | None = None
    type: Raw = NO_TYPE
    user: _User | str | None = None
    features: list[str] = []
    lang: Annotated[str, Meta(max_length=35)] | None = None
    device: str | None = None
    code: Secret | None = None


_SPELLED: Final = msgspec.json.Decoder(_Spelled, dec_hook=take_secret)


def respell(data: bytes) -> Authenticate | Presence | None:
    """The request that `data` means, where it names who speaks in another place; None when it does not."""
    if b"presence" not in data and b"authenticate" not in data:
        return None
    try:
        found = _SPELLED.decode(data)
    except DECODE_ERRORS:  # no event: its answer has one, of what was wrong first
        return None
    inner = found.user if isinstance(found.user, _User) else found
    text = found.user if isinstance(found.user, str) else None
    names = (inner.account_name, inner.client_name, text, found.account_name, found.client_name)
    name, *others = dict.fromkeys(each for each in names if each) or [None]
    if not name:
        return None
    other = msgspec.Raw(msgspec.json.encode(others[0])) if others else NOBODY
    if found.action == "presence":
        user = User(name, status=inner.status, state=inner.state)
        return Presence(found.time, found.id, found.type, user, other)
    if found.action != "authenticate":
        return None
    user = User(name, password=inner.password, token=inner.token, remember=inner.remember)
    return Authenticate(
        time=found.time,
        id=found.id,
        user=user,
        account_name=other,
        features=found.features,
        remember=found.remember,
        password=found.password,
        token=found.token,
        lang=found.lang,
        device=found.device,
        code=found.code,
    )
