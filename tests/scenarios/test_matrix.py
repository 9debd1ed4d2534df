"""Every cell of the table of who may do what (`vestnik.chat.rules.matrix`), tried over the wire."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.support.app import running_app
from tests.support.wire import Wire
from vestnik.chat.rules.matrix import MATRIX, About, Level, Permission

ROLES: Final = ("outsider", "member", "moderator", "owner")
PEOPLE: Final = (*ROLES, "other member", "other moderator", "other owner")
RANKS: Final[dict[Level, int]] = {"anybody": 0, "member": 1, "moderator": 2, "owner": 3, "nobody": 4}
CIRCLES: Final = {"members": 1, "moderators": 2, "owners": 3, "nobody": 4}
SETTINGS: Final = {
    "guests": True,
    "topic": "Leaves",
    "description": "All about leaves",
    "slow": 5,
    "private": True,
    "archived": True,
    "edits": "nobody",
    "retention": 30,
    "posting": "owners",
    "inviting": "owners",
    "pinning": "owners",
    "mention_all": "owners",
}
LIMITS: Final = {"creations": 1_000_000, "rooms": 1_000_000}


class Place(NamedTuple):
    """A conversation as who acts in it calls it; `own` and `others` are the numbers of messages there."""

    to: str
    own: int
    others: int


class Town:
    """A server with everybody in `PEOPLE`; each place is a new one."""

    def __init__(self, wires: dict[str, Wire]) -> None:
        self._wires = wires
        self._count = 0
        self._reports = 0

    async def ask(self, who: str, action: str, **fields: Any) -> dict[str, Any]:
        """The answer to somebody's request."""
        self._wires[who].tell(action=action, **fields)
        answer = await self._wires[who].answer()
        self._wires[who].aside.clear()
        return answer

    async def code(self, who: str, action: str, **fields: Any) -> int:
        """The code of the answer."""
        return int((await self.ask(who, action, **fields))["response"])

    async def place(self, kind: str, actor: str, about: About = "", **settings: Any) -> Place:
        """A new conversation with messages of whoever acts and of others; in a group or a direct one the same."""
        self._count += 1
        if kind == "direct":
            own = (await self.ask(actor, "msg", to="other member", message="mine"))["seq"]
            others = (await self.ask("other member", "msg", to=actor, message="yours"))["seq"]
            return Place("other member", own, others)
        if kind == "group":
            members = ["member", "moderator", "other member"]
            beginner = actor if actor in members else "owner"  # who has left it comes back by that
            room = (await self.ask(beginner, "group", members=[*members, "owner"]))["room"]
        else:
            room = f"#room{self._count}"
            assert await self.code("owner", "create_room", room=room, private=kind == "private") == 201
            targets = {"other moderator", "other owner"} if about in {"lower", "not lower", "ranked"} else set()
            for name in sorted({actor, "other member", *targets} - {"owner", "outsider"}):
                assert await self.code("owner", "invite", room=room, name=name) == 200
                if (role := name.split()[-1]) != "member":
                    assert await self.code("owner", "set_role", room=room, name=name, role=role) == 200
        # What an outsider did is left from when they were a member.
        absent = actor == "outsider" and kind != "group"
        if absent:
            assert await self.code("owner", "invite", room=room, name=actor) == 200
        own = (await self.ask(actor, "msg", to=room, message="mine")).get("seq", 1)
        if absent:
            assert await self.code(actor, "leave", room=room) == 200
        others = (await self.ask("other member", "msg", to=room, message="yours"))["seq"]
        assert await self.code("other member", "edit", to=room, seq=others, message="yours!") == 200
        if settings:
            assert await self.code("owner", "set_room", room=room, **settings) == 200
        return Place(room, own, others)

    async def may(self, actor: str, place: Place, action: str, about: About) -> bool:
        """Whether somebody may do it."""
        if action == "mention_all":
            return await self._mentions_all(actor, place)
        if action == "resolve":
            return await self._resolves(actor, place, about)
        name, fields = _request(actor, place, action, about, self._count)
        done = await self.code(actor, name, **fields) in {200, 201, 202}
        self._reports += done and action == "report"
        return done

    async def _resolves(self, actor: str, place: Place, about: About) -> bool:
        """Report what somebody wrote whose role is lower, or not, and let who acts say what became of that."""
        reporter, to, seq = actor, place.to, place.others
        if to.startswith("#"):
            reporter = "owner"
            seq = (await self.ask(_target(actor, about), "msg", to=to, message="bad")).get("seq", seq)
        assert await self.code(reporter, "report", to=to, seq=seq) == 200
        self._reports += 1
        return await self.code(actor, "resolve", report=self._reports) == 200

    async def _mentions_all(self, actor: str, place: Place) -> bool:
        answer = await self.ask(actor, "msg", to=place.to, message="@all, tea")
        if answer["response"] not in {200, 202}:
            return False
        (found,) = (await self.ask(actor, "history", to=place.to, around=answer["seq"], limit=1))["messages"]
        return found.get("mentions") == ["all"]


def _target(actor: str, about: About) -> str:
    """To whom somebody does something."""
    return {
        "lower": "other moderator" if actor == "owner" else "other member",
        "not lower": f"other {actor}" if actor in ROLES[1:] else "other owner",
        "ranked": "other moderator",
    }.get(about, "other member")


def _request(actor: str, place: Place, action: str, about: About, count: int) -> tuple[str, dict[str, Any]]:
    """The request by which somebody tries to do something."""
    seq = place.others if about == "another's" else place.own
    message = {"to": place.to, "seq": seq}
    target = _target(actor, about)
    if action.startswith("set "):
        field = action.removeprefix("set ")
        return "set_room", {"room": place.to, field: SETTINGS.get(field, f"#renamed{count}")}
    return {
        "look": ("get_room", {"room": place.to}),
        "join": ("join", {"room": place.to}),
        "leave": ("leave", {"room": place.to}),
        "read": ("history", {"to": place.to}),
        "write": ("msg", {"to": place.to, "message": "Hello"}),
        "typing": ("typing", {"to": place.to}),
        "edit": ("edit", message | {"message": "edited"}),
        "edits": ("edits", message),
        "delete": ("delete", message),
        "report": ("report", message),
        "react": ("react", message | {"emoji": "👍"}),
        "unreact": ("unreact", message | {"emoji": "👍"}),
        "pin": ("pin", message),
        "unpin": ("unpin", message),
        "invite": ("invite", {"room": place.to, "name": "bystander"}),
        "set_role": ("set_role", {"room": place.to, "name": target, "role": "member"}),
    }.get(action, (action, {"room": place.to, "name": target}))


@asynccontextmanager
async def town(data: Path) -> AsyncIterator[Town]:
    """A server with everybody connected but its owner and a bystander."""
    async with running_app(data, "landlord", *PEOPLE, "bystander", limits=LIMITS) as app, AsyncExitStack() as stack:
        wires = {
            name: await stack.enter_async_context(await Wire.login(app.listener.port, name, features=["seq"]))
            for name in PEOPLE
        }
        yield Town(wires)


def level_in(permission: Permission, kind: str) -> Level:
    """The cell of a kind of conversation."""
    level: Level = getattr(permission, kind)
    return level


CELLS: Final = [
    *((kind, role) for kind in ("public", "private") for role in ROLES),
    *(("group", role) for role in ("outsider", "member")),
    ("direct", "member"),
]


@pytest.mark.parametrize(("kind", "role"), CELLS)
async def test_cells(tmp_path: Path, kind: str, role: str) -> None:
    """Each action is done by those whom the table lets do it, and by nobody else."""
    found: dict[tuple[str, About], bool] = {}
    expected: dict[tuple[str, About], bool] = {}
    async with town(tmp_path) as people:
        for (action, about), permission in MATRIX.items():
            if action == "join" and role != "outsider":
                continue  # who is in it already is told so
            place = await people.place(kind, role, about)
            found[action, about] = await people.may(role, place, action, about)
            expected[action, about] = ROLES.index(role) >= RANKS[level_in(permission, kind)]
    assert found == expected


async def test_muted(tmp_path: Path) -> None:
    """Who is muted does what the table lets them do, of what they could do otherwise."""
    found: dict[tuple[str, About], bool] = {}
    expected: dict[tuple[str, About], bool] = {}
    async with town(tmp_path) as people:
        for (action, about), permission in MATRIX.items():
            if action != "join" and RANKS[permission.public] <= 1:
                place = await people.place("public", "member", about)
                assert await people.code("owner", "mute", room=place.to, name="member") == 200
                found[action, about] = await people.may("member", place, action, about)
                expected[action, about] = permission.muted
    assert found == expected
    assert not all(found.values())


async def test_archived(tmp_path: Path) -> None:
    """In an archived room its owner does what the table lets them do, of what they could do otherwise."""
    found: dict[tuple[str, About], bool] = {}
    expected: dict[tuple[str, About], bool] = {}
    async with town(tmp_path) as people:
        for (action, about), permission in MATRIX.items():
            if permission.public != "nobody":
                actor = "outsider" if action == "join" else "owner"
                place = await people.place("public", actor, about, archived=True)
                found[action, about] = await people.may(actor, place, action, about)
                expected[action, about] = permission.archived
    assert found == expected
    assert not all(found.values())


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.parametrize("setting", ["posting", "inviting", "pinning", "mention_all", "edits"])
async def test_settings(tmp_path: Path, kind: str, setting: str) -> None:
    """What a room says of an action takes the place of what the table says."""
    chosen = {"members", "moderators", "nobody" if setting == "edits" else "owners"}
    actions = [(action, about) for (action, about), each in MATRIX.items() if each.setting == setting]
    assert actions
    async with town(tmp_path) as people:
        for circle in sorted(chosen):
            for role in ROLES:
                for action, about in actions:
                    place = await people.place(kind, role, about, **{setting: circle})
                    may = ROLES.index(role) >= CIRCLES[circle]
                    assert await people.may(role, place, action, about) == may, (circle, role, action)


async def test_an_archive_is_opened(tmp_path: Path) -> None:
    """Whoever opens an archive may set everything else with it."""
    async with town(tmp_path) as people:
        place = await people.place("public", "member", archived=True)
        assert await people.code("owner", "set_room", room=place.to, topic="Leaves") == 403
        assert await people.code("owner", "set_room", room=place.to, topic="Leaves", archived=False) == 200
        assert await people.code("member", "msg", to=place.to, message="Hello") == 200
