"""What bots offer, as the client shows it."""

from collections.abc import Sequence
from typing import cast

from vestnik.cli.client.offers import BotOffers, whole
from vestnik.client import Client, CommandState, Refused


class Asked:
    """A client that knows some commands."""

    def __init__(self, *found: CommandState) -> None:
        self.found = found

    async def commands(self, to: str) -> Sequence[CommandState]:
        """Those of #tea."""
        if to != "#tea":
            raise Refused(404, "no such room")
        return list(self.found)


DEPLOY = CommandState("deployer", "deploy", "SERVICE", "Deploy it.")
COMMANDS = (DEPLOY, CommandState("a bot", "Deploy"), CommandState("deployer", "топик"), CommandState("a bot", "read"))


async def test_words() -> None:
    """A command is named with its bot where others are called so; of other conversations there are none."""
    offers = BotOffers(cast(Client, Asked(*COMMANDS)))
    await offers.learn("#tea")
    assert offers.words("#TEA", {"/read"}) == ["/deploy@deployer", '/Deploy@"a bot"', "/топик", '/read@"a bot"']
    assert offers.words("#cake", ()) == []
    assert await offers.learn("#cake") == []
    assert offers.words("#cake", ()) == []


async def test_has() -> None:
    """A word calls a command by its name in any letters, with or without its bot's."""
    offers = BotOffers(cast(Client, Asked(*COMMANDS)))
    await offers.learn("#tea")
    for word in ("/deploy", "/DEPLOY", "/deploy@Deployer", "/help@deployer", '/deploy@"a', "/Топик"):
        assert offers.has(word), word
    for word in ("/help", "/dep", "/deploy@other", "/топик@a", "/", "/@deployer"):
        assert not offers.has(word), word
    assert whole(DEPLOY) == "/deploy@deployer"
