"""Whose turn it is: passes of the loop are bounded, and nobody is passed over."""

import asyncio

from vestnik.server.turns import MOST_GIVEN, PASS, REQUEST, TURN, Turns, worth


class Client:
    """Somebody who wants so many turns, each of a number of units; writes each down in `log`."""

    def __init__(self, turns: Turns, log: list[str], name: str, wanted: int, units: int = TURN) -> None:
        self.turns = turns
        self.log = log
        self.name = name
        self.wanted = wanted
        self.units = units
        self.pending = 0

    def take_turn(self) -> None:
        """One turn."""
        self.log.append(self.name)
        self.turns.spend(self.units)
        self.wanted -= 1
        if self.wanted:
            self.turns.wait(self, going_on=True)


async def passes(count: int) -> None:
    """Let the loop make so many passes."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_one_turn_each() -> None:
    """Those who go on have one turn each, one after the other, and in a pass as many as half of it allows."""
    turns, log = Turns(), list[str]()
    for name in "abc":
        turns.wait(Client(turns, log, name, 3), going_on=True)
    assert log == []
    await passes(1)
    assert log == ["a", "b"]
    await passes(4)
    assert "".join(log) == "abcabcabc"


async def test_who_comes_new_is_first() -> None:
    """Who has found the pass full comes before those who have had their turn, however many these are."""
    turns, log = Turns(), list[str]()
    for _ in range(50):
        turns.wait(Client(turns, log, "old", 10), going_on=True)
    await passes(1)
    turns.wait(Client(turns, log, "new", 1, REQUEST), going_on=False)
    await passes(1)
    assert log.index("new") == 2
    assert log.count("old") == 4


async def test_full() -> None:
    """A pass is full when its units are spent; in the next one there is time again, for those who wait as well."""
    turns, log = Turns(), list[str]()
    assert not turns.full
    turns.spend(PASS - 1)
    assert not turns.full
    turns.spend(1)
    assert turns.full
    for name in "abcdef":
        turns.wait(Client(turns, log, name, 1), going_on=False)
    await passes(1)
    assert log == list("abcd")
    assert turns.full
    await passes(1)
    assert log == list("abcdef")
    assert not turns.full


async def test_slow_turns() -> None:
    """Two turns that lasted longer than what they have done is worth fill a pass, however little that was."""
    turns = Turns()
    for seconds in (worth(REQUEST), worth(REQUEST) * 1.01, worth(REQUEST) * 1.01):
        assert not turns.full
        turns.spend(REQUEST, seconds)
    assert turns.full


async def test_failing_turns_hold_nobody_up() -> None:
    """Somebody whose turn fails takes no turn from others."""
    turns, log = Turns(), list[str]()

    class Broken:
        pending = 0

        def take_turn(self) -> None:
            raise OSError("broken")

    failed: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    turns.wait(Broken(), going_on=True)
    turns.wait(Client(turns, log, "a", 1), going_on=True)
    await passes(2)
    assert log == ["a"]
    assert len(failed) == 1


async def test_messages_come_first() -> None:
    """While the store has messages those who go on give way, a few times; not who has some there, nor who is new."""
    waiting = [True]
    turns, log = Turns(lambda: waiting[0]), list[str]()
    sender = Client(turns, log, "s", MOST_GIVEN + 1)
    sender.pending = 1
    for each in (Client(turns, log, "a", 2), Client(turns, log, "b", 1), sender):
        turns.wait(each, going_on=True)
    turns.wait(Client(turns, log, "n", 1), going_on=False)
    while len(log) < MOST_GIVEN + 3:
        await asyncio.sleep(0)
    assert "".join(log[: MOST_GIVEN + 1]) == "n" + "s" * MOST_GIVEN
    assert sorted(log[MOST_GIVEN + 1 :]) == ["a", "b"]
    while "a" not in log[MOST_GIVEN + 3 :]:
        await asyncio.sleep(0)  # the last one has its turn, although the store always has something
    assert log.count("s") == MOST_GIVEN + 1


async def test_giving_way_ends_with_the_messages() -> None:
    """Who has given way goes on as soon as the store has no messages any more."""
    waiting = [True]
    turns, log = Turns(lambda: waiting[0]), list[str]()
    turns.wait(Client(turns, log, "a", 1), going_on=True)
    await passes(2)
    assert log == []
    waiting[0] = False
    turns.wait(Client(turns, log, "b", 1), going_on=True)
    await passes(1)
    assert log == ["a", "b"]
