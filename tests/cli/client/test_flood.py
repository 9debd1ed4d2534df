"""What is drawn when more comes than anybody can read."""

import asyncio
from collections.abc import Callable

import pytest

from vestnik.cli.client import flood
from vestnik.cli.client.flood import BURST, LINE, RATE, Flood


class Drawn:
    """A flood, what it has drawn, and a clock."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 0.0
        self.flood = Flood(lambda count: self.lines.append(f"{count} left out"), lambda: self.now)

    def draw(self, *names: str, text: str = "") -> None:
        """Something comes."""

        def line(name: str) -> Callable[[], None]:
            return lambda: self.lines.append(name)

        for name in names:
            self.flood.draw(text, line(name))


async def test_a_conversation() -> None:
    """What people can read is drawn at once."""
    drawn = Drawn()
    for number in range(10_000):
        drawn.now += 1.0
        drawn.draw(str(number), text="x" * 1000)
    assert drawn.lines == [str(number) for number in range(10_000)]


async def test_more_than_anybody_can_read() -> None:
    """Of a flood the first and the last are drawn, and between them it is said how many were left out."""
    drawn = Drawn()
    fits, again = BURST // LINE, RATE // LINE
    drawn.draw(*map(str, range(10_000)))
    assert drawn.lines == [str(number) for number in range(fits)]
    drawn.now += 1.0
    drawn.flood.settle()
    assert drawn.lines[fits] == f"{10_000 - fits - again} left out"
    assert drawn.lines[fits + 1 :] == [str(number) for number in range(10_000 - again, 10_000)]
    drawn.now += 1.0
    drawn.draw("later")
    assert drawn.lines[-1] == "later"


async def test_a_flood_without_end() -> None:
    """A flood that does not end is drawn at the pace of the room that comes back, with what is newest."""
    drawn = Drawn()
    for _ in range(20):
        drawn.draw(*["x"] * 5_000)
        drawn.now += 1.0
        drawn.flood.settle()
    assert drawn.lines.count("x") == BURST // LINE + 20 * (RATE // LINE)
    assert drawn.lines[-1] == "x"


async def test_it_comes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is drawn by itself after a moment."""
    monkeypatch.setattr(flood, "MOMENT", 0.0)
    drawn = Drawn()
    drawn.draw(*map(str, range(3_000)))
    drawn.now += 100.0
    while drawn.lines[-1] != "2999":
        await asyncio.sleep(0)
    assert len(drawn.lines) == 3_000


async def test_huge_messages() -> None:
    """One with more lines than there is ever room for takes all of the room, and the next ones are left out."""
    drawn = Drawn()
    drawn.draw("a", "b", text="\n" * 100_000)
    assert drawn.lines == ["a"]
    drawn.flood.settle()
    assert drawn.lines == ["a", "1 left out"]
    drawn.now += BURST / RATE
    drawn.draw("c", text="\n" * 100_000)
    assert drawn.lines[-1] == "c"
