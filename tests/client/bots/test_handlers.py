"""Which command a message calls."""

import pytest

from vestnik.client.bots.handlers import BotCommand, Handlers
from vestnik.client.bots.signature import Signature
from vestnik.protocol.names import name_key


async def serve(call: object) -> str | None:
    """Does nothing."""


HANDLERS = Handlers({name_key(name): BotCommand(name, serve, Signature(serve), "", False) for name in ("Чай", "help")})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/чай", ("Чай", "")),
        ("/ЧАЙ  два \n три", ("Чай", "два \n три")),
        ('/чай@"a bot" x', ("Чай", "x")),
        ("/чай@other x", None),
        ("/help", None),
        ('/help@"A Bot"', ("help", "")),
        ("/кофе", None),
        ("//чай", None),
        ("/", None),
        (" /чай", None),
        ("чай", None),
        ("/чай@", None),
    ],
)
def test_find(text: str, found: tuple[str, str] | None) -> None:
    """A command is called by its name in any letters, and by that of its bot, if one is said."""
    called = HANDLERS.find(text, name_key("a bot"), in_room=True)
    assert (None if called is None else (called.command.name, called.text)) == found


def test_help_in_a_direct_conversation() -> None:
    """Where there is only one bot nobody has to say whose help is meant."""
    assert HANDLERS.find("/help", "bot", in_room=False) is not None
