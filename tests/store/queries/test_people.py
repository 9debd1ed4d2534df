"""People's presence in the real database."""

from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.chat.storage.people import KnownPerson, Seen
from vestnik.protocol.events import Person
from vestnik.store.queries import accounts, people

ANNA, BORIS, VERA = 1, 2, 3


def test_people(connection: Connection) -> None:
    """People are found by their keys; who was never saved has no text and was never seen."""
    assert people.people(connection, []) == {}
    assert people.people(connection, ["вера", "nobody", "boris"]) == {
        "вера": KnownPerson(VERA, Person("Вера", "offline")),
        "boris": KnownPerson(BORIS, Person("boris", "offline")),
    }


def test_everybody(connection: Connection) -> None:
    """Everybody comes in the order of their keys, in parts, without those whose accounts are disabled."""
    assert [known.person.name for known in people.everybody(connection, "", 9)] == ["anna", "boris", "Вера"]
    assert [known.account_id for known in people.everybody(connection, "anna", 1)] == [BORIS]
    accounts.set_disabled(connection, BORIS, disabled=True, now=1.0)
    assert [known.account_id for known in people.everybody(connection, "anna", 9)] == [VERA]


def test_save(connection: Connection) -> None:
    """What is saved of some people is found again, and of the others nothing changes."""
    before = accounts.list_accounts(connection, "", 9)
    people.save_people(connection, [])
    people.save_people(connection, [Seen(ANNA, "чай", 5.5), Seen(VERA, "", 7.0)])
    people.save_people(connection, [Seen(VERA, "tea", 8.0)])
    assert people.people(connection, ["anna", "boris", "вера"]) == {
        "anna": KnownPerson(ANNA, Person("anna", "offline", "чай", 5.5)),
        "boris": KnownPerson(BORIS, Person("boris", "offline")),
        "вера": KnownPerson(VERA, Person("Вера", "offline", "tea", 8.0)),
    }
    assert accounts.list_accounts(connection, "", 9) == before


def test_the_status_comes_with_a_login(connection: Connection) -> None:
    """Whoever logs in, by password or by token, gets the text that was saved."""
    people.save_people(connection, [Seen(ANNA, "tea", 5.0)])
    accounts.begin_login(connection, ANNA, "t", 500.0, 0.0, allow)
    by_password = accounts.credentials(connection, "anna", 0.0)
    by_token = accounts.token_login(connection, "t", 0.0)
    assert by_password is not None
    assert by_token is not None
    assert (by_password.status, by_token.status) == ("tea", "tea")
