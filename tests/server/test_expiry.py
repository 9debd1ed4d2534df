"""Connections of tokens that expire."""

from typing import cast

from vestnik.chat.chat import Chat
from vestnik.log.journal import SILENT, Journal
from vestnik.server.expiry import TokenExpiry


class Sessions:
    """Notes when it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def expel_expired(self, now: float) -> None:
        """Note it."""
        self.asked.append(now)


class State:
    """A chat, as far as it is looked at."""

    def __init__(self) -> None:
        self.sessions = Sessions()

    def clock(self) -> float:
        """A moment."""
        return 5.0


async def test_looks() -> None:
    """Each round ends what has expired by then."""
    chat = State()
    expiry = TokenExpiry(cast(Chat, chat), Journal("server", None, level=SILENT), 0.0)
    await expiry._look()
    assert chat.sessions.asked == [5.0]
    expiry.start()
    await expiry.stop()
