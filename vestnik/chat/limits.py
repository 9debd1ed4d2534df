"""How long and how many: limits on what a stranger can send (docs/operations.md, "Settings")."""

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_ID = 36
"""Characters of a message id made by a client: a UUID fits."""
MAX_DEVICE = 64
"""Characters of what a client calls its device."""
MAX_NAME = 100
"""Characters that the name of an account or a room can have at most, whatever the settings say."""
MAX_EMOJI = 32
"""Characters of a reaction: the longest emoji with joiners and skin tones fits, and a short name like `:tea:`."""
MAX_UNREAD = 999
"""Messages up to which unread ones and mentions are counted."""
MAX_PASSWORD = 1024
"""Characters of a password; more would only make hashing slower."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section `[limits]` of the settings. Lengths are in characters after decoding."""

    name: Annotated[int, Meta(ge=1, le=MAX_NAME, description="Characters of an account's name.")] = 25
    password: Annotated[int, Meta(ge=1, le=64, description="Characters that a new password must have at least.")] = 8
    registrations: Annotated[
        int, Meta(ge=1, description="Accounts that may register from one network in a day without an invite.")
    ] = 20
    invites: Annotated[int, Meta(ge=1, description="Invites to the server that may be good at the same time.")] = 1000
    room: Annotated[int, Meta(ge=2, le=MAX_NAME, description="Characters of a room's name, # included.")] = 25
    text: Annotated[int, Meta(ge=1, le=5000, description="Characters of a message.")] = 4000
    status: Annotated[int, Meta(ge=1, le=1000, description="Characters of a status text.")] = 100
    rooms: Annotated[
        int, Meta(ge=1, description="Rooms that one account may have joined, and as many that others brought it into.")
    ] = 1000
    creations: Annotated[int, Meta(ge=1, description="Rooms and groups that one account may make in a day.")] = 200
    requests: Annotated[
        int,
        Meta(
            ge=0,
            description="Requests that are no messages, by their cost, that one account may make in a second, and "
            "those of a minute at once; 0: no limit.",
        ),
    ] = 100
    contacts: Annotated[int, Meta(ge=1, description="Contacts one account may have.")] = 1000
    topic: Annotated[int, Meta(ge=1, le=1000, description="Characters of a room's topic.")] = 250
    description: Annotated[int, Meta(ge=1, le=4000, description="Characters of a room's description.")] = 1000
    group: Annotated[int, Meta(ge=3, le=100, description="People in a group conversation.")] = 10
    pins: Annotated[int, Meta(ge=1, le=100, description="Pinned messages in one conversation.")] = 100
    reactions: Annotated[int, Meta(ge=1, le=1000, description="Different reactions to one message.")] = 50
    mentions: Annotated[int, Meta(ge=1, le=1000, description="Mentions in one message; more are only text.")] = 50
    page: Annotated[int, Meta(ge=1, le=1000, description="Messages, rooms or members in one answer.")] = 100
    query: Annotated[int, Meta(ge=3, le=1000, description="Characters of a search.")] = 200
