"""What a line of the client does: it is a message to whoever is chosen, or begins with `/` and is a command."""

from typing import Final

from vestnik.cli.client import account, bots, life, link, messages, people, rooms, totp
from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.habits import ALIASES, HABITS
from vestnik.cli.client.help import Command, Manual
from vestnik.cli.client.shell import Shell
from vestnik.client import ClientError, ConnectionFailed, Refused
from vestnik.log.journaled import journaled
from vestnik.protocol.codes import Code

UNKNOWN: Final = frozenset({Code.BAD_REQUEST, Code.NOT_FOUND})
"""Codes of answers to a name that there is not."""


async def _help(shell: Shell, given: Arguments) -> None:
    """Show all commands, or what there is to know about one or a group of them."""
    if given:
        MANUAL.about(shell, given.rest())
    else:
        MANUAL.overview(shell)


_CONVERSATIONS: Final = (
    Command("/join", "{room}", rooms.join, "cli.help_join"),
    Command("/leave", "[{room}]", rooms.leave, "cli.help_leave"),
    Command("/to", "{name}", messages.to, "cli.help_to"),
    Command("/msg", "{name} {text}", messages.message, "cli.help_msg"),
    Command("/group", "{name}, {name}, ...", rooms.group, "cli.help_group"),
    Command("/list", "", messages.conversations, "cli.help_list"),
    Command("/unread", "", messages.unread, "cli.help_unread"),
    Command("/commands", "[{name}]", bots.commands, "cli.help_commands"),
    Command("/read", "[{seq}]", messages.read, "cli.help_read"),
)
_MESSAGES: Final = (
    Command("/history", "[{count}] [before {seq}]", messages.history, "cli.help_history"),
    Command("/thread", "{seq}", messages.thread, "cli.help_thread"),
    Command("/search", "{words}", messages.search, "cli.help_search"),
    Command("/reply", "{seq} {text}", messages.reply, "cli.help_reply"),
    Command("/edit", "{seq} {text}", messages.edit, "cli.help_edit"),
    Command("/delete", "{seq}", messages.delete, "cli.help_delete"),
    Command("/edits", "{seq}", messages.edits, "cli.help_edits"),
    Command("/life", "{seq}", life.life, "cli.help_life"),
    Command("/report", "{seq} [{text}]", messages.report, "cli.help_report"),
    Command("/react", "{seq} {emoji}", messages.react, "cli.help_react"),
    Command("/unreact", "{seq} {emoji}", messages.unreact, "cli.help_unreact"),
    Command("/forward", "{seq} {name}", messages.forward, "cli.help_forward"),
    Command("/pin", "{seq}", messages.pin, "cli.help_pin"),
    Command("/unpin", "{seq}", messages.unpin, "cli.help_unpin"),
    Command("/pins", "", messages.pins, "cli.help_pins"),
)
_ROOMS: Final = (
    Command("/rooms", "[{words}]", rooms.rooms, "cli.help_rooms"),
    Command("/room", "", rooms.room, "cli.help_room"),
    Command("/create", "{room} [private]", rooms.create, "cli.help_create"),
    Command("/topic", "[{text}]", rooms.topic, "cli.help_topic"),
    Command("/describe", "{text}", rooms.describe, "cli.help_describe"),
    Command("/rename", "{room}", rooms.rename, "cli.help_rename"),
    Command("/archive", "", rooms.archive, "cli.help_archive"),
    Command("/unarchive", "", rooms.unarchive, "cli.help_unarchive"),
    Command("/retention", "{days}|off", rooms.retention, "cli.help_retention"),
    Command("/allow", "{what} {who}", rooms.allow, "cli.help_allow"),
    Command("/slow", "{seconds}|off", rooms.slow, "cli.help_slow"),
    Command("/admit", "", rooms.admit, "cli.help_admit"),
    Command("/unadmit", "", rooms.unadmit, "cli.help_unadmit"),
)
_MEMBERS: Final = (
    Command("/members", "", rooms.members, "cli.help_members"),
    Command("/invite", "{name}", rooms.invite, "cli.help_invite"),
    Command("/invitations", "", rooms.invitations, "cli.help_invitations"),
    Command("/decline", "{room}", rooms.decline, "cli.help_decline"),
    Command("/remove", "{name}", rooms.remove, "cli.help_remove"),
    Command("/ban", "{name}", rooms.ban, "cli.help_ban"),
    Command("/unban", "{name}", rooms.unban, "cli.help_unban"),
    Command("/mute", "{name} [{minutes}]", rooms.mute, "cli.help_mute"),
    Command("/unmute", "{name}", rooms.unmute, "cli.help_unmute"),
    Command("/reports", "[{room}]", rooms.reports, "cli.help_reports"),
    Command("/resolve", "{report} [dismissed]", rooms.resolve, "cli.help_resolve"),
    Command("/role", "{name} {role}", rooms.role, "cli.help_role"),
)
_PEOPLE: Final = (
    Command("/who", "[{name}]", people.who, "cli.help_who"),
    Command("/away", "[{status}]", people.away, "cli.help_away"),
    Command("/back", "", people.back, "cli.help_back"),
    Command("/block", "[{name}]", people.block, "cli.help_block"),
    Command("/unblock", "{name}", people.unblock, "cli.help_unblock"),
    Command("/guests", "on|off", people.guests, "cli.help_guests"),
)
_ACCOUNT: Final = (
    Command("/logins", "", account.logins, "cli.help_logins"),
    Command("/totp", "[on|off|codes]", totp.totp, "cli.help_totp"),
    Command("/revoke", "{login}|all", account.revoke, "cli.help_revoke"),
)
_PROGRAM: Final = (
    Command("/reconnect", "", link.reconnect, "cli.help_reconnect"),
    Command("/quit", "", people.leave_server, "cli.help_quit"),
    Command("/logout", "", people.log_out, "cli.help_logout"),
    Command("/help", "[{command}]", _help, "cli.help_help"),
)
MANUAL: Final = Manual(
    {
        "cli.group_conversations": _CONVERSATIONS,
        "cli.group_messages": _MESSAGES,
        "cli.group_rooms": _ROOMS,
        "cli.group_members": _MEMBERS,
        "cli.group_people": _PEOPLE,
        "cli.group_account": _ACCOUNT,
        "cli.group_program": _PROGRAM,
    },
    ALIASES,
    HABITS,
)
COMMANDS: Final = {command.name: command for commands in MANUAL.groups.values() for command in commands}
AT_ONCE: Final = frozenset({"/reconnect", "/totp"})
"""Commands that do not wait until the lines before them are served: that may ask for something, too."""


CHOOSING: Final = frozenset({"/join", "/to", "/create", "/group", "/unread"})
"""Commands that choose a conversation for the lines behind them."""


def is_command(line: str) -> bool:
    """Whether a line is no message."""
    return line.startswith("/") and not line.startswith("//")


def chooses(line: str) -> bool:
    """Whether a line is meant to choose another conversation."""
    command = MANUAL.find(line.split(maxsplit=1)[0]) if is_command(line) else None
    return command is not None and command.name in CHOOSING


@journaled(logger="client")
async def serve(shell: Shell, line: str) -> bool:
    """Serve one line of the user, and say whether it went through; what goes wrong is said, and noted in `shell`."""
    line = line.rstrip("\r\n")
    if not line.strip():
        return True
    name, rest = "", line.removeprefix("/")
    if is_command(line):
        name, *more = line.split(maxsplit=1)
        rest = more[0] if more else ""
    given = Arguments(rest, shell.to)
    try:
        if not name:
            await _send(shell, rest)
            return True
        return await _obey(shell, name, given, line)
    except BadLine as error:  # no event: `complain` has one
        command = MANUAL.find(name)
        usage = "" if command is None else command.usage(shell.screen.language)
        shell.complain(shell.screen.text(error.name, **{"command": name, "usage": usage} | error.values))
    except ClientError as error:  # no event: it had one when it was made, or the answer had
        shell.ended |= isinstance(error, ConnectionFailed) and not shell.screen.terminal
        shell.refused(error)
        if isinstance(error, Refused) and error.status in UNKNOWN:
            shell.suggest("cli.near_names", given.names)
    return False


async def _obey(shell: Shell, name: str, given: Arguments, line: str) -> bool:
    """Serve a command, by whatever name people are used to, or send it to the bot whose it is; whether there is one.

    Raises BadLine and ClientError.
    """
    command = MANUAL.find(name)
    if command is not None:
        if command.name != name.lower():
            shell.screen.note(shell.screen.text("cli.alias", command=name, meant=command.name))
        await command.serve(shell, given)
        return True
    if name.lower() in MANUAL.habits:
        raise BadLine(MANUAL.habits[name.lower()])
    if shell.to and shell.connected and not shell.plain and "/" not in name[1:]:
        await shell.offers.learn(shell.to)
        if shell.offers.has(name):
            await shell.send(line)
            return True
    shell.complain(MANUAL.unknown(shell, name))
    return False


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
