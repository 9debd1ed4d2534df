"""What all requests have in common."""

from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Raw

NO_TIME: Final = Raw(b"0")
NOBODY: Final = Raw(b"null")
NO_TYPE: Final = Raw(b'"status"')

Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A counting number that every JSON library keeps exactly."""


class Request(msgspec.Struct, tag_field="action", gc=False, omit_defaults=True):
    """What every request may carry: `time` (UNIX seconds) and an `id` of the client, which a rich answer repeats."""

    time: Raw = NO_TIME
    id: str | None = None


class Speaking(Request):
    """A request in which some programs also say who speaks: as a text, or as the name of an object.

    Whatever else stands there is not used (`vestnik.protocol.spellings.named`).
    """

    account_name: Raw = NOBODY
    client_name: Raw = NOBODY
    user: Raw = NOBODY
    from_: Raw = msgspec.field(name="from", default=NOBODY)
    sender: Raw = NOBODY
