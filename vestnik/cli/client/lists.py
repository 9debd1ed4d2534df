"""Lists that the server gives, as rows of columns."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from vestnik.cli.client.drawing.marks import marks, reactions
from vestnik.cli.client.drawing.moments import moment
from vestnik.protocol.events import (
    ConversationState,
    Delivery,
    LoginState,
    MemberState,
    Person,
    ReportState,
    RoomState,
    Version,
)

Row = Sequence[str]

FOR_EVER: Final = 253_000_000_000
"""UNIX seconds, about the year 9987: a mute until later has no end."""


def message_row(message: Delivery) -> Row:
    """Seq, time, from, to, text, and what else there is to it as words (`edited reply=3 replies=2 👍=2`)."""
    seq = "" if message.seq is UNSET else str(message.seq)
    words = ["=".join([name.removeprefix("cli.mark_"), *map(str, values.values())]) for name, values in marks(message)]
    words += [] if message.reply_to is UNSET else [f"reply={message.reply_to}"]
    words += [f"{emoji}={len(names)}" for emoji, names in reactions(message)]
    return (seq, moment(message.time), message.from_, message.to, message.message, " ".join(words))


def version_row(version: Version) -> Row:
    """Until when a message was so, by whom it was changed and how, its text."""
    return (moment(version.time), version.from_, "delete" if version.deleted else "edit", version.message)


def conversation_row(conversation: ConversationState) -> Row:
    """Name, unread, mentions, last seq, read up to."""
    counts = (conversation.unread, conversation.mentions, conversation.seq, conversation.read)
    return (conversation.to, *map(str, counts))


def room_row(room: RoomState) -> Row:
    """Name, members, one's role, what it is, days that messages are kept, topic, who sees versions, description.

    Then who writes, invites (nothing: by the kind of room), pins and mentions all, and how many seconds lie between
    two messages.
    """
    kinds = [kind for kind in ("private", "archived", "group", "guests") if getattr(room, kind)]
    role = "" if room.role is UNSET else room.role
    days = "" if room.retention is None else str(room.retention)
    kind = " ".join(kinds) or "public"
    circles = (room.posting, room.inviting or "", room.pinning, room.mention_all)
    slow = str(room.slow) if room.slow else ""
    return (room.room, str(room.members), role, kind, days, room.topic, room.edits, room.description, *circles, slow)


def report_row(report: ReportState) -> Row:
    """Number, when it was made, by whom; of which message: where, seq, author, what it said then; why."""
    made = (str(report.report), moment(report.time), report.by)
    return (*made, report.to, str(report.seq), report.from_, report.message, report.reason)


def member_row(member: MemberState) -> Row:
    """Name, role (of a guest that they are one), since when, until when muted."""
    return (member.name, "guest" if member.guest else member.role, moment(member.joined), _until(member.muted))


def person_row(person: Person) -> Row:
    """Name, state (of a guest also that they are one), when last seen, status."""
    state = f"{person.state} guest" if person.guest else person.state
    return (person.name, state, "" if person.seen is UNSET else moment(person.seen), person.status)


def login_row(login: LoginState) -> Row:
    """Number, device, address, when last used, since when, and whether it is in use or even this one."""
    state = "this" if login.current else "online" if login.connections else ""
    return (str(login.login), login.device, login.address, moment(login.used), moment(login.created), state)


def _until(muted: object) -> str:
    if not isinstance(muted, int | float):
        return ""
    return "forever" if muted > FOR_EVER else moment(muted)
