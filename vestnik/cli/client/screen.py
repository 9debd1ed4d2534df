"""How the client shows things: in a terminal for people, elsewhere for scripts.

A script gets messages as `anna → #tea: text`, and of every list one line for each item, its columns between tabs.
People also get numbers, changes and headings. Nothing that another person sent can move the cursor or change colours.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Final

import click
from msgspec import UNSET

from vestnik.log.escape import escape
from vestnik.protocol.events import (
    Change,
    ConversationState,
    Delivery,
    MemberState,
    Person,
    RoomState,
    Version,
)
from vestnik.protocol.names import conversation_of
from vestnik.texts import say

Row = Sequence[str]

CHANGES: Final = {
    "edit": "cli.change_edit",
    "delete": "cli.change_delete",
    "react": "cli.change_react",
    "unreact": "cli.change_unreact",
    "pin": "cli.change_pin",
    "unpin": "cli.change_unpin",
    "create_room": "cli.change_create_room",
    "join": "cli.change_join",
    "leave": "cli.change_leave",
    "invite": "cli.change_invite",
    "remove": "cli.change_remove",
    "ban": "cli.change_ban",
    "unban": "cli.change_unban",
    "mute": "cli.change_mute",
    "unmute": "cli.change_unmute",
    "set_role": "cli.change_set_role",
}
"""The sentence of each kind of change but `set_room`, which says one for each field."""
FIELDS: Final[dict[str, Callable[[object], str]]] = {
    "name": lambda _: "cli.change_name",
    "topic": lambda topic: "cli.change_topic" if topic else "cli.change_no_topic",
    "description": lambda _: "cli.change_description",
    "private": lambda private: "cli.change_private" if private else "cli.change_public",
    "archived": lambda archived: "cli.change_archived" if archived else "cli.change_unarchived",
    "edits": lambda _: "cli.change_edits",
    "retention": lambda days: "cli.change_no_retention" if days is None else "cli.change_retention",
}
GROUP: Final = "#@"
"""How the name of a group conversation begins."""
FOR_EVER: Final = 253_000_000_000
"""UNIX seconds, about the year 9987: a mute until later has no end."""
FOUND: Final = str.maketrans("\u2068\u2069", "**")
"""What surrounds the words that a search has found."""


def printable(text: str) -> str:
    """`text` made safe for a terminal: what another person sent cannot move the cursor or change colours."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


def moment(seconds: float) -> str:
    """UNIX seconds as local date and time; what no calendar has as a number."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):  # no event: a server may send any number
        return str(seconds)


class Screen:
    """Standard output, in a `terminal` or not, for the account `own`."""

    def __init__(self, language: str, own: str, *, terminal: bool) -> None:
        self.language = language
        self.terminal = terminal
        self._own = own

    def text(self, name: str, /, **values: object) -> str:
        """The sentence `name`."""
        return say(self.language, name, **values)

    def line(self, text: str) -> None:
        """Show a line."""
        click.echo(printable(text))

    def note(self, text: str) -> None:
        """Tell people something; scripts do not need it."""
        if self.terminal:
            self.line(f"* {text}")

    def error(self, text: str) -> None:
        """Say what went wrong. Without a terminal the journal is on the screen and has it already."""
        if self.terminal:
            click.echo(printable(text), err=True)

    # What others send and do.

    def message(self, message: Delivery) -> None:
        """Show a message that has just come."""
        said = f"{message.from_} → {message.to}: {message.message}"
        self.line(self._marked(message, said) if self.terminal else said)

    def change(self, change: Change) -> None:
        """Show people what somebody has changed."""
        for sentence in self._sentences(change):
            self.note(sentence)

    def _sentences(self, change: Change) -> Iterator[str]:
        values = {
            "who": change.from_,
            "to": conversation_of(change.from_, change.to, self._own),
            "kind": change.kind,
            **{
                field: "" if value is UNSET else value
                for field in ("seq", "emoji", "name", "role", "topic", "description", "edits", "retention")
                for value in (getattr(change, field),)
            },
            "text": "" if change.message is UNSET else change.message,
        }
        if change.kind != "set_room":
            group = change.kind == "create_room" and change.to.startswith(GROUP)
            name = "cli.change_create_group" if group else CHANGES.get(change.kind, "cli.change_other")
            yield self.text(name, **values)
            return
        for field, sentence in FIELDS.items():
            if (value := getattr(change, field)) is not UNSET:
                yield self.text(sentence(value), **values)

    def _marked(self, message: Delivery, said: str) -> str:
        """What was said in a message, with its number in front and behind it whatever else there is to it."""
        number = "" if message.seq is UNSET else str(message.seq)
        if message.reply_to is not UNSET:
            number = f"{number} ↳ {message.reply_to}"
        marks = [f"({self.text(name, **values)})" for name, values in _marks(message)]
        marks += [f"{emoji} {len(names)}" for emoji, names in _reactions(message)]
        return " ".join([f"[{number}] {said}" if number else said, *marks]).replace(":  (", ": (")

    # Lists.

    def messages(self, messages: Sequence[Delivery]) -> None:
        """Show messages that were asked for.

        For scripts: seq, time, from, to, text, and what else there is to it as words (`edited reply=3 replies=2 👍=2`).
        """
        if not messages:
            self.note(self.text("cli.client_nothing"))
        for message in messages:
            when = moment(message.time)
            if self.terminal:
                text = message.message if message.snippet is UNSET else message.snippet.translate(FOUND)
                self.line(self._marked(message, f"{when} {message.from_} → {message.to}: {text}"))
            else:
                seq = "" if message.seq is UNSET else str(message.seq)
                words = [
                    "=".join([name.removeprefix("cli.mark_"), *map(str, values.values())])
                    for name, values in _marks(message)
                ]
                words += [] if message.reply_to is UNSET else [f"reply={message.reply_to}"]
                words += [f"{emoji}={len(names)}" for emoji, names in _reactions(message)]
                self.rows([(seq, when, message.from_, message.to, message.message, " ".join(words))])

    def versions(self, versions: Iterable[Version]) -> None:
        """Show earlier versions of a message: until when, by whom it was changed and how, text."""
        rows = [(moment(v.time), v.from_, "delete" if v.deleted else "edit", v.message) for v in versions]
        self.rows(rows, "cli.columns_versions")

    def conversations(self, conversations: Iterable[ConversationState]) -> None:
        """Show conversations: name, unread, mentions, last seq, read up to."""
        rows = [(c.to, str(c.unread), str(c.mentions), str(c.seq), str(c.read)) for c in conversations]
        self.rows(rows, "cli.columns_conversations")

    def rooms(self, rooms: Iterable[RoomState]) -> None:
        """Show rooms: name, number of members, one's role, what it is, days that messages are kept, topic."""
        self.rows([_room(room)[:6] for room in rooms], "cli.columns_room", columns=6)

    def room(self, room: RoomState) -> None:
        """Show one room with everything there is; for people line by line."""
        row = _room(room)
        if not self.terminal:
            self.rows([row])
            return
        labels = self.text("cli.columns_room").split("\t")
        self.rows([(label, cell) for label, cell in zip_longest(labels, row, fillvalue="") if cell])

    def members(self, members: Iterable[MemberState]) -> None:
        """Show members of a room: name, role, since when, until when they are muted."""
        rows = [(m.name, m.role, moment(m.joined), _until(m.muted)) for m in members]
        self.rows(rows, "cli.columns_members")

    def people(self, people: Iterable[Person]) -> None:
        """Show people: name, state, when they were last seen, status."""
        rows = [(p.name, p.state, "" if p.seen is UNSET else moment(p.seen), p.status) for p in people]
        self.rows(rows, "cli.columns_people")

    def rows(self, rows: Sequence[Row], heading: str = "", *, columns: int | None = None) -> None:
        """Show rows: between tabs for scripts, in `columns` under a heading for people."""
        safe = [[printable(cell) for cell in row] for row in rows]
        if not self.terminal:
            for row in safe:
                click.echo("\t".join(row))
            return
        from prompt_toolkit.utils import get_cwidth  # takes a tenth of a second; the prompt has it already

        if not safe:
            self.note(self.text("cli.client_nothing"))
            return
        if heading:
            safe.insert(0, self.text(heading).split("\t")[:columns])
        widths = [max(map(get_cwidth, column)) for column in zip_longest(*safe, fillvalue="")]
        for row in safe:
            cells = [cell + " " * (width - get_cwidth(cell)) for cell, width in zip(row, widths, strict=True)]
            click.echo("  ".join(cells).rstrip())


def _marks(message: Delivery) -> Iterator[tuple[str, dict[str, object]]]:
    """What there is to a message beside its text and its reactions: a sentence and its values."""
    if message.forwarded is not UNSET:
        yield "cli.mark_forwarded", {"who": message.forwarded.from_}
    if message.deleted is not UNSET:
        yield "cli.mark_deleted", {}
    elif message.edited is not UNSET:
        yield "cli.mark_edited", {}
    if message.pinned is True:
        yield "cli.mark_pinned", {}
    if message.replies is not UNSET and message.replies:
        yield "cli.mark_replies", {"count": message.replies}


def _reactions(message: Delivery) -> Iterable[tuple[str, list[str]]]:
    return () if message.reactions is UNSET else message.reactions.items()


def _room(room: RoomState) -> Row:
    kinds = [kind for kind in ("private", "archived", "group") if getattr(room, kind)]
    role = "" if room.role is UNSET else room.role
    days = "" if room.retention is None else str(room.retention)
    kind = " ".join(kinds) or "public"
    return (room.room, str(room.members), role, kind, days, room.topic, room.edits, room.description)


def _until(muted: object) -> str:
    if not isinstance(muted, int | float):
        return ""
    return "forever" if muted > FOR_EVER else moment(muted)
