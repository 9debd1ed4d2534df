"""Devices: clients at the level of the wire, which keep what they hear as a client program would, and check it."""

import json
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.wire import Wire

RICH: Final = ("seq", "resume", "changes", "read")
LITE: Final = ("seq", "resume")
PLAIN: Final = ()

Seen = Callable[[dict[str, Any], dict[str, Any]], None]
"""What is called with a request and its answer."""


@dataclass
class Held:
    """What a device has of a conversation: messages above `base`, changes above `first` (None: not known yet).

    `seq` and `change` are the cursors; `own` and `own_changes` are what it has done itself on this connection, which
    the server does not send it.
    """

    base: int | None
    first: int | None
    seq: int = 0
    change: int = 0
    own: set[int] = field(default_factory=set)
    own_changes: set[int] = field(default_factory=set)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    read: int = 0
    left: bool = False
    """The last that was heard of the membership is its end."""

    def __post_init__(self) -> None:
        self.seq = self.base or 0
        self.change = self.first or 0

    def hear(self, message: dict[str, Any], *, live: bool) -> None:
        """Take a message that the server has sent: each once, in order, without a gap."""
        seq = message["seq"]
        if self.base is None:
            self.base = seq - 1
            while self.base in self.own:
                self.base -= 1
            self.seq = self.base
        assert not (live and seq in self.own), f"its own message {message}"
        while self.seq + 1 in self.own and self.seq + 1 != seq:
            self.seq += 1
        assert seq == self.seq + 1, f"after seq {self.seq} comes {message}"
        self.seq = seq
        self.messages[seq] = message

    def hear_change(self, event: dict[str, Any], *, live: bool) -> None:
        """Take a change that the server has sent: each once, in order; only its own ones are left out."""
        number = event["change"]
        if not live and number in self.own_changes and number <= self.change:
            return
        if self.first is None:
            self.first = self.change = number - 1
        while self.change + 1 < number:
            self.change += 1
            assert self.change in self.own_changes, f"change {self.change} is missing before {event}"
        assert number == self.change + 1, f"after change {self.change} comes {event}"
        self.change = number
        self.changes[number] = event

    def forget_connection(self) -> None:
        """Another connection begins: what the cursors have not passed yet will be sent again."""
        while self.seq + 1 in self.own:
            self.seq += 1
        while self.change + 1 in self.own_changes:
            self.change += 1

    def alter(self, event: dict[str, Any]) -> None:
        """Do to a message that is held what a change says."""
        message = self.messages.get(event.get("seq", 0))
        if message is None:
            return
        kind, name = event["kind"], event["from"]
        reactions = message.setdefault("reactions", {})
        if kind == "edit":
            message |= {"message": event["message"], "edited": True}
        elif kind == "delete":
            message |= {"message": "", "deleted": True, "pinned": False, "reactions": {}}
        elif kind in {"pin", "unpin"}:
            message["pinned"] = kind == "pin"
        elif "emoji" not in event:
            pass  # a reaction to what is deleted by now, which comes next
        elif kind == "react":
            reactions.setdefault(event["emoji"], [])
            if name not in reactions[event["emoji"]]:
                reactions[event["emoji"]].append(name)
        elif kind == "unreact" and name in reactions.get(event["emoji"], ()):
            reactions[event["emoji"]].remove(name)


class Device:
    """One device of an account. Offline while `wire` is None; `held` outlives its connections.

    A plain device keeps only the messages that it has `heard` on this connection.
    """

    def __init__(
        self,
        account: str,
        name: str,
        features: tuple[str, ...],
        token: str,
        alike: Callable[[str], Iterable[str]],
        log: Callable[[str], None],
    ) -> None:
        self.account = account
        self.name = name
        self.features = features
        self.token = token
        self._alike = alike  # all names that a room has or had
        self._log = log
        self.wire: Wire | None = None
        self.asked: deque[tuple[dict[str, Any], Seen]] = deque()
        self.live = False
        self.fresh = True
        """It has never been told what there is."""
        self.held: dict[str, Held] = {}
        self.heard: list[dict[str, Any]] = []
        self._doubtful: set[str] = set()
        """Ids of messages that were not answered: a connection before may have sent them a moment ago."""
        self._doubtful_read = False
        """A `read` was not answered before a cut: it may be told after it was asked again."""
        self._called: dict[str, str] = {}
        """What it has renamed rooms to."""

    @property
    def rich(self) -> bool:
        """Whether it understands more than plain JIM."""
        return bool(self.features)

    @property
    def hears_changes(self) -> bool:
        """Whether it is told of changes."""
        return "changes" in self.features

    # Connections.

    async def connect(self, port: int) -> None:
        """Connect, and write a login; with `resume` for a rich device. Nothing is read."""
        self.wire = await Wire.connect(port)
        self.heard = []
        user = {"account_name": self.account, "token": self.token}
        self.tell({"action": "authenticate", "user": user, "features": list(self.features)}, self._logged_in)
        self.live = not self.rich
        if self.rich:
            known = {name: held for name, held in self.held.items() if None not in {held.base, held.first}}
            for held in known.values():
                held.forget_connection()
            self.held = known
            cursors = {name: {"seq": held.seq, "change": held.change} for name, held in known.items()}
            self.tell({"action": "resume"} | ({} if self.fresh else {"cursors": cursors}), self._resuming)

    def _logged_in(self, _request: dict[str, Any], answer: dict[str, Any]) -> None:
        assert answer["response"] in {200, 202}, answer

    def _resuming(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """Learn which conversations there are, and from where on each will be sent."""
        assert answer["response"] == 200, answer
        cursors = request.get("cursors")
        before, self.held = self.held, {}
        for state in answer["conversations"]:
            name, known_as = state["to"], state.get("as", state["to"])
            room = name.startswith("#")
            if known_as in before:
                assert known_as in (cursors or ()), state
                self.held[name] = before[known_as]
            elif cursors is None:
                self.held[name] = Held(state["seq"] if room else None, state["change"])
            else:
                self.held[name] = Held(None if room else 0, state["change"])
            self.held[name].read = state.get("read", 0)
        self.fresh = False

    def cut(self, how: str) -> list[dict[str, Any]]:
        """End the connection without a word; the requests that were not answered."""
        self._log(f"{self.name} ends: {how}")
        unanswered = [request for request, _ in self.asked]
        self._doubtful |= {request["id"] for request in unanswered if "id" in request}
        self._doubtful_read |= any(request["action"] == "read" for request in unanswered)
        self.asked.clear()
        if self.wire is not None:
            if how == "reset":
                sock = self.wire.writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.wire.writer.transport.abort() if how == "reset" else self.wire.writer.close()
        self.wire = None
        self.live = False
        return unanswered

    async def hear_out(self) -> list[dict[str, Any]]:
        """Hear everything until the server ends the connection; the requests that were not answered."""
        try:
            while True:
                await self.take_one()
        except (EOFError, ConnectionError, json.JSONDecodeError):
            return self.cut("close")

    def half_close(self) -> None:
        """Say that nothing more will be asked."""
        assert self.wire is not None
        self.wire.end()

    # Requests.

    def tell(self, request: dict[str, Any], seen: Seen, limit: int | None = None) -> bool:
        """Write a request, or only its first `limit` bytes; whether that is all of it."""
        assert self.wire is not None
        data = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        self._log(f"{self.name} > {data[:limit]!r}")
        self.wire.write(data[:limit])
        self.asked.append((request, seen))
        return limit is None or limit >= len(data) - 1

    async def answers(self) -> None:
        """Hear until everything is answered."""
        while self.asked:
            await self.take_one()

    async def resumed(self) -> None:
        """Hear until it is live."""
        while not self.live:
            await self.take_one()

    async def take_answers(self, count: int) -> None:
        """Hear until so many requests are answered."""
        rest = len(self.asked) - count
        while len(self.asked) > rest:
            await self.take_one()

    async def take(self, count: int) -> None:
        """Hear so many objects, or until there is nothing to wait for."""
        while count and (self.asked or not self.live):
            await self.take_one()
            count -= 1

    async def take_one(self) -> None:
        """Hear one object."""
        assert self.wire is not None
        found = await self.wire.hear()
        self._log(f"{self.name} < {found}")
        if "response" in found:
            assert self.asked, f"an answer to nothing: {found}"
            request, seen = self.asked.popleft()
            self._check_answer(request, found)
            if self.hears_changes and request["action"] in CHANGING:
                found = {"change": None} | found  # nothing was changed
            self._note_own(request, found)
            seen(request, found)
        elif self.rich:
            self._hear(found)
        else:
            assert set(found) == {"action", "time", "from", "to", "message"}, found
            assert found["action"] == "msg", found
            self.heard.append(found)

    def _check_answer(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        assert answer.get("id") == (request.get("id") if self.rich else None), (request, answer)
        if not self.rich and request["action"] in {"msg", "join", "leave", "edit", "delete", "presence"}:
            assert len(answer) == 2, answer

    def _note_own(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take over what the device has done itself."""
        action, code = request["action"], answer["response"]
        if not self.rich or code >= 300 or action in {"authenticate", "resume"}:
            return
        name = self._known(answer.get("room", request.get("to", request.get("room"))))
        if action == "leave":
            self.held.pop(name, None)
            return
        if action in {"join", "create_room", "group"} and name not in self.held:
            made = answer.get("change")
            self.held[name] = Held(answer.get("seq"), None if made is None else made - 1, own_changes={made} - {None})
        elif action == "msg":
            self._note_message(name, request, answer)
        elif action in CHANGING and name in self.held:
            self._note_change(name, request, answer)

    def _note_message(self, name: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        held = self.held.setdefault(name, Held(None if name.startswith("#") else 0, 0))
        seq = answer["seq"]
        if seq > held.seq and seq not in held.messages:
            held.own.add(seq)
            held.messages[seq] = {"from": self.account, "message": request["message"]} | answer

    def _note_change(self, name: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        if answer["change"] is None:
            return  # it was so before
        held = self.held[name]
        held.own_changes.add(answer["change"])
        held.alter(request | {"kind": request["action"], "from": self.account})
        if request["action"] == "set_room" and "name" in request:
            self.held[request["name"]] = self.held.pop(name)
            self._called[name] = request["name"]
            self._called.pop(request["name"], None)

    def _known(self, name: str) -> str:
        """The name under which the device has a conversation that may be called otherwise."""
        found = next((each for each in (name, *self._alike(name)) if each in self.held), None)
        if found is None and name in self._called:
            return self._known(self._called[name])
        return name if found is None else found

    # Events.

    def _hear(self, event: dict[str, Any]) -> None:
        action = event.pop("action")
        if action == "resumed":
            assert not self.live, event
            self.live = True
            self.held = {name: held for name, held in self.held.items() if not held.left}
        elif action == "msg":
            self._place(event).hear(event, live=self.live and event.get("id") not in self._doubtful)
        elif action == "read":
            assert "read" in self.features, event
            held = self.held.setdefault(event["to"], Held(0, 0))
            again = self._doubtful_read and event["seq"] == held.read
            assert event["seq"] > held.read or again or not self.live, (event, held.read)
            held.read = event["seq"]
        elif action == "change":
            assert self.hears_changes, event
            self._change(event)
        else:
            raise AssertionError(event)

    def _name(self, event: dict[str, Any]) -> str:
        """What the device calls the conversation of an event."""
        direct = not event["to"].startswith("#") and event["from"] != self.account
        return str(event["from"] if direct else event["to"])

    def _place(self, event: dict[str, Any]) -> Held:
        name = self._name(event)
        if name not in self.held:
            assert not name.startswith("#"), f"of a room that it has not: {event}"
            self.held[name] = Held(0, 0)
        return self.held[name]

    def _change(self, event: dict[str, Any]) -> None:
        name, kind = self._name(event), event["kind"]
        person = event.get("name", event["from"])
        begins = kind == "create_room" or (kind in {"join", "invite"} and person == self.account)
        ends = kind in {"leave", "remove", "ban"} and person == self.account
        if name not in self.held:
            if ends and not self.live:
                return  # it has never heard of it
            assert begins or not name.startswith("#"), f"of a room that it has not: {event}"
            self.held[name] = Held(None if begins else 0, event["change"] - 1 if begins else 0)
        held = self.held[name]
        if ends and not self.live:
            held.left = True
            if event["change"] > held.change + 1:
                return  # of a room that is left while it resumes it gets nothing but that
        held.hear_change(event, live=self.live)
        held.alter(event)
        if begins or ends:
            held.left = ends
        if ends and self.live:
            del self.held[name]
        elif kind == "set_room" and "name" in event:
            self.held[event["name"]] = self.held.pop(name)


_OF_MESSAGES: Final = ("edit", "delete", "react", "unreact", "pin", "unpin")
_OF_ROOMS: Final = ("create_room", "set_room", "group", "join", "leave")
_OF_MEMBERS: Final = ("invite", "remove", "ban", "unban", "mute", "unmute", "set_role")
CHANGING: Final = frozenset((*_OF_MESSAGES, *_OF_ROOMS, *_OF_MEMBERS))
"""Actions that others hear of as changes."""
