"""The budget of all buffers together."""

from vestnik.server.buffers import relieve


class Held:
    """A connection that holds something."""

    def __init__(self, size: int, *, closing: bool = False) -> None:
        self.size = size
        self.closing = closing
        self.given_up: int | None = None

    def holds(self) -> int:
        """So much."""
        return self.size

    def give_up(self, waiting: int) -> None:
        """Take note."""
        self.given_up = waiting


def test_within() -> None:
    """Nobody is cut off as long as all together hold no more than the budget; those that are closing do not count."""
    holders = [Held(40), Held(60), Held(1000, closing=True)]
    relieve(holders, 100)
    assert [each.given_up for each in holders] == [None, None, None]


def test_largest_first() -> None:
    """Those who hold most are cut off, until there is some room again."""
    holders = [Held(10), Held(50), Held(30), Held(40)]
    relieve(holders, 100)
    assert [each.given_up for each in holders] == [None, 50, None, 40]
    relieve([holders[0], holders[2]], 100)
    assert holders[2].given_up is None
