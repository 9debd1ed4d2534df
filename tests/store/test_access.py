"""The table of the store's methods."""

from inspect import getmembers, isfunction, signature

from vestnik.chat.storage import Storage
from vestnik.store.access import rows
from vestnik.store.queries import accounts
from vestnik.store.store import Store


def test_the_interface_is_complete() -> None:
    """The store has every method of the rules' storage, with the same parameters."""
    asked = {name: method for name, method in getmembers(Storage, isfunction) if not name.startswith("_")}
    assert len(asked) > 50
    for name, method in asked.items():
        assert list(signature(getattr(Store, name)).parameters) == list(signature(method).parameters), name
    assert {name for name, *_ in rows()} <= set(asked)


def test_a_row_is_described() -> None:
    """A method has a name of its own and says what its query says."""
    assert (Store.find_account.__name__, Store.find_account.__qualname__) == ("find_account", "Store.find_account")
    assert Store.find_account.__doc__ == accounts.find_account.__doc__
    assert list(signature(Store.find_account).parameters) == ["self", "key"]


def test_nothing_secret_is_shown() -> None:
    """No text, password, token or hash is among the arguments that a journal may show."""
    shown = {argument for _, _, arguments in rows() for argument in arguments}
    assert "room_id" in shown
    assert not shown & {"text", "token_hash", "password_hash", "question", "wanted", "settings", "mentions"}
