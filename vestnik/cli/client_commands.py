"""What a line of the client does: it is a message to whoever is chosen, or begins with `/` and is a command."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from vestnik.cli import client_messages, client_people, client_rooms
from vestnik.cli.client_arguments import Arguments, BadLine
from vestnik.cli.client_conversation import Conversation
from vestnik.client import ClientError, ConnectionFailed
from vestnik.log.journaled import journaled
from vestnik.protocol.texts import say

GAP: Final = 2
"""Blanks between the columns of the help."""

WORDS: Final = {
    "count": "cli.word_count",
    "days": "cli.word_days",
    "emoji": "cli.word_emoji",
    "minutes": "cli.word_minutes",
    "name": "cli.word_name",
    "room": "cli.word_room",
    "role": "cli.word_role",
    "seq": "cli.word_seq",
    "status": "cli.word_status",
    "text": "cli.word_text",
    "words": "cli.word_words",
}
"""What the arguments of commands are called."""


class Command(NamedTuple):
    """A command: its `name`, what stands behind it (`{seq}` is one of WORDS), who serves it, its line in the help.

    `serve` raises BadLine, and ClientError for what the server does not do.
    """

    name: str
    arguments: str
    serve: Callable[[Conversation, Arguments], Awaitable[None]]
    help: str

    def usage(self, language: str) -> str:
        """The command with its arguments."""
        words = {word: say(language, name) for word, name in WORDS.items()}
        return f"{self.name} {self.arguments.format(**words)}".rstrip()


async def _help(talk: Conversation, given: Arguments) -> None:
    """Show all commands."""
    language = talk.screen.language
    usages = {command.usage(language): talk.screen.text(command.help) for command in COMMANDS.values()}
    width = max(map(len, usages)) + GAP
    for usage, text in usages.items():
        talk.screen.line(f"{usage:{width}}{text}")
    talk.screen.line(talk.screen.text("cli.help_messages"))
    talk.screen.line(talk.screen.text("cli.help_others"))


_TABLE: Final = (
    Command("/join", "{room}", client_rooms.join, "cli.help_join"),
    Command("/leave", "[{room}]", client_rooms.leave, "cli.help_leave"),
    Command("/to", "{name}", client_messages.to, "cli.help_to"),
    Command("/group", "{name}, {name}, ...", client_rooms.group, "cli.help_group"),
    Command("/list", "", client_messages.conversations, "cli.help_list"),
    Command("/read", "[{seq}]", client_messages.read, "cli.help_read"),
    Command("/history", "[{count}] [before {seq}]", client_messages.history, "cli.help_history"),
    Command("/thread", "{seq}", client_messages.thread, "cli.help_thread"),
    Command("/search", "{words}", client_messages.search, "cli.help_search"),
    Command("/reply", "{seq} {text}", client_messages.reply, "cli.help_reply"),
    Command("/edit", "{seq} {text}", client_messages.edit, "cli.help_edit"),
    Command("/delete", "{seq}", client_messages.delete, "cli.help_delete"),
    Command("/edits", "{seq}", client_messages.edits, "cli.help_edits"),
    Command("/react", "{seq} {emoji}", client_messages.react, "cli.help_react"),
    Command("/unreact", "{seq} {emoji}", client_messages.unreact, "cli.help_unreact"),
    Command("/forward", "{seq} {name}", client_messages.forward, "cli.help_forward"),
    Command("/pin", "{seq}", client_messages.pin, "cli.help_pin"),
    Command("/unpin", "{seq}", client_messages.unpin, "cli.help_unpin"),
    Command("/pins", "", client_messages.pins, "cli.help_pins"),
    Command("/rooms", "[{words}]", client_rooms.rooms, "cli.help_rooms"),
    Command("/room", "", client_rooms.room, "cli.help_room"),
    Command("/create", "{room} [private]", client_rooms.create, "cli.help_create"),
    Command("/topic", "{text}", client_rooms.topic, "cli.help_topic"),
    Command("/describe", "{text}", client_rooms.describe, "cli.help_describe"),
    Command("/rename", "{room}", client_rooms.rename, "cli.help_rename"),
    Command("/archive", "", client_rooms.archive, "cli.help_archive"),
    Command("/unarchive", "", client_rooms.unarchive, "cli.help_unarchive"),
    Command("/retention", "{days}|off", client_rooms.retention, "cli.help_retention"),
    Command("/members", "", client_rooms.members, "cli.help_members"),
    Command("/invite", "{name}", client_rooms.invite, "cli.help_invite"),
    Command("/remove", "{name}", client_rooms.remove, "cli.help_remove"),
    Command("/ban", "{name}", client_rooms.ban, "cli.help_ban"),
    Command("/unban", "{name}", client_rooms.unban, "cli.help_unban"),
    Command("/mute", "{name} [{minutes}]", client_rooms.mute, "cli.help_mute"),
    Command("/unmute", "{name}", client_rooms.unmute, "cli.help_unmute"),
    Command("/role", "{name} {role}", client_rooms.role, "cli.help_role"),
    Command("/who", "[{name}]", client_people.who, "cli.help_who"),
    Command("/away", "[{status}]", client_people.away, "cli.help_away"),
    Command("/back", "", client_people.back, "cli.help_back"),
    Command("/quit", "", client_people.leave_server, "cli.help_quit"),
    Command("/help", "", _help, "cli.help_help"),
)
COMMANDS: Final = {command.name: command for command in _TABLE}


@journaled(logger="client")
async def serve(talk: Conversation, line: str) -> None:
    """Serve one line of the user; what goes wrong is said, and noted in `talk`."""
    line = line.rstrip("\r\n")
    if not line.strip():
        return
    name, _, rest = line.partition(" ")
    try:
        if line.startswith("//") or not line.startswith("/"):
            await _send(talk, line.removeprefix("/"))
        elif name in COMMANDS:
            await COMMANDS[name].serve(talk, Arguments(rest, talk.to))
        else:
            talk.complain(talk.screen.text("cli.unknown_command", command=name))
    except BadLine as error:  # no event: `complain` has one
        usage = COMMANDS[name].usage(talk.screen.language) if name in COMMANDS else ""
        talk.complain(talk.screen.text(error.name, command=name, usage=usage))
    except ClientError as error:  # no event: it had one when it was made, or the answer had
        talk.ended |= isinstance(error, ConnectionFailed) and not talk.screen.terminal
        talk.refused(error)


async def serve_bytes(talk: Conversation, line: bytes) -> None:
    """Serve one line of the user, as it came."""
    try:
        text = line.decode()
    except UnicodeDecodeError:  # no event: `complain` has one
        talk.complain(talk.screen.text("cli.not_text"))
    else:
        await serve(talk, text)


async def _send(talk: Conversation, text: str) -> None:
    if not talk.to:
        raise BadLine("cli.no_addressee")
    await talk.send(text)
