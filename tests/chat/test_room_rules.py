"""The rules of rooms under random requests, one by one against a model, and many at once."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.chat.conftest import House, hearers
from tests.support.data import add_accounts
from vestnik.chat.limits import Limits
from vestnik.chat.outcome import Reply
from vestnik.chat.session import Session
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.requests import (
    AnyRequest,
    Ban,
    CreateRoom,
    Invite,
    Join,
    Leave,
    Msg,
    Mute,
    Remove,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)

PEOPLE = ("anna", "boris", "carl", "dora")
RANK = {None: 0, "member": 1, "moderator": 2, "owner": 3}
people = st.sampled_from(PEOPLE)
# Mostly those who may do something where there is somebody to do it to.
rulers = st.sampled_from(("anna", "anna", "anna", "carl", "boris", "dora"))
subjects = st.sampled_from(("boris", "boris", "carl", "carl", "anna", "dora"))
rooms = st.sampled_from(("#a", "#a", "#a", "#b"))
roles = st.sampled_from(("owner", "moderator", "member"))


class Rooms:
    """A house with four people who are logged in."""

    def __init__(self, template: Path) -> None:
        self.runner = asyncio.Runner()
        self.data = Path(tempfile.mkdtemp())
        shutil.copytree(template, self.data, dirs_exist_ok=True)
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.house = House(self.data, Limits())
        self.sessions: dict[str, Session] = {}
        self.ids: dict[str, int] = {}
        for name in PEOPLE:
            self.sessions[name] = await self.house.login(name)
            self.ids[name] = await self.house.account_id(name)

    def close(self) -> None:
        """Close the store and forget all."""
        self.runner.run(self.house.store.close())
        self.runner.close()
        shutil.rmtree(self.data)

    async def do(self, who: str, request: AnyRequest) -> tuple[int, int]:
        """The code of the answer (of a message: 200), and how many changes there were."""
        try:
            outcome = await self.house.do(self.sessions[who], request)
        except VestnikError as error:
            return int(error.code), 0
        if not isinstance(outcome, Reply):
            return 200, 0
        return int(outcome.answer.code), len(outcome.changes)

    def ask(self, who: str, request: AnyRequest) -> tuple[int, int]:
        """The same; a second later than what was asked before."""
        self.house.now += 1
        return self.runner.run(self.do(who, request))

    def together(self, requests: list[tuple[str, AnyRequest]]) -> None:
        """Ask many things at once."""

        async def everything() -> None:
            await asyncio.gather(*(self.do(*each) for each in requests))

        self.house.now += 1
        self.runner.run(everything())

    def check(self) -> None:
        """Memory and store say the same, a room with members has an owner, and changes have no gaps."""
        kept = {record.id: record for record in self.runner.run(self.house.store.all_rooms())}
        rooms = self.house.chat.rooms
        found = {room.id: room for room in rooms._by_key.values()}
        assert set(kept) == set(found)
        for record in kept.values():
            room = found[record.id]
            assert (record.name, record.members, record.private) == (room.name, room.members, room.private)
            assert record.archived == room.archived
            assert dict(record.roles) == room.roles
            now = self.house.now
            assert {a: t for a, t in record.muted.items() if t > now} == {
                a: t for a, t in room.muted.items() if t > now
            }
            names = [[key for key, each in leads.items() if each is room] for leads in (rooms._by_key, rooms._by_alias)]
            assert names[0] == [record.name]
            assert set(names[1]) == set(record.aliases)
            assert (room.aliases, room.invited) == (list(record.aliases), record.invited)
            assert not room.members or "owner" in room.roles.values()
            assert set(room.roles) <= room.members
            heard = [event.change for event in self.house.happened if event.conversation_id == record.id]
            assert heard == list(range(1, record.change + 1))
            assert room.change == record.change
            hearing = {session.recipient for name, session in self.sessions.items() if self.ids[name] in room.members}
            assert hearers(room) == hearing


class ModelRoom:
    """What a room should be: `members` in the order of joining, with their roles."""

    def __init__(self, name: str, owner: str, private: bool = False) -> None:
        self.name = name
        self.members = {owner: "owner"}
        self.banned: set[str] = set()
        self.muted: set[str] = set()
        self.private = private
        self.archived = False

    def rank(self, name: str) -> int:
        """How much somebody may do."""
        return RANK[self.members.get(name)]

    def owners(self) -> list[str]:
        """Who owns it."""
        return [name for name, role in self.members.items() if role == "owner"]


class RoomRules(RuleBasedStateMachine):
    """One request after the other: code and number of changes are those of the model."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.rooms = Rooms(self.template)
        self.model: dict[str, ModelRoom] = {}  # by every name that leads to it

    def teardown(self) -> None:
        """Close the house."""
        self.rooms.close()

    @initialize()
    def gather(self) -> None:
        """All are in one room, with different roles: most rules need that."""
        for who in PEOPLE:
            assert self.rooms.ask(who, Join(room="#a")) == (200, 1)
        self.rooms.ask("anna", SetRole(room="#a", name="carl", role="moderator"))
        self.model["#a"] = room = ModelRoom("#a", "anna")
        room.members |= {"boris": "member", "carl": "moderator", "dora": "member"}

    @invariant()
    def same(self) -> None:
        """What the house has is what the model has."""
        self.rooms.check()
        for name, expected in self.model.items():
            room = self.rooms.house.chat.rooms.find(name)
            assert room is not None
            ids = {self.rooms.ids[who]: role for who, role in expected.members.items()}
            assert room.members == set(ids)
            assert room.roles == {number: role for number, role in ids.items() if role != "member"}
            assert (room.name, room.private, room.archived) == (expected.name, expected.private, expected.archived)
            assert set(room.muted) == {self.rooms.ids[who] for who in expected.muted}

    @rule(who=people, name=rooms)
    def join(self, who: str, name: str) -> None:
        """Join, or make a room."""
        room = self.model.get(name)
        expected = (200, 1)
        if room is None:
            self.model[name] = ModelRoom(name, who)
        elif who in room.members:
            expected = (200, 0)
        elif who in room.banned or room.private or room.archived:
            expected = (403, 0)
        else:
            room.members[who] = "member" if room.members else "owner"
        assert self.rooms.ask(who, Join(room=name)) == expected

    @rule(who=people, name=rooms, private=st.booleans())
    def create(self, who: str, name: str, private: bool) -> None:
        """Make a room, if the name leads nowhere."""
        expected = (409, 0) if name in self.model else (201, 1)
        self.model.setdefault(name, ModelRoom(name, who, private))
        assert self.rooms.ask(who, CreateRoom(room=name, private=private)) == expected

    @rule(who=people, name=rooms)
    def leave(self, who: str, name: str) -> None:
        """Leave; the next in rank and time inherits."""
        room = self.model.get(name)
        expected = (400, 0)
        if room is not None:
            expected = (400 if room.private else 403, 0)
            if who in room.members:
                expected = (200, 1)
                del room.members[who]
                if room.members and not room.owners():
                    expected = (200, 2)
                    heir = max(room.members, key=lambda each: (each not in room.muted, room.rank(each)))
                    room.members[heir] = "owner"  # the first among equals
        assert self.rooms.ask(who, Leave(room=name)) == expected

    def _refused(self, who: str, name: str, rank: int) -> int:
        """The code for somebody who may not do what takes this rank; 0 for who may."""
        room = self.model.get(name)
        if room is None or (room.private and who not in room.members):
            return 404
        return 403 if room.rank(who) < max(rank, 1) else 0

    @rule(who=rulers, name=rooms, whom=subjects)
    def invite(self, who: str, name: str, whom: str) -> None:
        """Make a member."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 2 if room is not None and room.private else 1), 0
        if not code and room is not None:
            code = 403 if room.archived or whom in room.banned else 200
            if code == 200 and whom not in room.members:
                count = 1
                room.members[whom] = "member"
        assert self.rooms.ask(who, Invite(room=name, name=whom)) == (code, count)

    @rule(who=rulers, name=rooms, whom=subjects, bans=st.booleans())
    def remove_or_ban(self, who: str, name: str, whom: str, bans: bool) -> None:
        """End a membership, and keep out."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 0), 0
        if not code and room is not None:
            if who == whom:
                code = 400
            elif room.rank(who) < 2:
                code = 403
            elif whom not in room.members and not bans:
                code = 404
            elif room.rank(whom) >= room.rank(who):
                code = 403
            else:
                code, count = 200, int(not bans or whom not in room.banned)
                room.members.pop(whom, None)
                if bans:
                    room.banned.add(whom)
        request = Ban(room=name, name=whom) if bans else Remove(room=name, name=whom)
        assert self.rooms.ask(who, request) == (code, count)

    @rule(who=rulers, name=rooms, whom=subjects)
    def unban(self, who: str, name: str, whom: str) -> None:
        """Let in again."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 2), 0
        if not code and room is not None:
            code, count = 200, int(whom in room.banned)
            room.banned.discard(whom)
        assert self.rooms.ask(who, Unban(room=name, name=whom)) == (code, count)

    @rule(who=rulers, name=rooms, whom=subjects)
    def mute(self, who: str, name: str, whom: str) -> None:
        """Mute for ever."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 0), 0
        if not code and room is not None:
            if who == whom:
                code = 400
            elif room.rank(who) < 2:
                code = 403
            elif whom not in room.members:
                code = 404
            elif room.rank(whom) > 1:
                code = 403
            else:
                code, count = 200, int(whom not in room.muted)
                room.muted.add(whom)
        assert self.rooms.ask(who, Mute(room=name, name=whom)) == (code, count)

    @rule(who=rulers, name=rooms, whom=subjects)
    def unmute(self, who: str, name: str, whom: str) -> None:
        """Unmute."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 2), 0
        if not code and room is not None:
            code, count = 200, int(whom in room.muted)
            if who == whom and count:
                code, count = 403, 0
            else:
                room.muted.discard(whom)
        assert self.rooms.ask(who, Unmute(room=name, name=whom)) == (code, count)

    @rule(who=rulers, name=rooms, whom=subjects, role=roles)
    def set_role(self, who: str, name: str, whom: str, role: Any) -> None:
        """Give a role."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 3), 0
        if not code and room is not None:
            if whom not in room.members:
                code = 404
            elif room.owners() == [whom] and role != "owner":
                code = 409
            else:
                code, count = 200, int(room.members[whom] != role)
                if count and role != "member":
                    room.muted.discard(whom)
                room.members[whom] = role
        assert self.rooms.ask(who, SetRole(room=name, name=whom, role=role)) == (code, count)

    @rule(who=people, name=rooms, field=st.sampled_from(("private", "archived")), value=st.booleans())
    def set_flag(self, who: str, name: str, field: Any, value: bool) -> None:
        """Make private or archive, or the opposite."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 3), 0
        if not code and room is not None:
            code, count = 200, int(getattr(room, field) != value)
            setattr(room, field, value)
        assert self.rooms.ask(who, SetRoom(room=name, **{field: value})) == (code, count)

    @rule(who=people, name=rooms, new=rooms)
    def rename(self, who: str, name: str, new: str) -> None:
        """Give a name that leads nowhere, or to the room itself."""
        room = self.model.get(name)
        code, count = self._refused(who, name, 3), 0
        if not code and room is not None:
            if self.model.get(new, room) is not room:
                code = 409
            else:
                code, count = 200, int(room.name != new)
                self.model[new] = room
                room.name = new
        assert self.rooms.ask(who, SetRoom(room=name, name=new)) == (code, count)

    @rule(who=people, name=rooms)
    def write(self, who: str, name: str) -> None:
        """Write, if a member and neither muted nor the room archived."""
        room = self.model.get(name)
        code = self._refused(who, name, 1)
        if not code and room is not None:
            code = 403 if room.archived or who in room.muted else 200
        assert self.rooms.ask(who, Msg(to=name, message="x")) == (code, 0)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the four people."""
    data = tmp_path_factory.mktemp("template")
    add_accounts(data, PEOPLE, "secret")
    return data


def test_one_by_one(template: Path) -> None:
    """Whatever is asked in whatever order: answers, changes, memory and store are those of the model."""

    class Machine(RoomRules):
        pass

    Machine.template = template
    run_state_machine_as_test(Machine, settings=settings(max_examples=30, stateful_step_count=50, deadline=None))


def request_of(whom: str, name: str, role: Any) -> list[AnyRequest]:
    """What somebody may ask about a room and another person."""
    return [
        Join(room=name),
        Leave(room=name),
        Invite(room=name, name=whom),
        Remove(room=name, name=whom),
        Ban(room=name, name=whom),
        Unban(room=name, name=whom),
        Mute(room=name, name=whom, seconds=100),
        Unmute(room=name, name=whom),
        SetRole(room=name, name=whom, role=role),
        SetRole(room=name, name=whom, role=role),
        SetRoom(room=name, name="#b"),
        SetRoom(room=name, archived=role == "member"),
    ]


requests = st.builds(request_of, people, st.just("#a"), roles).flatmap(st.sampled_from)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(people, requests), min_size=2, max_size=6), max_size=12))
def test_many_at_once(template: Path, batches: list[list[tuple[str, AnyRequest]]]) -> None:
    """Requests that are served at the same time leave a room with an owner, and memory and store alike."""
    house = Rooms(template)
    try:
        for who in PEOPLE:
            house.ask(who, Join(room="#a"))
        house.ask("anna", SetRole(room="#a", name="boris", role="owner"))
        house.ask("anna", SetRole(room="#a", name="carl", role="moderator"))
        for batch in batches:
            house.together(batch)
            house.check()
    finally:
        house.close()
