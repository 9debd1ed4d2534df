"""Tokens and commands of bots, as the rules need them kept."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.accounts import TokenLogin
from vestnik.chat.storage.rooms import Asker
from vestnik.chat.storage.rules import Rule
from vestnik.protocol.bots import RegisteredCommand
from vestnik.protocol.events import CommandState


class BotToken(NamedTuple):
    """A token of a bot: its number, what it is for, when it was made and used last, until when it is good (UNIX
    seconds), for which rooms (by number; None: all), and what it gives (groups and actions).
    """

    id: int
    label: str
    created: float
    used: float | None
    expires: float | None
    rooms: tuple[int, ...] | None
    may: tuple[str, ...]


class NewBotToken(NamedTuple):
    """A token that is to be kept: its hash, and the rest as in `BotToken`."""

    token_hash: str
    label: str
    created: float
    expires: float | None
    rooms: tuple[int, ...] | None
    may: tuple[str, ...]


class BotLogin(NamedTuple):
    """A login by a bot's token. The `id` of the login is the token's number, negative: it is none of the logins."""

    login: TokenLogin
    token: BotToken


class TokenStanding(NamedTuple):
    """What the rules ask of an account that is to have another token: whether it is a bot's, and how many it has."""

    bot: bool
    total: int


TokenRule: TypeAlias = Rule[TokenStanding]


class BotStorage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def add_bot_token(self, account_id: int, token: NewBotToken, rule: TokenRule) -> int:
        """Keep a token; its number. Raises what `rule` raises."""

    async def bot_tokens(self, account_id: int) -> list[BotToken]:
        """The tokens of a bot, also those that have expired, oldest first."""

    async def revoke_bot_token(self, account_id: int, number: int) -> bool:
        """Forget a token; whether there was one."""

    async def bot_login(self, token_hash: str, now: float) -> BotLogin | None:
        """The bot with this token, if that is still good."""

    async def touch_bot_token(self, number: int, now: float) -> None:
        """Note that a token was used."""

    async def set_bot_commands(self, account_id: int, commands: Sequence[RegisteredCommand]) -> None:
        """Keep the commands of a bot in the place of those that it had."""

    async def bot_commands(
        self, reader: Asker, conversation_id: int, bot_id: int | None, limit: int
    ) -> list[CommandState]:
        """The commands of the bots in a room, or of one; not of those that are disabled. By name, then by bot.

        Raises what the rule of the `reader` raises.
        """
