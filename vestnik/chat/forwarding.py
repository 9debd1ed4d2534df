"""Where a forwarded message comes from, as far as somebody may know it: decided whenever the message is shown."""

from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.storage.messages import MessageEvent, Origin


def place_of(rooms: RoomDirectory, origin: Origin, account_id: int) -> str:
    """What the place is called now, or an empty text for an account that may not know it.

    Everybody may know public rooms, members theirs; a direct conversation the two who have it.
    """
    if not origin.place:
        return origin.to if account_id in origin.people else ""
    room = rooms.by_id(origin.place)
    if room is None or ((room.private or room.group) and account_id not in room.members):
        return ""
    return room.name


def seen_by(rooms: RoomDirectory, message: MessageEvent, account_id: int) -> MessageEvent:
    """A message as an account sees it: the same, unless it was forwarded."""
    if message.extras is None or message.extras.origin is None:
        return message
    origin = message.extras.origin
    return as_seen(message, origin, place_of(rooms, origin, account_id))


def as_seen(message: MessageEvent, origin: Origin, place: str) -> MessageEvent:
    """A forwarded message as those see it to whom its place has this name."""
    extras = message.extras
    assert extras is not None  # noqa: S101  # there is an origin in it
    seen = MessageEvent(*(getattr(message, field) for field in message.__struct_fields__))
    seen.extras = extras._replace(forwarded=origin.shown(place))
    return seen
