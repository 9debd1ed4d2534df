"""Random interleavings of many devices against a reference, over real sockets, with cuts, restarts and kills.

`pytest --hypothesis-profile=long tests/scenarios/model` plays for hours.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.scenarios.model.clients import PLAIN
from tests.scenarios.model.play import ACCOUNTS, DEVICES, Play, Request
from tests.scenarios.model.servers import OtherServer, OwnServer
from tests.support.app import running_app
from tests.support.proof import Proof
from tests.support.wire import Wire

ROOMS: Final = ("#ink", "#jam", "#tea")
NAMES: Final = (*ROOMS, "#oak")
"""Names that rooms may get."""
RICH_DEVICES: Final = tuple(name for name, (_, features) in DEVICES.items() if features != PLAIN)

devices = st.sampled_from(sorted(DEVICES))
rich_devices = st.sampled_from(RICH_DEVICES)
people = st.sampled_from(ACCOUNTS)
rooms = st.sampled_from(NAMES)
places = st.one_of(st.sampled_from(ROOMS), st.sampled_from(ROOMS), people, st.just("group"))
picks = st.integers(0, 9)
"""Which message: counted from the end."""
hows = st.sampled_from(("close", "reset", "half"))


def wish(action: str, **fields: Any) -> st.SearchStrategy[Request]:
    """Requests of an action; what they are about is found when they are made (`Machine.made`)."""
    return st.fixed_dictionaries({"action": st.just(action)} | fields)


messages = wish("msg", to=places, reply_to=st.one_of(st.none(), st.none(), picks))
alterations = st.one_of(
    wish("edit", to=places, seq=picks, same=st.booleans()),
    wish("delete", to=places, seq=picks),
    wish("react", to=places, seq=picks, emoji=st.sampled_from("👍🍵")),
    wish("unreact", to=places, seq=picks, emoji=st.sampled_from("👍🍵")),
    wish("pin", to=places, seq=picks),
    wish("unpin", to=places, seq=picks),
)
reading = wish("read", to=places, seq=picks)
memberships = st.one_of(wish("join", room=rooms), wish("leave", room=rooms))
administration = st.one_of(
    wish("create_room", room=rooms, private=st.booleans()),
    wish("set_room", room=rooms, name=rooms),
    wish("set_room", room=rooms, topic=st.sampled_from(("", "news"))),
    wish("set_room", room=rooms, private=st.booleans()),
    wish("set_room", room=rooms, archived=st.booleans()),
    wish("set_room", room=rooms, edits=st.sampled_from(("members", "moderators", "nobody"))),
    wish("group", members=st.lists(people, min_size=1, max_size=3)),
)
handling = st.one_of(
    *(wish(action, room=rooms, name=people) for action in ("invite", "remove", "ban", "unban", "mute", "unmute")),
    wish("set_role", room=rooms, name=people, role=st.sampled_from(("owner", "moderator", "member"))),
)
numbers = st.integers(0, 30)
questions = st.one_of(
    wish("history", to=places, limit=st.integers(0, 5)),
    *(
        wish("history", to=places, limit=st.integers(1, 5), **{where: numbers})
        for where in ("before", "after", "around")
    ),
    wish("conversations"),
    wish("members", room=rooms),
    wish("pins", to=places),
    wish("edits", to=places, seq=picks),
    wish("get_room", room=rooms),
    wish("rooms"),
)
anything = st.one_of(messages, messages, alterations, memberships, administration, handling, reading)


class Machine(RuleBasedStateMachine):
    """What may happen, in any order."""

    Server: type[OwnServer | OtherServer] = OwnServer

    def __init__(self, template: Path, tokens: dict[str, str], data: Path, failures: list[Exception]) -> None:
        super().__init__()
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(template, data)
        self.runner = asyncio.Runner()
        self.play = Play(self.Server(data), tokens)
        self.counter = count(1)
        self.ids: list[Request] = []
        self.failures = failures
        self.failed = False
        self.runner.run(self.play.server.start())

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Let it happen."""
        try:
            self.runner.run(doing)
        except Exception as error:
            self.failed = True
            error.add_note("\n".join(self.play.transcript))
            self.failures.append(error)
            raise

    def made(self, device: str, wished: Request) -> Request:
        """A request that is about something which is there, as far as possible."""
        made = {key: value for key, value in wished.items() if value is not None}
        account = DEVICES[device][0]
        if made.get("to") == "group":
            groups = [room.name for room in self.play.world.rooms if room.group and account in room.people]
            made["to"] = groups[0] if groups else ROOMS[0]
        if "to" in made:
            place = self.play.world.of(account).get(made["to"])
            last = len(place.messages) if place else 0
            for key in ("seq", "reply_to"):
                if key in made:
                    made[key] = max(last - made[key], 0)
        number = next(self.counter)
        if made["action"] == "msg":
            made |= {"message": f"text {number}", "id": f"{device}-{number}"}
            self.ids.append(made)
        if made["action"] == "edit":
            made["message"] = f"text {number}"
            if made.pop("same"):
                made["message"] = place.messages[made["seq"] - 1].text if last and made["seq"] else "x"
        if made["action"] == "read":
            made["seq"] += number % 2
        return made

    def all_made(self, device: str, wishes: list[Request]) -> list[Request]:
        """Several."""
        return [self.made(device, wished) for wished in wishes]

    @initialize(owners=st.tuples(*(people for _ in ROOMS)))
    def open_rooms(self, owners: tuple[str, ...]) -> None:
        """Everybody is in every room; each has somebody's."""
        device_of = {account: name for name, (account, _) in sorted(DEVICES.items(), reverse=True)}
        for room, owner in zip(ROOMS, owners, strict=True):
            for account in (owner, *(each for each in ACCOUNTS if each != owner)):
                self.run(self.play.ask(device_of[account], {"action": "join", "room": room}))

    def ask(self, device: str, wished: Request) -> None:
        """One request."""
        self.run(self.play.ask(device, self.made(device, wished)))

    @rule(device=devices, wished=messages)
    def send(self, device: str, wished: Request) -> None:
        """Send a message."""
        self.ask(device, wished)

    @rule(device=devices, wished=alterations)
    def alter(self, device: str, wished: Request) -> None:
        """Do something to a message."""
        self.ask(device, wished)

    @rule(device=devices, wished=st.one_of(memberships, administration))
    def arrange(self, device: str, wished: Request) -> None:
        """Do something to a room."""
        self.ask(device, wished)

    @rule(device=devices, wished=handling)
    def handle(self, device: str, wished: Request) -> None:
        """Do something to somebody in a room."""
        self.ask(device, wished)

    @rule(device=rich_devices, wished=reading)
    def read(self, device: str, wished: Request) -> None:
        """Note how far one has read."""
        self.ask(device, wished)

    @rule(device=rich_devices, wished=questions)
    def question(self, device: str, wished: Request) -> None:
        """Ask something that changes nothing."""
        self.ask(device, wished)

    @rule(device=devices, back=picks)
    def send_again(self, device: str, back: int) -> None:
        """Send a message again that the device has sent before."""
        own = [request for request in self.ids if request["id"].startswith(f"{device}-")]
        if own:
            self.run(self.play.ask(device, own[-1 - back % len(own)]))

    @rule(device=devices)
    def come(self, device: str) -> None:
        """Connect, without hearing yet what was missed."""
        self.run(self._come(device))

    async def _come(self, device: str) -> None:
        await self.play.online(device)

    @rule(device=devices, heard=st.integers(0, 5), how=hows)
    def go(self, device: str, heard: int, how: str) -> None:
        """Hear a little, and be cut off."""
        self.run(self._go(device, heard, how))

    async def _go(self, device: str, heard: int, how: str) -> None:
        if self.play.devices[device].wire is not None:
            await self.play.devices[device].take(heard)
        await self.play.cut(device, how)

    @rule(
        device=devices,
        wishes=st.lists(anything, min_size=1, max_size=3),
        answers=st.integers(0, 2),
        how=st.sampled_from(("close", "reset")),
        limit=st.one_of(st.none(), st.integers(0, 60)),
    )
    def cut_while_asking(self, device: str, wishes: list[Request], answers: int, how: str, limit: int | None) -> None:
        """Be cut off in the middle of requests, come back and ask again."""
        self.run(self.play.cut_while_asking(device, self.all_made(device, wishes), answers, how, limit))

    @rule(storm=st.dictionaries(rich_devices, st.lists(messages, min_size=1, max_size=8), min_size=2))
    def send_at_once(self, storm: dict[str, list[Request]]) -> None:
        """Several devices send many messages at the same time."""
        self.run(self.play.at_once({device: self.all_made(device, wishes) for device, wishes in storm.items()}))

    @rule(storm=st.dictionaries(rich_devices, st.lists(anything, min_size=1, max_size=3), min_size=2, max_size=3))
    def do_at_once(self, storm: dict[str, list[Request]]) -> None:
        """Several devices do anything at the same time."""
        self.run(self.play.at_once({device: self.all_made(device, wishes) for device, wishes in storm.items()}))

    @rule()
    def restart(self) -> None:
        """The server ends, and starts again."""
        self.run(self.play.restart())

    @rule()
    def check(self) -> None:
        """Everything is as it should be."""
        self.run(self.play.check())

    def teardown(self) -> None:
        """Everything is as it should be, in the end too."""
        try:
            if not self.failed:
                self.run(self.play.check(thoroughly=True))
                for device in self.play.devices:
                    self.run(self._come(device))
                self.run(self.play.check(thoroughly=True))
        finally:
            self.runner.run(self._end())
            self.runner.close()

    async def _end(self) -> None:
        for device in self.play.devices.values():
            device.cut("close")
        await self.play.server.stop()


class KillingMachine(Machine):
    """The same with a server that may be killed."""

    Server = OtherServer

    @rule(
        storm=st.dictionaries(rich_devices, st.lists(messages, min_size=1, max_size=20), min_size=1),
        answers=st.integers(0, 10),
    )
    def kill(self, storm: dict[str, list[Request]], answers: int) -> None:
        """The server is killed while it is sent messages."""
        self.run(self.play.kill({device: self.all_made(device, wishes) for device, wishes in storm.items()}, answers))


def prepare(data: Path) -> dict[str, str]:
    """Make accounts, and a token for each device."""

    async def log_in() -> dict[str, str]:
        tokens: dict[str, str] = {}
        async with running_app(data, *ACCOUNTS) as app:
            for name, (account, _) in DEVICES.items():
                async with await Wire.connect(app.listener.port) as wire:
                    tokens[name] = (await wire.authenticate(account, remember=True))["token"]
        return tokens

    return asyncio.run(log_in())


LONG: Final = settings.default is not None and settings.default.max_examples > 100


@pytest.mark.timeout(0 if LONG else 1800)
@pytest.mark.parametrize(("machine", "whole", "sample", "steps"), [(Machine, 300, 6, 40), (KillingMachine, 30, 1, 40)])
def test_model(tmp_path: Path, proof: Proof, machine: type[Machine], whole: int, sample: int, steps: int) -> None:
    """Every answer, and what every device hears, is as the reference says."""
    tokens = prepare(tmp_path / "template")
    examples = proof.number(whole, sample)
    few = settings(max_examples=examples, stateful_step_count=steps, derandomize=True)
    if LONG:
        few = settings(max_examples=settings.default.max_examples * examples, stateful_step_count=3 * steps)  # type: ignore[union-attr]
    failures: list[Exception] = []
    begin = partial(machine, tmp_path / "template", tokens, tmp_path / "run", failures)
    try:
        run_state_machine_as_test(begin, settings=settings(few, deadline=None, suppress_health_check=list(HealthCheck)))
    except (Flaky, FlakyStrategyDefinition) as error:  # it has failed all the same, if not again
        raise failures[0] from error
