"""Tokens and commands of bots."""

from collections.abc import Sequence
from sys import intern
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from vestnik.chat.storage.accounts import AccountRecord, TokenLogin
from vestnik.chat.storage.bots import BotLogin, BotToken, NewBotToken, TokenRule, TokenStanding
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.bots import RegisteredCommand
from vestnik.protocol.events import CommandState
from vestnik.protocol.requests import ServerRole
from vestnik.store.queries.reading import check_reading
from vestnik.store.schema import account, bot_command, bot_token, member

_STANDING: Final = select(
    account.c.role, select(func.count()).where(bot_token.c.account_id == account.c.id).scalar_subquery()
).where(account.c.id == bindparam("id"))
_TOKEN: Final = (
    bot_token.c.id,
    bot_token.c.label,
    bot_token.c.created,
    bot_token.c.used,
    bot_token.c.expires,
    bot_token.c.rooms,
    bot_token.c.may,
)
_TOKENS: Final = select(*_TOKEN).where(bot_token.c.account_id == bindparam("id")).order_by(bot_token.c.id)
_LOGIN: Final = (
    select(
        *_TOKEN,
        account.c.id.label("account_id"),
        account.c.name,
        account.c.disabled,
        account.c.status,
        account.c.role,
    )
    .join(account, account.c.id == bot_token.c.account_id)
    .where(
        bot_token.c.token_hash == bindparam("token_hash"),
        (bot_token.c.expires.is_(None)) | (bot_token.c.expires > bindparam("now")),
    )
)
_COMMANDS: Final = (
    select(account.c.name.label("bot"), bot_command.c.name, bot_command.c.arguments, bot_command.c.about)
    .join(account, account.c.id == bot_command.c.account_id)
    .where(~account.c.disabled)
    .order_by(bot_command.c.name, account.c.key)
)


def add_bot_token(connection: Connection, account_id: int, token: NewBotToken, rule: TokenRule) -> int:
    """Keep a token; its number."""
    role, total = connection.execute(_STANDING, {"id": account_id}).one()
    rule(TokenStanding(role == "bot", total))
    values: dict[str, Any] = token._asdict() | {"account_id": account_id, "may": _json(token.may)}
    values["rooms"] = None if token.rooms is None else _json(token.rooms)
    return int(connection.execute(insert(bot_token).values(values).returning(bot_token.c.id)).scalar_one())


def bot_tokens(connection: Connection, account_id: int) -> list[BotToken]:
    """The tokens of a bot, oldest first."""
    return [_token(row) for row in connection.execute(_TOKENS, {"id": account_id})]


def revoke_bot_token(connection: Connection, account_id: int, number: int) -> bool:
    """Forget a token; whether there was one."""
    which = (bot_token.c.account_id == account_id, bot_token.c.id == number)
    return connection.execute(delete(bot_token).where(*which)).rowcount > 0


def bot_login(connection: Connection, token_hash: str, now: float) -> BotLogin | None:
    """The bot with this token, if that is still good."""
    row = connection.execute(_LOGIN, {"token_hash": token_hash, "now": now}).first()
    if row is None:
        return None
    record, role = AccountRecord(row.account_id, row.name), cast("ServerRole", intern(row.role))
    used = row.used or 0.0
    login = TokenLogin(id=-row.id, account=record, disabled=row.disabled, used=used, status=row.status, role=role)
    return BotLogin(login, _token(row))


def touch_bot_token(connection: Connection, number: int, now: float) -> None:
    """Note that a token was used."""
    connection.execute(update(bot_token).where(bot_token.c.id == number).values(used=now))


def set_bot_commands(connection: Connection, account_id: int, commands: Sequence[RegisteredCommand]) -> None:
    """Keep the commands of a bot in the place of those that it had."""
    connection.execute(delete(bot_command).where(bot_command.c.account_id == account_id))
    if commands:
        rows = [msgspec.structs.asdict(each) | {"account_id": account_id} for each in commands]
        connection.execute(insert(bot_command), rows)


def bot_commands(
    connection: Connection, reader: Asker, conversation_id: int, bot_id: int | None, limit: int
) -> list[CommandState]:
    """The commands of the bots in a room, or of one that somebody talks to."""
    check_reading(connection, reader, conversation_id)
    wanted = _COMMANDS.limit(limit)
    if bot_id is None:
        wanted = wanted.join(member, (member.c.account_id == account.c.id) & (member.c.room_id == conversation_id))
    else:
        wanted = wanted.where(account.c.id == bot_id)
    return [CommandState(*row) for row in connection.execute(wanted)]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _token(row: Any) -> BotToken:
    rooms = None if row.rooms is None else tuple(msgspec.json.decode(row.rooms, type=list[int]))
    may = tuple(msgspec.json.decode(row.may, type=list[str]))
    return BotToken(row.id, row.label, row.created, row.used, row.expires, rooms, may)
