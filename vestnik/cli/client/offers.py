"""Commands that bots offer in a conversation: a line that begins with one is sent, and the bot hears it."""

from collections import Counter
from collections.abc import Container

from vestnik.client import Client, CommandState, Refused
from vestnik.protocol.names import name_key


class BotOffers:
    """Those of the conversation that was asked for last."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._to = ""
        self._found: list[CommandState] = []

    async def learn(self, to: str) -> list[CommandState]:
        """Ask for the commands of bots in a conversation; a server that has none has none. Raises ConnectionFailed."""
        try:
            self._found = await self._client.commands(to)
        except Refused:  # no event: the answer had one
            self._found = []
        self._to = to
        return self._found

    def words(self, to: str, taken: Container[str]) -> list[str]:
        """How they are written in a conversation: with the bot's name where that is needed to tell them from others."""
        if name_key(to) != name_key(self._to):
            return []
        names = Counter(name_key(each.name) for each in self._found)
        return [
            f"/{each.name}" if names[name_key(each.name)] == 1 and f"/{each.name}" not in taken else whole(each)
            for each in self._found
        ]

    def has(self, word: str) -> bool:
        """Whether a word, `/name` or `/name@bot`, calls one of them; any bot that has some has a `help`, too."""
        name, at, bot = name_key(word.removeprefix("/")).partition("@")
        bot = bot.removeprefix('"')
        for each in self._found:
            own = name_key(each.bot)
            meant = not at or own == bot or own.startswith(f"{bot} ")
            if meant and (name_key(each.name) == name or (at and name == "help")):
                return True
        return False


def whole(command: CommandState) -> str:
    """A command with the name of its bot."""
    quote = '"' if " " in command.bot else ""
    return f"/{command.name}@{quote}{command.bot}{quote}"
