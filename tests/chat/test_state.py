"""What has happened, applied to what is in memory."""

from typing import Any

import pytest

from tests.chat.conftest import Ear, hearers
from vestnik.chat import state
from vestnik.chat.audience import COMING_AND_GOING
from vestnik.chat.chat import Chat
from vestnik.chat.limits import Limits
from vestnik.chat.rooms import Room
from vestnik.chat.session import NO_FEATURES, Session
from vestnik.chat.state import State
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent, RoomRecord
from vestnik.chat.storage.messages import MessageEvent

ANNA, BORIS = AccountRecord(1, "anna"), AccountRecord(2, "boris")
TEA = RoomRecord(5, "#tea", {1}, {1: "owner"})


class Scene:
    """A chat with the room #tea of anna, and sessions of both."""

    def __init__(self) -> None:
        none: Any = None  # the state asks neither the store nor for passwords
        self.chat = Chat(
            storage=none, passwords=none, limits=Limits(), login_lifetime=1.0, clock=lambda: 1.0, rooms=[TEA]
        )
        self.anna, self.boris = Session(Ear()), Session(Ear())
        self.chat.sessions.attach(self.anna, ANNA, "anna", NO_FEATURES)
        self.chat.sessions.attach(self.boris, BORIS, "boris", NO_FEATURES)
        self.count = 0

    @property
    def tea(self) -> Room:
        """The room."""
        found = self.chat.rooms.by_id(5)
        assert found is not None
        return found

    def apply(self, kind: str, person: int = 0, by: int = 1, origin: str = "", **data: Any) -> None:
        """Something happens in the room."""
        self.count += 1
        event = ChangeEvent(self.count, 5, self.count, "anna", 1.0, kind, None, data, by, person)
        self.chat.state.apply_change(event, origin)
        assert self.tea.change == self.count


@pytest.fixture
def scene() -> Scene:
    """A scene of its own."""
    return Scene()


def test_message(scene: Scene) -> None:
    """A message moves the number of its room on; one of a direct conversation moves nothing."""
    scene.chat.state.apply_message(MessageEvent(5, 1, "anna", 0, "#tea", "x", None, seq=3))
    scene.chat.state.apply_message(MessageEvent(6, 1, "anna", 2, "boris", "x", None, seq=9))
    assert scene.tea.seq == 3


@pytest.mark.parametrize(("kind", "person", "by"), [("join", 0, 2), ("invite", 2, 1)])
def test_come(scene: Scene, kind: str, person: int, by: int) -> None:
    """Who joins or is invited is a member and hears the room."""
    scene.apply(kind, person, by)
    assert scene.tea.members == {1, 2}
    assert hearers(scene.tea) == {scene.anna.recipient, scene.boris.recipient}
    assert list(scene.chat.rooms.of(2)) == [scene.tea]


@pytest.mark.parametrize(("kind", "person", "by"), [("leave", 0, 2), ("remove", 2, 1), ("ban", 2, 1)])
def test_go(scene: Scene, kind: str, person: int, by: int) -> None:
    """Who leaves, is removed or banned is no member and hears nothing, whatever they were."""
    scene.apply("invite", 2)
    scene.apply("set_role", 2, role="moderator")
    scene.apply(kind, person, by)
    assert (scene.tea.members, scene.tea.roles) == ({1}, {1: "owner"})
    assert hearers(scene.tea) == {scene.anna.recipient}


def test_ban_a_stranger(scene: Scene) -> None:
    """Banning somebody who is no member changes nothing in memory."""
    scene.apply("ban", 2)
    assert scene.tea.members == {1}


def test_first_in_an_empty_room(scene: Scene) -> None:
    """Who comes first into a room that all have left owns it."""
    scene.apply("leave", by=1)
    scene.apply("join", by=2, role="owner")
    assert (scene.tea.members, scene.tea.roles) == ({2}, {2: "owner"})


def test_roles_and_mutes(scene: Scene) -> None:
    """Roles and mutes are taken over, and end."""
    scene.apply("invite", 2)
    scene.apply("set_role", 2, role="owner")
    scene.apply("mute", 2, until=9.0)
    assert (scene.tea.roles, scene.tea.muted) == ({1: "owner", 2: "owner"}, {2: 9.0})
    scene.apply("set_role", 2, role="member")
    scene.apply("unmute", 2)
    assert (scene.tea.roles, scene.tea.muted) == ({1: "owner"}, {})


def test_settings(scene: Scene) -> None:
    """A room is called and set as the change says, and found under both names."""
    scene.apply("set_room", name="#Coffee", private=True)
    assert (scene.tea.name, scene.tea.private) == ("#Coffee", True)
    assert scene.chat.rooms.find("#tea") is scene.chat.rooms.find("#coffee") is scene.tea


def test_nothing_in_memory(scene: Scene) -> None:
    """Reactions and the like only move the number on; what belongs to no room in memory does nothing."""
    scene.apply("react", emoji="x")
    scene.chat.state.apply_change(ChangeEvent(9, 77, 1, "anna", 1.0, "join", None, {}, 2))
    assert scene.chat.rooms.by_id(77) is None


def test_made(scene: Scene) -> None:
    """A room that was made is there, with those who are in it."""
    made = RoomRecord(8, "#@8", {1, 2}, private=True, group=True)
    scene.chat.state.apply_change(ChangeEvent(9, 8, 1, "anna", 1.0, "create_room", None, {}, 1, room=made))
    room = scene.chat.rooms.by_id(8)
    assert room is not None
    assert (room.group, room.change) == (True, 1)
    assert hearers(room) == {scene.anna.recipient, scene.boris.recipient}


def test_left_while_resuming(scene: Scene) -> None:
    """A session that resumes gets no more of a room that was left; the one that left it forgets how far it was."""
    other = Session(Ear())
    scene.chat.sessions.attach(other, ANNA, "anna", NO_FEATURES)
    for session in (scene.anna, other):
        scene.chat.sessions.suspend(session)
        session.missing.positions[5] = (1, 1)
    scene.apply("leave", by=1, origin=other.recipient.name)
    assert (scene.anna.missing.left, scene.anna.missing.positions) == ({5}, {5: (1, 1)})
    assert (other.missing.left, other.missing.positions) == ({5}, {})


def test_who_comes_and_goes() -> None:
    """The changes by which somebody hears a room, or no more, are those that are told to both audiences."""
    moving = {State._made, State._joined, State._left}
    assert {kind for kind, apply in state._BY_KIND.items() if apply in moving} == COMING_AND_GOING
