"""The guards that hold for every action."""

from inspect import get_annotations, isawaitable

import pytest
from msgspec import Raw

from tests.chat.conftest import Ear, House
from vestnik.chat.actions import ACTIONS
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Forbidden, NotAuthorised
from vestnik.protocol.requests import (
    AddContact,
    AnyRequest,
    Authenticate,
    DelContact,
    GetContacts,
    Join,
    Leave,
    Msg,
    Presence,
    Quit,
    User,
)
from vestnik.secret import Secret

NEED_LOGIN: list[AnyRequest] = [
    Msg(to="boris", message="x"),
    Presence(),
    Join(room="#tea"),
    Leave(room="#tea"),
    GetContacts(),
    AddContact(user_id="boris"),
    DelContact(user_id="boris"),
]


@pytest.mark.parametrize("request_", NEED_LOGIN, ids=lambda request: type(request).__name__)
async def test_login_is_needed(house: House, request_: AnyRequest) -> None:
    """Without a login every action but `authenticate` and `quit` is a 401."""
    with pytest.raises(NotAuthorised):
        await house.do(Session(Ear()), request_)


async def test_claimed_name_of_a_stranger(house: House) -> None:
    """A 401 says the name that was claimed, no more of it than a name may have."""
    with pytest.raises(NotAuthorised) as caught:
        await house.do(Session(Ear()), Presence(user=User("x" * 1000)))
    assert caught.value.values == ("x" * 25,)


CLAIMS: list[AnyRequest] = [
    Msg(to="boris", message="x", from_="boris"),
    Presence(user=User("boris")),
    Authenticate(user=User("boris", password=Secret("secret"))),
    Msg(to="boris", message="x", sender="boris"),
    Msg(to="boris", message="x", from_="anna", sender="boris"),
    Msg(to="boris", message="x", account_name=Raw(b'"boris"')),
    Msg(to="boris", message="x", from_="anna", user=Raw(b'{"account_name": "boris"}')),
    Authenticate(user=User("anna", password=Secret("secret")), account_name=Raw(b'"boris"')),
    Presence(account_name=Raw(b'"boris"')),
    Presence(user=User("anna"), account_name=Raw(b'"boris"')),
    Join(room="#tea", user=Raw(b'{"account_name": "boris"}')),
    Leave(room="#tea", user=Raw(b'{"client_name": "boris"}')),
    Join(room="#tea", from_=Raw(b'"boris"')),
    Leave(room="#tea", account_name=Raw(b'"anna"'), sender=Raw(b'"boris"')),
    Presence(user=User("anna"), sender=Raw(b'"boris"')),
    Presence(from_=Raw(b'"boris"')),
    Presence(user=User("anna"), client_name=Raw(b'"boris"')),
    Join(room="#tea", client_name=Raw(b'"boris"')),
    Msg(to="#tea", message="x", client_name=Raw(b'"boris"')),
    GetContacts(client_name=Raw(b'"boris"')),
    Authenticate(user=User("anna", password=Secret("secret")), client_name=Raw(b'"boris"')),
    GetContacts(account_name=Raw(b'"boris"')),
    GetContacts(user_login="anna", user=Raw(b'"boris"')),
    GetContacts(user_login="boris"),
    AddContact(user_id="boris", user_login="boris"),
    DelContact(user_id="boris", user_login="boris"),
]


@pytest.mark.parametrize("request_", CLAIMS, ids=lambda request: type(request).__name__)
async def test_identity(house: House, request_: AnyRequest) -> None:
    """A request in another's name is a 403 that names both, and nothing is done."""
    session = await house.login("anna")
    with pytest.raises(Forbidden) as caught:
        await house.do(session, request_)
    assert caught.value.answer.name == "identity.mismatch"
    assert caught.value.values == ("anna", "boris")
    assert session.name == "anna"


@pytest.mark.parametrize("name", ["anna", "ANNA", "", None])
async def test_own_name(house: House, name: str | None) -> None:
    """One's own name in any case, an empty one or none is no other's name."""
    session = await house.login("anna")
    assert (await house.reply(session, GetContacts(user_login=name))).answer.code == 202


@pytest.mark.parametrize(
    "request_",
    [
        Msg(to="#tea", message="x", sender="Anna"),
        Msg(to="#tea", message="x", account_name=Raw(b'"anna"'), user=Raw(b'"Anna"')),
        Join(room="#tea", account_name=Raw(b'"anna"'), user=Raw(b'{"account_name": "ANNA"}')),
        Join(room="#tea", account_name=Raw(b"17"), user=Raw(b'[{"account_name": "boris"}]')),
        Join(room="#tea", user=Raw(b'{"account_name": null, "status": "boris"}')),
    ],
    ids=["sender", "account and user", "user's account", "no names", "status"],
)
async def test_own_name_in_other_places(house: House, request_: AnyRequest) -> None:
    """One's own name may stand wherever a name may, and what is no name is not taken for one."""
    session = await house.login("anna")
    await house.do(session, Join(room="#tea"))
    assert not isinstance(await house.do(session, request_), BadRequest)


@pytest.mark.parametrize(("id_", "answer"), [("", "field.empty"), ("x" * 37, "field.too_long")])
@pytest.mark.parametrize("kind", [Quit, Presence])
async def test_ids(house: House, kind: type[AnyRequest], id_: str, answer: str) -> None:
    """An `id` has 1 to 36 characters, whatever the action; a bad one is a 400 that names it."""
    session = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(session, kind(id=id_))  # type: ignore[call-arg]
    assert (caught.value.answer.name, caught.value.values[0]) == (answer, "id")
    assert session.account is not None
    assert (await house.reply(session, Presence(id="x" * 36))).answer.code == 200


async def test_secrets_that_others_can_read(house: House) -> None:
    """A request with a field for a secret is refused where others can read it on the way, whoever serves it."""
    session = await house.login("anna")
    session.exposed = True
    actions = dict(ACTIONS) | {GetContacts: ACTIONS[GetContacts]._replace(bears_secret=True)}
    with pytest.raises(Forbidden) as caught:
        dispatch(house.chat, session, GetContacts(), actions)
    assert caught.value.answer.name == "login.exposed"
    assert (await house.reply(session, Presence())).answer.code == 200
    session.exposed = False
    outcome = dispatch(house.chat, session, GetContacts(), actions)
    assert isawaitable(outcome)
    await outcome


def test_requests_with_secrets() -> None:
    """Whatever request has a field for a secret is known to have one."""
    for kind, action in ACTIONS.items():
        named = any("Secret" in str(hint) for hint in get_annotations(kind).values())
        assert action.bears_secret == named or kind is Authenticate, kind
