"""`set_commands` and `commands`: which commands bots have, and where."""

import re
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_conversation, name_of
from vestnik.chat.names import check_text, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.reading import reader_of
from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.protocol import answers
from vestnik.protocol.bots import Commands, RegisteredCommand, SetCommands
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden

MAX_COMMANDS: Final = 100
"""Commands that a bot may have."""
MAX_LISTED: Final = 1_000
"""Commands in one answer: those of ten bots that have as many as they may."""
MAX_ARGUMENTS: Final = 200
"""Characters that say what stands behind a command."""
MAX_ABOUT: Final = 200
"""Characters that say what it is for."""
_NAME: Final = re.compile(r"[^\W_][\w-]{0,31}")


async def set_commands(chat: Chat, session: Session, request: SetCommands) -> Reply:
    """Keep the commands of a bot. Raises Forbidden for anybody else or for too many, BadRequest, Conflict."""
    account = session.speaker
    if account.role != "bot":
        raise Forbidden(answers.BOT_COMMANDS_FORBIDDEN, account.name)
    if len(request.commands) > MAX_COMMANDS:
        raise Forbidden(answers.BOT_COMMANDS_LIMIT, account.name, MAX_COMMANDS)
    seen: set[str] = set()
    for command in request.commands:
        _check(command)
        if (key := name_key(command.name)) in seen:
            raise Conflict(answers.BOT_COMMAND_TWICE, command.name)
        seen.add(key)
    await chat.storage.set_bot_commands(account.id, request.commands)
    return Reply(answers.BOT_COMMANDS_SET, (account.name, len(request.commands)))


def _check(command: RegisteredCommand) -> None:
    if _NAME.fullmatch(command.name) is None:
        raise BadRequest(answers.BOT_COMMAND_INVALID, command.name[:32])
    check_text("arguments", command.arguments, MAX_ARGUMENTS, lines=False)
    check_text("about", command.about, MAX_ABOUT, lines=False)


async def list_commands(chat: Chat, session: Session, request: Commands) -> Reply:
    """The commands of the bots of a room, or of the bot that one talks to. Raises what `find_conversation` raises."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    reader = reader_of(account, request.to)
    bot_id = None if isinstance(conversation, Room) else conversation.to_id
    found = await chat.storage.bot_commands(reader, conversation.id, bot_id, MAX_LISTED)
    values = (account.name, name_of(conversation), len(found))
    return Reply(answers.BOT_COMMANDS_LISTED, values, more={"commands": found}, about=((conversation, reader),))
