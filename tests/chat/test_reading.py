"""Whoever was removed while their request waited is told nothing of the room, whatever it asks for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from tests.chat.conftest import PASSWORD, House
from tests.support.data import add_accounts
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.chat.outcome import Post
from vestnik.chat.session import Session
from vestnik.protocol import own_account as own
from vestnik.protocol import requests as r
from vestnik.protocol.accounts import ChangePassword, Register, ResetPassword
from vestnik.protocol.bots import Commands, SetCommands
from vestnik.protocol.errors import NotFound, VestnikError
from vestnik.protocol.reports import ReportMessage, Reports, Resolve

LEFT_OUT = {r.Authenticate, r.Quit, ChangePassword, ResetPassword, Register}
"""They end or change the session itself, or need none."""

ASKED: dict[type[r.Request], Callable[[str], Any]] = {
    r.Msg: lambda room: r.Msg(to=room, message="@anna", reply_to=1),
    r.Forward: lambda room: r.Forward(to="Вера Павловна", source=room, seq=1),
    r.Presence: lambda _: r.Presence(),
    r.Join: lambda room: r.Join(room=room),
    r.Leave: lambda room: r.Leave(room=room),
    r.CreateRoom: lambda room: r.CreateRoom(room=room),
    r.SetRoom: lambda room: r.SetRoom(room=room, topic="mine"),
    r.GetRoom: lambda room: r.GetRoom(room=room),
    r.Rooms: lambda _: r.Rooms(),
    r.Group: lambda _: r.Group(members=["anna", "Вера Павловна"]),
    r.Members: lambda room: r.Members(room=room),
    r.Invite: lambda room: r.Invite(room=room, name="Глеб"),
    r.Invitations: lambda _: r.Invitations(),
    r.Decline: lambda room: r.Decline(room=room),
    r.Remove: lambda room: r.Remove(room=room, name="Вера Павловна"),
    r.Ban: lambda room: r.Ban(room=room, name="Вера Павловна"),
    r.Unban: lambda room: r.Unban(room=room, name="Вера Павловна"),
    r.Mute: lambda room: r.Mute(room=room, name="Вера Павловна"),
    r.Unmute: lambda room: r.Unmute(room=room, name="Вера Павловна"),
    r.SetRole: lambda room: r.SetRole(room=room, name="Вера Павловна", role="owner"),
    r.Who: lambda _: r.Who(names=["anna"]),
    r.Typing: lambda room: r.Typing(to=room),
    r.GetContacts: lambda _: r.GetContacts(),
    r.AddContact: lambda _: r.AddContact(user_id="anna"),
    r.DelContact: lambda _: r.DelContact(user_id="anna"),
    r.Blocked: lambda _: r.Blocked(),
    r.Block: lambda _: r.Block(name="anna"),
    r.Unblock: lambda _: r.Unblock(name="anna"),
    r.History: lambda room: r.History(to=room),
    r.Conversations: lambda _: r.Conversations(),
    r.Read: lambda room: r.Read(to=room, seq=9),
    r.Resume: lambda room: r.Resume(cursors={room: 0}),
    r.Edit: lambda room: r.Edit(to=room, seq=2, message="@anna"),
    r.Delete: lambda room: r.Delete(to=room, seq=2),
    r.Edits: lambda room: r.Edits(to=room, seq=1),
    r.React: lambda room: r.React(to=room, seq=1, emoji="x"),
    r.Unreact: lambda room: r.Unreact(to=room, seq=1, emoji="y"),
    r.Pin: lambda room: r.Pin(to=room, seq=1),
    r.Unpin: lambda room: r.Unpin(to=room, seq=1),
    r.Pins: lambda room: r.Pins(to=room),
    Commands: lambda room: Commands(to=room),
    SetCommands: lambda _: SetCommands(commands=[]),
    ReportMessage: lambda room: ReportMessage(to=room, seq=1),
    Reports: lambda _: Reports(),
    Resolve: lambda _: Resolve(report=1),
    r.AdmitGuests: lambda _: r.AdmitGuests(admit=True),
    r.Search: lambda _: r.Search(query="said"),
    own.Totp: lambda _: own.Totp(),
    own.BeginTotp: lambda _: own.BeginTotp(password=PASSWORD),
    own.ConfirmTotp: lambda _: own.ConfirmTotp(code=PASSWORD),
    own.EndTotp: lambda _: own.EndTotp(password=PASSWORD, code=PASSWORD),
    own.RecoveryCodes: lambda _: own.RecoveryCodes(password=PASSWORD, code=PASSWORD),
    own.Logins: lambda _: own.Logins(),
    own.EndLogin: lambda _: own.EndLogin(login=1),
    own.EndLogins: lambda _: own.EndLogins(),
}
"""A request of each action about a room, as far as it can be about one, which somebody in it would be granted."""

KINDS = [kind for kind, action in ACTIONS.items() if not action.administrative and kind not in LEFT_OUT]


class Gate:
    """Holds one task at one of its calls of the store: before it is asked, or before what it says is seen.

    `changing` says that the call was one that changes something.
    """

    def __init__(self, house: House, at: int, *, before: bool) -> None:
        self.held = asyncio.Event()
        self.opened = asyncio.Event()
        self.task: asyncio.Task[Any] | None = None
        self.changing = False
        self._before = before
        self._left = at
        for name in ("_read", "_look_up", "_search", "_change"):
            setattr(house.store, name, self._guarded(getattr(house.store, name), name == "_change"))

    def _guarded(self, call: Callable[..., Awaitable[Any]], changing: bool) -> Callable[..., Awaitable[Any]]:
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            turn = asyncio.current_task() is self.task and self._left == 0
            if asyncio.current_task() is self.task:
                self._left -= 1
            self.changing |= turn and changing
            if turn and self._before:
                await self._wait()
            try:
                return await call(*args, **kwargs)
            finally:
                if turn and not self._before:
                    await self._wait()

        return guarded

    async def _wait(self) -> None:
        self.held.set()
        await self.opened.wait()

    async def run(self, work: Awaitable[Any]) -> bool:
        """Begin it; whether it is held: otherwise it is done."""
        self.task = asyncio.ensure_future(work)
        held = asyncio.ensure_future(self.held.wait())
        await asyncio.wait((self.task, held), return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        return self.held.is_set()


async def furnish(house: House, anna: Session, boris: Session) -> str:
    """A private room of three people with something in it; its name."""
    name = "#tea"
    add_accounts(house.data, ["Глеб"], "secret")
    await house.do(anna, r.CreateRoom(room=name, private=True))
    for other in ("boris", "Вера Павловна"):
        await house.do(anna, r.Invite(room=name, name=other))
    await house.do(anna, r.SetRole(room=name, name="boris", role="moderator"))
    await house.keep(anna, r.Msg(to=name, message="One was said before"))
    await house.keep(boris, r.Msg(to=name, message="Two was said before"))
    vera = await house.login("Вера Павловна")
    await house.keep(vera, r.Msg(to=name, message="Three was said before"))
    await house.do(anna, ReportMessage(to=name, seq=3))
    for request in (r.Pin(to=name, seq=1), r.React(to=name, seq=1, emoji="y"), r.Edit(to=name, seq=1, message="Three")):
        await house.do(anna, request)
    return name


async def throw_out(house: House, anna: Session) -> None:
    """Remove boris, and go on without him."""
    with suppress(NotFound):  # he has left
        await house.do(anna, r.Remove(room="#tea", name="boris"))
    await house.keep(anna, r.Msg(to="#tea", message="Secret: said later"))
    await house.do(anna, r.Edit(to="#tea", seq=1, message="Secret"))
    await house.do(anna, r.Pin(to="#tea", seq=4))
    await house.do(anna, r.SetRoom(room="#tea", name="#Secret", topic="Secret"))


def test_every_action_is_tried() -> None:
    """Of each action that people have there is a request."""
    assert set(ASKED) == set(KINDS)


async def ask_meanwhile(house: House, kind: type[r.Request], at: int, *, before: bool) -> tuple[Gate | None, Any]:
    """What boris is told who asks, is held at one of the calls, and is removed: where he was held, and the answer."""
    anna, boris = await house.login("anna"), await house.login("boris", ("changes",))
    room = await furnish(house, anna, boris)
    gate = Gate(house, at, before=before)
    if not await gate.run(house.do(boris, ASKED[kind](room))):
        await asyncio.gather(gate.task or asyncio.sleep(0), return_exceptions=True)
        return None, None
    await throw_out(house, anna)
    gate.opened.set()
    assert gate.task is not None
    (outcome,) = await asyncio.gather(gate.task, return_exceptions=True)
    return gate, outcome


def told(outcome: Any) -> str:
    """Everything that an answer says."""
    assert not isinstance(outcome, Post), "a message goes on its way"
    if isinstance(outcome, BaseException):
        assert isinstance(outcome, VestnikError), repr(outcome)
        return outcome.text("en")
    return msgspec.json.encode([outcome.values, dict(outcome.more)], enc_hook=str).decode()  # a secret is not shown


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("kind", KINDS, ids=action_name)
async def test_removed_meanwhile(house: House, kind: type[r.Request], at: int, before: bool) -> None:
    """Who is removed before the store is asked, or before the answer goes, hears no more than that there is no room."""
    gate, outcome = await ask_meanwhile(house, kind, at, before=before)
    if gate is None:
        return
    assert "ecret" not in told(outcome)
    was_done = gate.changing and not before  # it was on disk while it was still allowed, and is answered as asked for
    assert isinstance(outcome, VestnikError) or was_done or "#tea" not in told(outcome)


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
@pytest.mark.parametrize(
    "taken",
    [
        r.SetRole(room="#tea", name="boris", role="member"),
        r.SetRoom(room="#tea", edits="nobody"),
    ],
    ids=["role", "setting"],
)
async def test_earlier_texts_hidden_meanwhile(house: House, taken: r.Request, before: bool) -> None:
    """Who may see earlier texts no more when the answer goes is not told what was edited since he asked."""
    anna, boris = await house.login("anna"), await house.login("boris")
    room = await furnish(house, anna, boris)
    await house.do(anna, r.SetRoom(room=room, edits="moderators"))
    gate = Gate(house, 0, before=before)
    assert await gate.run(house.do(boris, ASKED[r.Edits](room)))
    await house.do(anna, taken)
    await house.do(anna, r.Edit(to=room, seq=1, message="Four"))
    gate.opened.set()
    assert gate.task is not None
    with pytest.raises(VestnikError) as caught:
        await gate.task
    assert caught.value.answer.name == "edits.hidden"


@pytest.mark.parametrize("kind", KINDS, ids=action_name)
async def test_removed_in_the_store_only(house: House, monkeypatch: pytest.MonkeyPatch, kind: type[r.Request]) -> None:
    """What the store says holds, also when what is in memory has not heard of the removal yet."""
    anna, boris = await house.login("anna"), await house.login("boris", ("changes",))
    room = await furnish(house, anna, boris)
    monkeypatch.setattr(house.chat.state, "apply_change", lambda *_: None)
    await throw_out(house, anna)
    (outcome,) = await asyncio.gather(house.do(boris, ASKED[kind](room)), return_exceptions=True)
    if not (kind is r.Msg and isinstance(outcome, Post)):
        assert "ecret" not in told(outcome)


@pytest.mark.parametrize("kind", [r.History, r.Pins, r.Edits, r.GetRoom, r.Members, r.Read, r.Forward], ids=action_name)
async def test_disabled_in_the_store_only(house: House, kind: type[r.Request]) -> None:
    """An account that is disabled reads nothing from then on, though its sessions have not been ended yet."""
    anna, boris = await house.login("anna"), await house.login("boris")
    room = await furnish(house, anna, boris)
    await house.store.set_disabled(await house.account_id("boris"), True, 9.0)
    with pytest.raises(VestnikError) as caught:
        await house.do(boris, ASKED[kind](room))
    assert caught.value.answer.name == "account.disabled"


@pytest.mark.parametrize("kind", [r.History, r.Pins, r.Edits, r.GetRoom, r.Members, r.Read, r.Forward], ids=action_name)
async def test_ended_meanwhile(house: House, kind: type[r.Request]) -> None:
    """A session that has lost its account while its request waited is answered that nobody is logged in."""
    anna, boris = await house.login("anna"), await house.login("boris")
    room = await furnish(house, anna, boris)
    gate = Gate(house, 0, before=False)
    assert await gate.run(house.do(boris, ASKED[kind](room)))
    house.chat.sessions.detach(boris)
    gate.opened.set()
    assert gate.task is not None
    with pytest.raises(VestnikError) as caught:
        await gate.task
    assert caught.value.answer.name == "login.required"


async def test_public_rooms_are_shown_to_everybody(house: House) -> None:
    """Who looks at a public room need not be in it."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, r.Join(room="#tea"))
    for request in (r.GetRoom(room="#tea"), r.Members(room="#tea")):
        assert (await house.reply(boris, request)).answer.code == 200
