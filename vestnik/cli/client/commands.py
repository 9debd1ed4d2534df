"""What a line of the client does: it is a message to whoever is chosen, or begins with `/` and is a command."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from vestnik.cli.client import link, messages, people, rooms
from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.shell import Shell
from vestnik.client import ClientError, ConnectionFailed
from vestnik.log.journaled import journaled
from vestnik.texts import say

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
    serve: Callable[[Shell, Arguments], Awaitable[None]]
    help: str

    def usage(self, language: str) -> str:
        """The command with its arguments."""
        words = {word: say(language, name) for word, name in WORDS.items()}
        return f"{self.name} {self.arguments.format(**words)}".rstrip()


async def _help(shell: Shell, given: Arguments) -> None:
    """Show all commands."""
    language = shell.screen.language
    usages = {command.usage(language): shell.screen.text(command.help) for command in COMMANDS.values()}
    width = max(map(len, usages)) + GAP
    for usage, text in usages.items():
        shell.screen.line(f"{usage:{width}}{text}")
    shell.screen.line(shell.screen.text("cli.help_messages"))
    shell.screen.line(shell.screen.text("cli.help_others"))


_TABLE: Final = (
    Command("/join", "{room}", rooms.join, "cli.help_join"),
    Command("/leave", "[{room}]", rooms.leave, "cli.help_leave"),
    Command("/to", "{name}", messages.to, "cli.help_to"),
    Command("/group", "{name}, {name}, ...", rooms.group, "cli.help_group"),
    Command("/list", "", messages.conversations, "cli.help_list"),
    Command("/read", "[{seq}]", messages.read, "cli.help_read"),
    Command("/history", "[{count}] [before {seq}]", messages.history, "cli.help_history"),
    Command("/thread", "{seq}", messages.thread, "cli.help_thread"),
    Command("/search", "{words}", messages.search, "cli.help_search"),
    Command("/reply", "{seq} {text}", messages.reply, "cli.help_reply"),
    Command("/edit", "{seq} {text}", messages.edit, "cli.help_edit"),
    Command("/delete", "{seq}", messages.delete, "cli.help_delete"),
    Command("/edits", "{seq}", messages.edits, "cli.help_edits"),
    Command("/react", "{seq} {emoji}", messages.react, "cli.help_react"),
    Command("/unreact", "{seq} {emoji}", messages.unreact, "cli.help_unreact"),
    Command("/forward", "{seq} {name}", messages.forward, "cli.help_forward"),
    Command("/pin", "{seq}", messages.pin, "cli.help_pin"),
    Command("/unpin", "{seq}", messages.unpin, "cli.help_unpin"),
    Command("/pins", "", messages.pins, "cli.help_pins"),
    Command("/rooms", "[{words}]", rooms.rooms, "cli.help_rooms"),
    Command("/room", "", rooms.room, "cli.help_room"),
    Command("/create", "{room} [private]", rooms.create, "cli.help_create"),
    Command("/topic", "{text}", rooms.topic, "cli.help_topic"),
    Command("/describe", "{text}", rooms.describe, "cli.help_describe"),
    Command("/rename", "{room}", rooms.rename, "cli.help_rename"),
    Command("/archive", "", rooms.archive, "cli.help_archive"),
    Command("/unarchive", "", rooms.unarchive, "cli.help_unarchive"),
    Command("/retention", "{days}|off", rooms.retention, "cli.help_retention"),
    Command("/members", "", rooms.members, "cli.help_members"),
    Command("/invite", "{name}", rooms.invite, "cli.help_invite"),
    Command("/invitations", "", rooms.invitations, "cli.help_invitations"),
    Command("/decline", "{room}", rooms.decline, "cli.help_decline"),
    Command("/remove", "{name}", rooms.remove, "cli.help_remove"),
    Command("/ban", "{name}", rooms.ban, "cli.help_ban"),
    Command("/unban", "{name}", rooms.unban, "cli.help_unban"),
    Command("/mute", "{name} [{minutes}]", rooms.mute, "cli.help_mute"),
    Command("/unmute", "{name}", rooms.unmute, "cli.help_unmute"),
    Command("/role", "{name} {role}", rooms.role, "cli.help_role"),
    Command("/who", "[{name}]", people.who, "cli.help_who"),
    Command("/away", "[{status}]", people.away, "cli.help_away"),
    Command("/back", "", people.back, "cli.help_back"),
    Command("/block", "[{name}]", people.block, "cli.help_block"),
    Command("/unblock", "{name}", people.unblock, "cli.help_unblock"),
    Command("/reconnect", "", link.reconnect, "cli.help_reconnect"),
    Command("/quit", "", people.leave_server, "cli.help_quit"),
    Command("/logout", "", people.log_out, "cli.help_logout"),
    Command("/help", "", _help, "cli.help_help"),
)
COMMANDS: Final = {command.name: command for command in _TABLE}
AT_ONCE: Final = frozenset({"/reconnect"})
"""Commands that do not wait until the lines before them are served."""


@journaled(logger="client")
async def serve(shell: Shell, line: str) -> None:
    """Serve one line of the user; what goes wrong is said, and noted in `shell`."""
    line = line.rstrip("\r\n")
    if not line.strip():
        return
    name, _, rest = line.partition(" ")
    try:
        if line.startswith("//") or not line.startswith("/"):
            await _send(shell, line.removeprefix("/"))
        elif name in COMMANDS:
            await COMMANDS[name].serve(shell, Arguments(rest, shell.to))
        else:
            shell.complain(shell.screen.text("cli.unknown_command", command=name))
    except BadLine as error:  # no event: `complain` has one
        usage = COMMANDS[name].usage(shell.screen.language) if name in COMMANDS else ""
        shell.complain(shell.screen.text(error.name, command=name, usage=usage))
    except ClientError as error:  # no event: it had one when it was made, or the answer had
        shell.ended |= isinstance(error, ConnectionFailed) and not shell.screen.terminal
        shell.refused(error)


async def serve_bytes(shell: Shell, line: bytes) -> None:
    """Serve one line of the user, as it came."""
    try:
        text = line.decode()
    except UnicodeDecodeError:  # no event: `complain` has one
        shell.complain(shell.screen.text("cli.not_text"))
    else:
        await serve(shell, text)


async def _send(shell: Shell, text: str) -> None:
    if not shell.to:
        raise BadLine("cli.no_addressee")
    await shell.send(text)
