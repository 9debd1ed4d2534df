"""How long and how many: limits on what a stranger can send (docs/operations.md, "Settings")."""

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_ID = 36
"""Characters of a message id made by a client: a UUID fits."""
MAX_PASSWORD = 1024
"""Characters of a password; more would only make hashing slower."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section `[limits]` of the settings. Lengths are in characters after decoding."""

    name: Annotated[int, Meta(ge=1, le=100, description="Characters of an account's name.")] = 25
    room: Annotated[int, Meta(ge=2, le=100, description="Characters of a room's name, # included.")] = 25
    text: Annotated[int, Meta(ge=1, le=5000, description="Characters of a message.")] = 4000
    status: Annotated[int, Meta(ge=1, le=1000, description="Characters of a status text.")] = 100
    rooms: Annotated[int, Meta(ge=1, description="Rooms one account may be a member of.")] = 1000
    contacts: Annotated[int, Meta(ge=1, description="Contacts one account may have.")] = 1000
