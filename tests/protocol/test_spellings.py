"""Who speaks, as programs in the wild spell it."""

import json
from typing import Any

import pytest

from vestnik.protocol.requests import Authenticate, Presence, User
from vestnik.protocol.spellings import named, respell
from vestnik.secret import Secret

SECRET = Secret("secret")


def spelled(action: str, **fields: Any) -> Authenticate | Presence | None:
    """What a request with these fields means."""
    return respell(json.dumps({"action": action, "time": 1, **fields}).encode())


def revealed(request: Authenticate) -> tuple[str, str | None, str | None]:
    """The name, the password and the token of a login, from wherever they stand."""
    password = request.user.password or request.password
    token = request.user.token or request.token
    return request.user.account_name, password and password.reveal(), token and token.reveal()


@pytest.mark.parametrize(
    "fields",
    [
        {"account_name": "anna", "password": "secret"},
        {"client_name": "anna", "password": "secret"},
        {"user": "anna", "password": "secret"},
        {"user": {"client_name": "anna", "password": "secret"}},
        {"user": {"client_name": "anna"}, "password": "secret"},
        {"user": {"password": "secret"}, "account_name": "anna"},
        {"user": {}, "account_name": "anna", "password": "secret"},
        {"user": None, "account_name": "anna", "password": "secret"},
    ],
    ids=repr,
)
def test_logins(fields: dict[str, Any]) -> None:
    """Name and password are found at the top level, in `user`, or one here and one there."""
    found = spelled("authenticate", id="1", features=["seq"], **fields)
    assert isinstance(found, Authenticate)
    assert revealed(found) == ("anna", "secret", None)
    assert (found.id, found.features, found.remember) == ("1", ["seq"], False)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "anna", "account_name": "boris", "password": "secret"},
        {"user": {"client_name": "anna"}, "account_name": "boris", "password": "secret"},
        {"account_name": "anna", "client_name": "boris", "user": "anna", "password": "secret"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("action", ["authenticate", "presence"])
def test_two_names(action: str, fields: dict[str, Any]) -> None:
    """Of somebody else who is named, too, whoever serves the request is told."""
    found = spelled(action, **fields)
    assert found is not None
    assert found.user is not None
    assert {found.user.account_name, *named(found.account_name)} == {"anna", "boris"}


def test_token_at_the_top_level() -> None:
    """A token is found there, too, and so is what else belongs to a login."""
    found = spelled("authenticate", user="anna", token="t", remember=True)
    assert isinstance(found, Authenticate)
    assert revealed(found) == ("anna", None, "t")
    assert found.remember


@pytest.mark.parametrize(
    ("fields", "user"),
    [
        ({"user": "anna"}, User("anna")),
        ({"account_name": "anna", "user": {"status": "here"}}, User("anna", status="here")),
        ({"user": {"client_name": "anna", "status": "here", "state": "away"}}, User("anna", "here", "away")),
        ({"user": "anna", "status": "here"}, User("anna", status="here")),
    ],
    ids=repr,
)
def test_presence(fields: dict[str, Any], user: User) -> None:
    """So is the name in a presence, with its status."""
    found = spelled("presence", **fields)
    assert isinstance(found, Presence)
    assert found.user == user


@pytest.mark.parametrize(
    "data",
    [
        b'{"action":"authenticate"}',
        b'{"action":"authenticate","user":[],"account_name":"anna"}',
        b'{"action":"authenticate","user":{"account_name":1}}',
        b'{"action":"authenticate","account_name":"anna","password":1}',
        b'{"action":"presence","user":""}',
        b'{"action":"msg","account_name":"presence"}',
        b'{"action":"dance","account_name":"anna"}',
        b'{"action":"authenticate"',
        b'"presence"',
        b'{"presence":\xff}',
    ],
    ids=repr,
)
def test_what_means_nothing(data: bytes) -> None:
    """What names nobody, or is wrong in another way, stays wrong."""
    assert respell(data) is None
