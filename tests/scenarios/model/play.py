"""Everything that happens in the test: devices ask, are cut off and come back, the server ends and starts again.

What happens is done to the reference as well, and every answer compared with what it says.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from tests.scenarios.model.checks import check_device, check_plain, fits, missing, simplified
from tests.scenarios.model.clients import PLAIN, RICH, Device
from tests.scenarios.model.reference import World
from tests.scenarios.model.servers import OtherServer, OwnServer
from tests.scenarios.model.state import Room

ACCOUNTS: Final = ("anna", "boris", "carl", "dora")
DEVICES: Final = {
    "anna-1": ("anna", RICH),
    "anna-2": ("anna", RICH),
    "boris-1": ("boris", RICH),
    "boris-2": ("boris", PLAIN),
    "carl-1": ("carl", RICH),
    "dora-1": ("dora", PLAIN),
}
ORDERS: Final = 5000
"""Orders of requests that were served at the same time which are tried."""

Request = dict[str, Any]


class Asked(NamedTuple):
    """A request and its answer."""

    request: Request
    answer: dict[str, Any]


class Play:
    """The server, the devices, and the `world` as the reference sees it."""

    def __init__(self, server: OwnServer | OtherServer, tokens: dict[str, str]) -> None:
        self.server = server
        self.world = World(ACCOUNTS)
        self.transcript: deque[str] = deque(maxlen=200)
        """What devices have written and heard, for whoever looks for the reason of a failure."""
        self.devices = {
            name: Device(account, name, features, tokens[name], self._alike, self.transcript.append)
            for name, (account, features) in DEVICES.items()
        }
        self.due: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in DEVICES}
        """What plain devices, and rich ones that are new, must hear on their present connection."""
        self.before: dict[str, dict[int, int]] = {name: {} for name in DEVICES}
        """How far conversations went when plain devices logged in."""
        self.waiting: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in ACCOUNTS}
        """Direct messages that came while their addressee had no connection."""
        self._noted: dict[int, int] = defaultdict(int)

    def _alike(self, name: str) -> Iterable[str]:
        return self.world.alike(name)

    # Connections.

    async def online(self, name: str) -> Device:
        """A device, which is connected if it was not; it may still be waiting for answers."""
        device = self.devices[name]
        if device.wire is None:
            self.due[name], self.waiting[device.account] = self.waiting[device.account], defaultdict(set)
            if device.rich and not device.fresh:
                self.due[name].clear()  # it knows itself what it lacks
            self.before[name] = {place.number: len(place.messages) for place in self.world.places()}
            await device.connect(self.server.port)
            if not device.rich:
                await device.answers()
        return device

    async def cut(self, name: str, how: str) -> None:
        """End a device's connection at any moment, whatever it has not read."""
        device = self.devices[name]
        if device.wire is None:
            return
        if how == "half":
            device.half_close()
            assert await device.hear_out() == []
        else:
            unknown = device.cut(how)
            assert all(request["action"] in {"authenticate", "resume"} for request in unknown), unknown

    # Requests.

    async def ask(self, name: str, request: Request) -> None:
        """One request, its answer compared."""
        device = await self.online(name)
        asked = await self._asked(device, request)
        expected = self._do(self.world, device, asked)
        assert fits(expected, request, asked.answer), f"{name}: {asked}, not {expected}"
        self._note()

    async def _asked(self, device: Device, request: Request) -> Asked:
        answers: list[Asked] = []
        device.tell(request, lambda *each: answers.append(Asked(*each)))
        await device.answers()
        return answers[-1]

    @staticmethod
    def _do(world: World, device: Device, asked: Asked) -> dict[str, Any]:
        """Do a request to a world; what should have come of it."""
        expected = world.do(device.account, device.name, asked.request)
        if asked.request["action"] == "group" and expected["response"] == 201 and "room" in asked.answer:
            world.name_group(asked.answer["room"])
        return expected

    async def at_once(self, requests: dict[str, list[Request]]) -> None:
        """Requests of several devices at the same time: there must be an order in which the answers are right."""
        for name in requests:
            await self.online(name)
        asked: dict[str, list[Asked]] = {name: [] for name in requests}
        for name, each in requests.items():
            for request in each:
                self.devices[name].tell(request, lambda *found, name=name: asked[name].append(Asked(*found)))  # type: ignore[misc]
        await asyncio.gather(*(self.devices[name].answers() for name in requests))
        await self._choose(self._orders(self.world, asked), f"{asked}")

    def _orders(self, world: World, asked: dict[str, list[Asked]]) -> Iterator[World]:
        """The worlds that come of all orders in which the answers are right."""
        if not any(asked.values()):
            yield world
        for name, each in asked.items():
            if each:
                other = world.copy()
                if fits(self._do(other, self.devices[name], each[0]), each[0].request, each[0].answer):
                    yield from self._orders(other, asked | {name: each[1:]})

    async def _choose(self, worlds: Iterator[World], what: str) -> None:
        """Go on with a world that the server agrees with."""
        seen: list[tuple[Device, Asked]] | None = None
        wrong: str | None = "there is none"
        for world in islice(worlds, ORDERS):
            if seen is None:
                before, self.world = self.world, world
                seen = await self._look()
                self.world = before
            wrong = next(self._wrong(world, seen), None)
            if wrong is None:
                self.world = world
                self._note()
                return
        raise AssertionError(f"no order explains {what}; of the last: {wrong}")

    def _wrong(self, world: World, seen: list[tuple[Device, Asked]]) -> Iterator[str]:
        """What the server says otherwise than a world."""
        for device, each in seen:
            expected = self._do(world, device, each)
            if not fits(expected, *each):
                yield f"{device.name}: {each.request}, {simplified(*each)}, not {expected}"

    async def _look(self) -> list[tuple[Device, Asked]]:
        """What the server says of everything, asked by each account that has a rich device connected."""
        seen: list[tuple[Device, Asked]] = []
        for account in ACCOUNTS:
            for device in self.devices.values():
                if device.account == account and device.rich and device.wire is not None:
                    for request in self._questions(account):
                        seen.append((device, await self._asked(device, request)))
                    break
        return seen

    def _questions(self, account: str) -> Iterator[Request]:
        yield {"action": "conversations"}
        yield {"action": "rooms"}
        for name, place in self.world.of(account).items():
            yield {"action": "history", "to": name, "after": 0}
            yield {"action": "pins", "to": name}
            if isinstance(place, Room):
                yield {"action": "members", "room": name}

    async def cut_while_asking(self, name: str, requests: list[Request], answers: int, how: str, limit: int) -> None:
        """Cut a device off before it has heard all answers, the last request after `limit` bytes; then ask again."""
        device = await self.online(name)
        await device.answers()
        for request in requests[:-1]:
            device.tell(request, self._answered(device))
        whole = device.tell(requests[-1], self._answered(device), limit)
        await device.take_answers(min(answers, len(requests) - (not whole)))
        self._note()
        unknown = device.cut(how)
        await self.ask_again(name, unknown)

    def _answered(self, device: Device) -> Any:
        def seen(request: Request, answer: dict[str, Any]) -> None:
            expected = self._do(self.world, device, Asked(request, answer))
            assert fits(expected, request, answer), f"{device.name}: {request}, {answer}, not {expected}"

        return seen

    async def ask_again(self, name: str, unknown: list[Request]) -> None:
        """Ask what was not answered once more: some of it may have been done, in its order, the rest not."""
        if not unknown:
            return
        device = await self.online(name)
        asked = [await self._asked(device, request) for request in unknown]
        await self._choose(self._repeated(device, asked), f"{asked}")

    def _repeated(self, device: Device, asked: list[Asked]) -> Iterator[World]:
        """The worlds in which the answers are right, whatever the connection before did of the same, and when."""
        yield from self._merged(self.world, device, asked, asked)

    def _merged(self, world: World, device: Device, before: list[Asked], asked: list[Asked]) -> Iterator[World]:
        if not asked:
            yield world
            return
        other = world.copy()
        if fits(self._do(other, device, asked[0]), *asked[0]):
            yield from self._merged(other, device, before, asked[1:])
        if before:
            other = world.copy()
            self._do(other, device, before[0])
            yield from self._merged(other, device, before[1:], asked)

    # The server.

    async def restart(self) -> None:
        """End the server properly: everybody hears everything; then start it again."""
        connected = [device for device in self.devices.values() if device.wire is not None]
        (*_,) = await asyncio.gather(self.server.stop(), *(self._heard_out(device) for device in connected))
        await self.server.start()
        self.transcript.append("the server is started again")

    async def _heard_out(self, device: Device) -> None:
        unknown = await device.hear_out()
        assert all(request["action"] in {"authenticate", "resume"} for request in unknown), unknown

    async def kill(self, requests: dict[str, list[Request]], answers: int) -> None:
        """Kill the server while it serves messages, of which `answers` were answered to each; start it again."""
        for name in requests:
            await (await self.online(name)).answers()
        asked: dict[str, list[Asked]] = {name: [] for name in requests}
        for name, each in requests.items():
            for request in each:
                self.devices[name].tell(request, lambda *found, name=name: asked[name].append(Asked(*found)))  # type: ignore[misc]
        for name in requests:
            await self.devices[name].take(answers)
        online = {device.account for device in self.devices.values() if device.wire is not None}
        await self.server.kill()
        self.transcript.append("the server is killed")
        unknown: dict[str, list[Request]] = {}
        for name, device in self.devices.items():
            if device.wire is not None:
                unknown[name] = await device.hear_out() if name in requests else device.cut("close")
        await self.server.start()
        for name in requests:
            device = await self.online(name)
            asked[name] += [await self._asked(device, request) for request in unknown[name]]
        await self._choose(self._by_seq(asked), f"{asked}")
        for account in online:  # nobody knows what of it was delivered
            self.waiting[account].clear()

    def _by_seq(self, asked: dict[str, list[Asked]]) -> Iterator[World]:
        """The world in which messages were sent in the order of their seq."""
        world = self.world.copy()
        flat = [(each, self.devices[name]) for name, found in asked.items() for each in found]
        for each, device in sorted(flat, key=lambda pair: pair[0].answer.get("seq", 0)):
            if not fits(self._do(world, device, each), *each):
                return
        yield world

    # What must have been heard.

    def _note(self) -> None:
        """Note what plain devices must hear of what was done."""
        for place in self.world.places():
            first, last = self._noted[place.number], len(place.messages)
            self._noted[place.number] = last
            for seq in range(first + 1, last + 1):
                self._note_message(place, seq)

    def _note_message(self, place: Any, seq: int) -> None:
        message = place.messages[seq - 1]
        for person in place.people:
            connected = [d for d in self.devices.values() if d.account == person and d.wire is not None]
            for device in connected:
                if not device.rich and not (message.id or "").startswith(f"{device.name}-"):
                    self.due[device.name][place.number].add(seq)
            if not connected and not isinstance(place, Room) and person != message.author:
                self.waiting[person][place.number].add(seq)

    async def check(self, *, thoroughly: bool = False) -> None:
        """When all is quiet: every device that is connected has heard what it should, and the server agrees."""
        for name, device in self.devices.items():
            if device.wire is None:
                continue
            if device.rich:
                await device.answers()
                await device.resumed()
            await self.ask(name, {"action": "presence"})
            if not device.rich:
                await self._kept(device)
        for name, device in self.devices.items():
            if device.wire is not None:
                if device.rich:
                    check_device(self.world, device)
                    self._check_new(device)
                else:
                    check_plain(self.world, device, self.due[name], self.before[name])
        if thoroughly:
            for wrong in self._wrong(self.world, await self._look()):
                raise AssertionError(wrong)

    async def _kept(self, device: Device) -> None:
        """Hear what was kept for a plain device: it may come after the answers."""
        try:
            while missing(self.world, device, self.due[device.name]):
                await device.take_one()
        except TimeoutError:
            lacking = missing(self.world, device, self.due[device.name])
            raise AssertionError(f"{device.name} does not hear {lacking}") from None

    def _check_new(self, device: Device) -> None:
        """Whether it has all that came while its account was offline, if it was new."""
        due, self.due[device.name] = self.due[device.name], defaultdict(set)
        for name, place in self.world.of(device.account).items():
            if due[place.number]:
                lacking = due[place.number] - set(device.held[name].messages)
                assert not lacking, f"{device.name} has not heard {sorted(lacking)} of {name}, which waited for it"
