"""What a server says before it knows a language."""

from collections.abc import Callable

import pytest

from tests.client.listening import Make
from tests.support.scripted import Script, scripted
from tests.support.waiting import DEADLINE
from vestnik.client import ConnectionFailed, Refused
from vestnik.client.early import EARLY, MAX_TEXT, understood
from vestnik.language import LANGUAGES
from vestnik.protocol.answers import Answer
from vestnik.texts import say


@pytest.mark.parametrize("answer", EARLY, ids=lambda answer: answer.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_early_answers(answer: Answer, language: str) -> None:
    """Each of them is understood in every language, and left alone for who has named none."""
    for spoken in LANGUAGES:
        said = say(spoken, answer.name, limit="20000")
        assert understood(said, language) == say(language, answer.name, limit="20000")
        assert understood(said, None) == said


def test_anything_else() -> None:
    """What is something else is shown as it is, but not however long it is."""
    for said in ("no", "", "Уже открыто x соединений: это предел", "20000 connections are open"):
        assert understood(said, "en") == said
    assert understood("x" * 100_000, "en") == "x" * MAX_TEXT


@pytest.mark.parametrize("ask", [lambda script: script.hear(), None], ids=["asked", "unasked"])
async def test_turned_away(make: Make, ask: Callable[[Script], object] | None) -> None:
    """A client that is turned away says why, in its language, whether or not it has asked for something already."""

    async def talk(script: Script) -> None:
        if ask is not None:
            await script.hear()
        script.say(response=500, error="Уже открыто 9 соединений: это предел")

    async with scripted(talk) as port:
        anna = make(port, lang="en", timeout=DEADLINE)
        await anna.connect()
        if ask is None:
            assert anna._connection is not None
            await anna._connection.ended
        with pytest.raises((Refused, ConnectionFailed)) as caught:
            await anna.authenticate()
        assert "500 9 connections are open, which is the limit" in caught.value.text("en")
        await anna.disconnect()
