"""What the client asks for each action, and what it makes of the answer."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest

from tests.support.scripted import Script, scripted
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.client import (
    AccountState,
    AuthenticatorKey,
    Client,
    CommandState,
    ConversationState,
    Delivery,
    InvitationState,
    InviteState,
    LoginState,
    MadeCode,
    MadeInvite,
    MemberState,
    Person,
    Refused,
    RegisteredCommand,
    ReportState,
    RoomState,
    TotpState,
    Version,
)
from vestnik.log.journal import Journal
from vestnik.protocol.administration import AnyAction
from vestnik.protocol.requests import Authenticate, Presence, Quit, Resume
from vestnik.secret import Secret

Lines = Callable[[], list[str]]
Asked = Callable[[Client], Awaitable[Any]]

MESSAGE = {"action": "msg", "time": 1.0, "from": "boris", "to": "#tea", "message": "Hello", "seq": 3}
SEEN = Delivery(1.0, "boris", "#tea", "Hello", 3)
REPORTED = {
    "report": 2,
    "time": 1.0,
    "by": "clara",
    "to": "#tea",
    "seq": 3,
    "from": "boris",
    "message": "Bad",
    "reason": "Rude",
}
OK = object()
"""The result is the answer itself."""

CASES: dict[str, tuple[Asked, dict[str, Any], dict[str, Any], Any]] = {
    "msg": (
        lambda c: c.send("#tea", "Hello", message_id="m1", reply_to=3),
        {"to": "#tea", "message": "Hello", "from": "anna", "id": "m1", "reply_to": 3},
        {"seq": 4},
        OK,
    ),
    "forward": (
        lambda c: c.forward("boris", "#tea", 3, message_id="m2"),
        {"to": "boris", "source": "#tea", "seq": 3, "id": "m2"},
        {"seq": 9},
        OK,
    ),
    "edit": (lambda c: c.edit("#tea", 3, "Hi"), {"to": "#tea", "seq": 3, "message": "Hi"}, {"change": 1}, OK),
    "delete": (lambda c: c.delete("#tea", 3), {"to": "#tea", "seq": 3}, {}, OK),
    "edits": (
        lambda c: c.edits("#tea", 3),
        {"to": "#tea", "seq": 3},
        {"edits": [{"time": 1.0, "from": "boris", "message": "Hi"}]},
        [Version(1.0, "boris", "Hi")],
    ),
    "react": (lambda c: c.react("#tea", 3, "👍"), {"to": "#tea", "seq": 3, "emoji": "👍"}, {}, OK),
    "unreact": (lambda c: c.unreact("#tea", 3, "👍"), {"to": "#tea", "seq": 3, "emoji": "👍"}, {}, OK),
    "pin": (lambda c: c.pin("#tea", 3), {"to": "#tea", "seq": 3}, {}, OK),
    "unpin": (lambda c: c.unpin("#tea", 3), {"to": "#tea", "seq": 3}, {}, OK),
    "pins": (lambda c: c.pins("#tea"), {"to": "#tea"}, {"messages": [MESSAGE]}, [SEEN]),
    "history": (
        lambda c: c.history("#tea", before=9, limit=5, thread=1),
        {"to": "#tea", "before": 9, "limit": 5, "thread": 1},
        {"messages": [MESSAGE], "more": True},
        [SEEN],
    ),
    "conversations": (
        lambda c: c.conversations(),
        {},
        {"conversations": [{"to": "#tea", "seq": 3, "change": 1, "unread": 2}]},
        [ConversationState("#tea", 3, 1, unread=2)],
    ),
    "read": (lambda c: c.read("#tea", 3), {"to": "#tea", "seq": 3}, {}, OK),
    "typing": (lambda c: c.typing("boris"), {"to": "boris"}, {}, OK),
    "search": (
        lambda c: c.search("tea time", from_="boris", in_="#tea", since=1.5, has=["link"], before="x", limit=2),
        {"query": "tea time", "from": "boris", "in": "#tea", "since": 1.5, "has": ["link"], "before": "x", "limit": 2},
        {"messages": [MESSAGE], "more": True, "next": "y"},
        [SEEN],
    ),
    "totp": (lambda c: c.totp(), {}, {"totp": True, "codes_left": 9}, TotpState(True, 9)),
    "begin_totp": (
        lambda c: c.begin_totp("secret"),
        {"password": "secret"},
        {"key": "K", "uri": "otpauth:K"},
        AuthenticatorKey(Secret("K"), Secret("otpauth:K")),
    ),
    "confirm_totp": (lambda c: c.confirm_totp("123456"), {"code": "123456"}, {"codes": ["A"]}, [Secret("A")]),
    "end_totp": (lambda c: c.end_totp("secret", "1"), {"password": "secret", "code": "1"}, {}, OK),
    "recovery_codes": (
        lambda c: c.recovery_codes("secret", "1"),
        {"password": "secret", "code": "1"},
        {"codes": ["A", "B"]},
        [Secret("A"), Secret("B")],
    ),
    "logins": (
        lambda c: c.logins(),
        {},
        {"logins": [{"login": 3, "created": 1.0, "used": 2.0, "device": "phone", "current": True}]},
        [LoginState(3, 1.0, 2.0, "phone", current=True)],
    ),
    "end_login": (lambda c: c.end_login(3), {"login": 3}, {}, OK),
    "end_logins": (lambda c: c.end_other_logins(), {}, {}, OK),
    "commands": (
        lambda c: c.commands("#tea"),
        {"to": "#tea"},
        {"commands": [{"bot": "deployer", "name": "deploy", "about": "Deploy it."}]},
        [CommandState("deployer", "deploy", about="Deploy it.")],
    ),
    "set_commands": (
        lambda c: c.set_commands([RegisteredCommand("deploy", "SERVICE")]),
        {"commands": [{"name": "deploy", "arguments": "SERVICE"}]},
        {},
        OK,
    ),
    "register": (
        lambda c: c.register("new secret", "7QK2M"),
        {"user": {"account_name": "anna", "password": "new secret"}, "invite": "7QK2M"},
        {},
        OK,
    ),
    "add_invite": (
        lambda c: c.add_invite("guest", uses=3, seconds=60, rooms=["#tea"]),
        {"role": "guest", "uses": 3, "seconds": 60, "rooms": ["#tea"]},
        {"code": "7QK2M", "expires": 9.0, "invite": 4, "link": "vestnik://chat.example/#7QK2M"},
        MadeInvite(Secret("7QK2M"), 9.0, 4, Secret("vestnik://chat.example/#7QK2M")),
    ),
    "list_invites": (
        lambda c: c.invites(after=3),
        {"after": 3},
        {"invites": [{"invite": 4, "created": 1.0, "expires": 9.0, "uses": 2, "by": "anna"}]},
        [InviteState(4, 1.0, 9.0, 2, "anna")],
    ),
    "remove_invite": (lambda c: c.remove_invite(4), {"invite": 4}, {}, OK),
    "change_password": (
        lambda c: c.change_password("old secret", "new secret"),
        {"password": "old secret", "new_password": "new secret"},
        {},
        OK,
    ),
    "reset_password": (
        lambda c: c.reset_password("7QK2M", "new secret"),
        {"user": {"account_name": "anna", "password": "new secret"}, "code": "7QK2M"},
        {},
        OK,
    ),
    "get_account": (
        lambda c: c.account("boris"),
        {"name": "boris"},
        {"accounts": [{"name": "boris", "created": 1.0, "role": "guest"}]},
        AccountState("boris", 1.0, role="guest"),
    ),
    "list_accounts": (
        lambda c: c.accounts(after="anna"),
        {"after": "anna"},
        {"accounts": [{"name": "boris", "created": 1.0}], "more": True},
        [AccountState("boris", 1.0)],
    ),
    "add_account": (
        lambda c: c.add_account("dora", "new secret", "bot"),
        {"name": "dora", "password": "new secret", "role": "bot"},
        {},
        OK,
    ),
    "set_account_role": (lambda c: c.set_account_role("dora", "guest"), {"name": "dora", "role": "guest"}, {}, OK),
    "disable_account": (lambda c: c.disable_account("dora"), {"name": "dora"}, {}, OK),
    "enable_account": (lambda c: c.enable_account("dora"), {"name": "dora"}, {}, OK),
    "add_reset": (
        lambda c: c.add_reset("dora", 3600),
        {"name": "dora", "seconds": 3600},
        {"code": "7QK2M", "expires": 9.0},
        MadeCode(Secret("7QK2M"), 9.0),
    ),
    "join": (lambda c: c.join("#tea"), {"room": "#tea"}, {}, OK),
    "leave": (lambda c: c.leave("#tea"), {"room": "#tea"}, {}, OK),
    "create_room": (
        lambda c: c.create_room("#tea", private=True, topic="Tea", edits="nobody", retention=30, slow=5),
        {"room": "#tea", "private": True, "topic": "Tea", "edits": "nobody", "retention": 30, "slow": 5},
        {"room": "#tea"},
        OK,
    ),
    "set_room": (
        lambda c: c.set_room("#tea", name="#chai", archived=False, retention=None, posting="owners", inviting=None),
        {"room": "#tea", "name": "#chai", "archived": False, "retention": None, "posting": "owners", "inviting": None},
        {},
        OK,
    ),
    "get_room": (
        lambda c: c.get_room("#tea"),
        {"room": "#tea"},
        {"rooms": [{"room": "#tea", "members": 2, "topic": "Tea"}]},
        RoomState("#tea", 2, topic="Tea"),
    ),
    "rooms": (
        lambda c: c.rooms("te", after="#a", limit=3),
        {"query": "te", "after": "#a", "limit": 3},
        {"rooms": [{"room": "#tea", "members": 2}]},
        [RoomState("#tea", 2)],
    ),
    "members": (
        lambda c: c.members("#tea", after="anna", limit=3),
        {"room": "#tea", "after": "anna", "limit": 3},
        {"members": [{"name": "boris", "joined": 1.0, "role": "owner"}]},
        [MemberState("boris", 1.0, "owner")],
    ),
    "report": (lambda c: c.report("#tea", 3, "Rude"), {"to": "#tea", "seq": 3, "reason": "Rude"}, {}, OK),
    "reports": (
        lambda c: c.reports("#tea", after=1, limit=3),
        {"room": "#tea", "after": 1, "limit": 3},
        {"reports": [REPORTED]},
        [ReportState(2, 1.0, "clara", "#tea", 3, "boris", "Bad", "Rude")],
    ),
    "resolve": (lambda c: c.resolve(2, "dismissed"), {"report": 2, "outcome": "dismissed"}, {}, OK),
    "blocked": (lambda c: c.blocked(), {}, {"alert": ["boris"]}, ["boris"]),
    "block": (lambda c: c.block("boris"), {"name": "boris"}, {}, OK),
    "admit_guests": (lambda c: c.admit_guests(True), {"admit": True}, {}, OK),
    "unblock": (lambda c: c.unblock("boris"), {"name": "boris"}, {}, OK),
    "invitations": (
        lambda c: c.invitations(),
        {},
        {"invitations": [{"room": "#tea", "from": "boris", "time": 1.0}]},
        [InvitationState("#tea", "boris", 1.0)],
    ),
    "decline": (lambda c: c.decline("#tea"), {"room": "#tea"}, {}, OK),
    "invite": (lambda c: c.invite("#tea", "boris"), {"room": "#tea", "name": "boris"}, {}, OK),
    "remove": (lambda c: c.remove("#tea", "boris"), {"room": "#tea", "name": "boris"}, {}, OK),
    "ban": (lambda c: c.ban("#tea", "boris"), {"room": "#tea", "name": "boris"}, {}, OK),
    "unban": (lambda c: c.unban("#tea", "boris"), {"room": "#tea", "name": "boris"}, {}, OK),
    "mute": (lambda c: c.mute("#tea", "boris", 60), {"room": "#tea", "name": "boris", "seconds": 60}, {}, OK),
    "unmute": (lambda c: c.unmute("#tea", "boris"), {"room": "#tea", "name": "boris"}, {}, OK),
    "set_role": (
        lambda c: c.set_role("#tea", "boris", "moderator"),
        {"room": "#tea", "name": "boris", "role": "moderator"},
        {},
        OK,
    ),
    "group": (lambda c: c.group("boris", "clara"), {"members": ["boris", "clara"]}, {"room": "#@1"}, "#@1"),
    "who": (
        lambda c: c.who(["boris"]),
        {"names": ["boris"]},
        {"people": [{"name": "boris", "state": "away"}]},
        [Person("boris", "away")],
    ),
    "get_contacts": (lambda c: c.contacts(), {"user_login": "anna"}, {"alert": ["boris"]}, ["boris"]),
    "add_contact": (lambda c: c.add_contact("boris"), {"user_id": "boris", "user_login": "anna"}, {}, OK),
    "del_contact": (lambda c: c.remove_contact("boris"), {"user_id": "boris", "user_login": "anna"}, {}, OK),
}


def test_every_action_has_a_case() -> None:
    """Whatever a client may ask for is below, but for what a session is made of."""
    session = {kind.__struct_config__.tag for kind in (Authenticate, Presence, Quit, Resume)}
    asked = {kind.__struct_config__.tag for kind in get_args(AnyAction)} - session
    local = {action_name(kind) for kind, action in ACTIONS.items() if action.administrative and action.role is None}
    assert asked - local == set(CASES)


@pytest.mark.parametrize("action", CASES)
async def test_action(action: str, journal: Journal, journaled: Lines) -> None:
    """The request has what was asked for and nothing else, the result is typed, and both are journaled."""
    call, wanted, answer, result = CASES[action]
    asked: list[dict[str, Any]] = []

    async def talk(script: Script) -> None:
        asked.append(await script.hear())
        script.say(**({"response": 200, "alert": "fine"} | answer))
        asked.append(await script.hear())
        script.say(response=404, error="There is none")
        await script.hear()

    async with scripted(talk) as port:
        client = Client("127.0.0.1", port, name="anna", journal=journal, reconnect=False)
        await client.connect()
        found = await call(client)
        with pytest.raises(Refused):
            await call(client)
        await client.disconnect()
    for request in asked:
        assert request.pop("action") == action
        assert isinstance(request.pop("time"), float)
        assert "id" in wanted or isinstance(request.pop("id"), str)
        assert request == wanted
    if result is OK:
        assert found.response == 200
        assert {field: getattr(found, field) for field in answer} == answer
    else:
        assert found == result
    if "more" in answer:
        assert found.more is True
        assert found.next == answer.get("next")
    lines = journaled()
    assert [line.split()[0] for line in lines] == ["INFO", "INFO", "INFO", "INFO", "ERROR", "DEBUG"]
    assert lines[4].endswith("404 There is none")


async def test_lists_that_are_not_there(journal: Journal) -> None:
    """An answer without what it should have is an empty list, or nothing known."""

    async def talk(script: Script) -> None:
        while True:
            await script.hear()
            script.say(response=200, alert="fine")

    async with scripted(talk) as port:
        client = Client("127.0.0.1", port, name="anna", journal=journal, reconnect=False)
        await client.connect()
        for empty in (client.history("#tea"), client.pins("#tea"), client.edits("#tea", 1), client.conversations()):
            assert await empty == []
        for more in (client.rooms(), client.members("#tea"), client.who(), client.search("x"), client.contacts()):
            assert await more == []
        assert await client.get_room("#tea") == RoomState("#tea", 0)
        assert await client.group("boris") == ""
        await client.disconnect()


async def test_private_journal(journal: Journal, journaled: Lines) -> None:
    """Without `journal_text` no text that somebody wrote is in the journal, whatever the action."""

    async def talk(script: Script) -> None:
        while True:
            await script.hear()
            script.say(response=200, alert="fine")

    secret = "mumble"
    async with scripted(talk) as port:
        client = Client("127.0.0.1", port, name="anna", journal=journal, journal_text=False, reconnect=False)
        await client.connect()
        await client.send("#tea", secret)
        await client.edit("#tea", 1, secret)
        await client.react("#tea", 1, secret)
        await client.unreact("#tea", 1, secret)
        await client.search(secret)
        await client.rooms(secret)
        await client.presence(secret)
        await client.create_room("#tea", topic=secret, description=secret)
        await client.set_room("#tea", topic=secret, description=secret)
        await client.disconnect()
    text = "\n".join(journaled())
    assert secret not in text
    assert "User anna is asking: edit #tea 1" in text
