"""What happens to a client's conversations while its connection is lost, and what it hears of that afterwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.client.listening import positions
from tests.support.app import running_app
from tests.support.proxy import Proxy
from tests.support.waiting import DEADLINE
from vestnik.client import Backoff, Change, Client, Delivery, Disconnected, Reconnected
from vestnik.log.journal import Journal


class Away:
    """Anna, whose connection can be taken away, and boris, who stays."""

    def __init__(self, proxy: Proxy, anna: Client, boris: Client) -> None:
        self._proxy = proxy
        self.anna = anna
        self.boris = boris
        self.events = anna.events()

    async def while_away(self, *done: Callable[[], Awaitable[object]]) -> list[str]:
        """What anna hears of what boris does while she is away: texts, and kinds of changes with their conversation."""
        before = await self.heard(Disconnected, self._proxy.shut)
        for each in done:
            await each()
        return before + await self.heard(Reconnected, self._proxy.reopen)

    async def heard(self, last: type, begin: Callable[[], None] = lambda: None) -> list[str]:
        """What anna hears up to an event of the type `last`."""
        begin()
        found = []
        async with asyncio.timeout(DEADLINE):
            async for event in self.events:
                if isinstance(event, Delivery):
                    found.append(f"{event.to}: {event.message}")
                elif isinstance(event, Change):
                    found.append(f"{event.to}: {event.kind}")
                if isinstance(event, last):
                    break
        return found


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    """Both are members of #tea, where one message was said."""
    journal = Journal("client", None)
    async with running_app(tmp_path, "anna", "boris", "clara") as app, Proxy(app.listener.port) as proxy:
        more = {"password": "secret", "journal": journal, "backoff": Backoff(base=0.001, cap=0.01)}
        boris = Client("127.0.0.1", app.listener.port, name="boris", **more)  # type: ignore[arg-type]
        anna = Client("127.0.0.1", proxy.port, name="anna", **more)  # type: ignore[arg-type]
        async with boris, anna:
            await boris.create_room("#tea")
            await anna.join("#tea")
            made = Away(proxy, anna, boris)
            await boris.send("#tea", "one")
            assert await made.heard(Delivery) == ["#tea: one"]
            yield made
            await anna.disconnect()
            await made.events.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_another_name(away: Away) -> None:
    """A room that got another name goes on under it, without loss; what is sent to the old name arrives."""
    boris = away.boris
    heard = await away.while_away(
        lambda: boris.send("#tea", "two"),
        lambda: boris.set_room("#tea", name="#chai"),
        lambda: boris.send("#chai", "three"),
        lambda: boris.set_room("#chai", name="#mate"),
    )
    assert [each for each in heard if "set_room" not in each] == ["#mate: two", "#mate: three"]
    assert sum("set_room" in each for each in heard) == 2
    assert (await away.anna.send("#tea", "four")).seq == 4
    await boris.send("#mate", "five")
    assert await away.heard(Delivery) == ["#mate: five"]
    assert positions(away.anna) == {"#mate": (5, 4)}


async def test_removed_and_back(away: Away) -> None:
    """Who was removed and invited again meanwhile has missed nothing."""
    boris = away.boris
    heard = await away.while_away(
        lambda: boris.remove("#tea", "anna"),
        lambda: boris.send("#tea", "without you"),
        lambda: boris.invite("#tea", "anna"),
        lambda: boris.send("#tea", "with you"),
    )
    assert [each for each in heard if each.startswith("#tea: with")] == ["#tea: without you", "#tea: with you"]
    await boris.send("#tea", "live")
    assert await away.heard(Delivery) == ["#tea: live"]
    assert (away.anna.cursors or {})["#tea"]["seq"] == 4


async def test_removed(away: Away) -> None:
    """Of a room that one was removed from nothing is heard any more, and its cursor is gone."""
    boris = away.boris
    await away.while_away(lambda: boris.ban("#tea", "anna"), lambda: boris.send("#tea", "without you"))
    await boris.send("#tea", "nor this")
    await boris.send("anna", "but this")
    assert await away.heard(Delivery) == ["anna: but this"]
    assert positions(away.anna) == {"boris": (1, 0)}
    await boris.unban("#tea", "anna")
    await away.anna.join("#tea")
    await boris.send("#tea", "again")
    assert await away.heard(Delivery) == ["#tea: again"]


async def test_a_new_room(away: Away) -> None:
    """A room and a group that one was put into meanwhile are heard from the beginning of the membership."""
    boris = away.boris
    groups: list[str] = []

    async def begin_group() -> None:
        groups.append(await boris.group("anna", "clara"))
        await boris.send(groups[0], "hello both")

    heard = await away.while_away(
        lambda: boris.create_room("#cake", private=True),
        lambda: boris.send("#cake", "before"),
        lambda: boris.invite("#cake", "anna"),
        lambda: boris.send("#cake", "after"),
        begin_group,
    )
    assert sorted(each for each in heard if each.split(": ")[1] in ("before", "after", "hello both")) == sorted(
        ["#cake: after", f"{groups[0]}: hello both"]
    )
    await boris.send("#cake", "live")
    assert await away.heard(Delivery) == ["#cake: live"]


async def test_leaving_twice(away: Away) -> None:
    """A `leave` whose answer was lost is sent again, and has succeeded."""
    away._proxy.cut(down=1)
    assert (await away.anna.leave("#tea")).response == 200
    assert away.anna.cursors == {}
    assert [member.name for member in await away.boris.members("#tea")] == ["boris"]


async def test_joining_in_a_moment_of_loss(away: Away) -> None:
    """What happens in a room right after one has joined it is not missed, though the answer to the join was lost."""
    boris = away.boris
    await boris.create_room("#jam")
    await boris.send("#jam", "before")
    away._proxy.cut(down=1)
    joining = asyncio.create_task(away.anna.join("#jam"))
    await away.heard(Disconnected)
    await joining
    await boris.send("#jam", "first")
    await boris.set_room("#jam", topic="Jam")
    heard = await away.while_away(lambda: boris.send("#jam", "second"), lambda: boris.set_room("#jam", topic="Bread"))
    assert [each for each in heard if "set_room" not in each and each.startswith("#jam: ")][-2:] == [
        "#jam: first",
        "#jam: second",
    ]
    assert sum(each == "#jam: set_room" for each in heard) == 2, heard


@asynccontextmanager
async def second_device(away: Away) -> AsyncIterator[Client]:
    """Another client of anna's."""
    more = {"password": "secret", "journal": Journal("client", None), "reconnect": False}
    async with Client("127.0.0.1", away.boris.port, name="anna", **more) as device:  # type: ignore[arg-type]
        yield device


async def test_another_device(away: Away) -> None:
    """What another device of the account has said and joined meanwhile comes, too."""
    async with second_device(away) as device:
        heard = await away.while_away(
            lambda: device.send("#tea", "from the phone"),
            lambda: device.send("boris", "direct"),
            lambda: device.join("#cake"),
            lambda: device.leave("#tea"),
        )
        assert [each for each in heard if each.endswith("direct")] == ["boris: direct"]
        await away.boris.send("anna", "answer")
        assert await away.heard(Delivery) == ["anna: answer"]
        assert set(away.anna.cursors or {}) == {"boris", "#cake"}
