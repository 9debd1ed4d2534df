"""Who is typing, and telling others that one is."""

import asyncio
from typing import Any

import pytest

from vestnik.cli.client.typists import AGAIN, LASTS, OwnTyping, Typists
from vestnik.client import Client, ConnectionLost, Refused
from vestnik.protocol.events import Response


def test_typists() -> None:
    """Somebody is typing until a message comes, or for some seconds after it was said last."""
    now = [0.0]
    typists = Typists(lambda: now[0])
    typists.begin("#tea", "boris")
    typists.begin("#tea", "clara")
    typists.begin("#cake", "dora")
    assert typists.names("#TEA") == ["boris", "clara"]
    typists.end("#tea", "Boris")
    now[0] = LASTS - 1
    typists.begin("#tea", "clara")
    now[0] = LASTS
    assert typists.names("#cake") == []
    assert typists.names("#tea") == ["clara"]
    assert typists
    now[0] = 3 * LASTS
    assert typists  # it was so when it was asked last: once more, so that it is taken off the screen
    assert not typists


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many people are remembered."""
    monkeypatch.setattr("vestnik.cli.client.typists.MAX_TYPISTS", 1)
    typists = Typists()
    typists.begin("#tea", "boris")
    typists.begin("#tea", "clara")
    assert typists.names("#tea") == ["boris"]


class Told(Client):
    """A client that only notes whom it tells that one is typing."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__("x", name="anna")
        self.told: list[str] = []
        self.failure = failure

    async def typing(self, to: str) -> Response:
        """Note it."""
        self.told.append(to)
        if self.failure is not None:
            raise self.failure
        return Response(200)


async def ran(typing: OwnTyping, *conversations: str) -> None:
    """Type a key for each conversation, and let it be told."""
    for conversation in conversations:
        typing.typed(conversation)
        for _ in range(3):
            await asyncio.sleep(0)


async def test_own_typing() -> None:
    """Others are told once in a while, and at once for the next message."""
    now, client = [100.0], Told()
    typing = OwnTyping(client, lambda: now[0])
    await ran(typing, "#tea", "#tea")
    now[0] += AGAIN
    await ran(typing, "#tea")
    typing.sent()
    await ran(typing, "#tea")
    assert client.told == ["#tea"] * 3
    await typing.stop()


@pytest.mark.parametrize(("failure", "told"), [(Refused(403, "no"), 1), (ConnectionLost("x"), 2)])
async def test_nobody_to_tell(failure: Any, told: int) -> None:
    """Where the server does not want to know, it is not asked again."""
    now, client = [100.0], Told(failure)
    typing = OwnTyping(client, lambda: now[0])
    await ran(typing, "#tea")
    now[0] += AGAIN
    await ran(typing, "#TEA")
    assert len(client.told) == told
    now[0] += AGAIN
    await ran(typing, "boris")
    assert client.told[-1] == "boris"
    await typing.stop()
