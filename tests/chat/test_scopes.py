"""What a token gives."""

from typing import Any, NamedTuple, get_args

import pytest

from vestnik.chat.actions import ACTIONS, action_name
from vestnik.chat.scopes import ACTION_NAMES, ALWAYS, GROUPS, USUAL, Numbered, Scope, actions_of, check_scope
from vestnik.protocol.accounts import AnyOwn
from vestnik.protocol.errors import Forbidden, NotAuthorised, VestnikError
from vestnik.protocol.request import Request
from vestnik.protocol.requests import (
    CreateRoom,
    Forward,
    Group,
    History,
    Invitations,
    Join,
    Msg,
    Presence,
    Quit,
    Rooms,
    Search,
)


class Place(NamedTuple):
    """A room."""

    id: int


def find(name: str) -> Numbered | None:
    """Two rooms, of which 1 has two names."""
    number = {"#ops": 1, "#old": 1, "#tea": 2}.get(name)
    return None if number is None else Place(number)


def check(scope: Scope, request: Request, now: float = 0.0) -> None:
    """What the dispatcher asks."""
    check_scope(scope, "bot", request, now, find)


def test_groups() -> None:
    """Groups name actions that there are, none twice; nothing of administration or passwords is among them."""
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names))
    assert set(names) | ALWAYS <= ACTION_NAMES
    passwords = {action_name(kind) for kind in get_args(AnyOwn)}
    others = {action_name(kind) for kind, action in ACTIONS.items() if not action.administrative}
    assert others - passwords == ACTION_NAMES
    assert not ACTION_NAMES & passwords
    assert "create_room" not in actions_of(USUAL)
    assert not {"block", "logins"} & actions_of(GROUPS)


def test_actions_of() -> None:
    """Groups and single actions add up; what is neither is refused, or passed over in a token that is kept."""
    assert actions_of(["join", "msg"]) == {"join", "leave", "invitations", "decline", "msg"}
    with pytest.raises(KeyError):
        actions_of(["read", "no_such"])
    assert actions_of(["msg", "no_such"], strict=False) == {"msg"}


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        (Msg(to="#ops", message="x"), None),
        (Msg(to="#old", message="x"), None),
        (Msg(to="#tea", message="x"), Forbidden),
        (Msg(to="#none", message="x"), Forbidden),
        (Msg(to="boris", message="x"), None),
        (Forward(to="#ops", source="#tea", seq=1), Forbidden),
        (Forward(to="boris", source="#ops", seq=1), None),
        (Join(room="#ops"), None),
        (Join(room="tea"), Forbidden),
        (History(to="#tea"), Forbidden),
        (Search(query="x", in_="#tea"), Forbidden),
        (Search(query="x"), None),
        (Rooms(), Forbidden),
        (Invitations(), Forbidden),
        (Group(members=["boris"]), Forbidden),
        (CreateRoom(room="#ops"), Forbidden),
        (Presence(), None),
        (Quit(), None),
    ],
)
def test_rooms(request_: Request, refused: type[VestnikError] | None) -> None:
    """A token of certain rooms is for them, whatever they are called, and for direct conversations."""
    scope = Scope(actions_of(GROUPS), frozenset({1}))
    if refused is None:
        check(scope, request_)
    else:
        with pytest.raises(refused):
            check(scope, request_)
    assert scope.has(1)
    assert not scope.has(2)


@pytest.mark.parametrize(("may", "hears"), [(["read"], True), (["write"], False), (["history"], False)])
def test_actions(may: list[str], hears: bool) -> None:
    """What is not given is refused; only who may catch up with what is said hears it."""
    scope = Scope(actions_of(may))
    assert scope.hears is hears
    with pytest.raises(Forbidden):
        check(scope, Join(room="#ops"))
    requests: dict[str, Any] = {"read": History(to="#tea"), "write": Msg(to="#tea", message="x")}
    for name, request in requests.items():
        if name in may:
            check(scope, request)
    check(scope, Presence())


def test_expiry() -> None:
    """From the moment when it expires a token gives nothing."""
    scope = Scope(actions_of(USUAL), None, 10.0)
    check(scope, Join(room="#ops"), 9.9)
    with pytest.raises(NotAuthorised):
        check(scope, Join(room="#ops"), 10.0)
