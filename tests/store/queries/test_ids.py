"""What was sent under the ids that clients gave."""

import msgspec
import pytest
from sqlalchemy import Connection, update

from tests.store.conftest import TALK
from tests.store.test_indexing import keep
from vestnik.chat.storage.messages import Extras, MessageEvent, Origin
from vestnik.store.queries import ids as module
from vestnik.store.queries.ids import any_spent, kept_ids, spend_ids, spent_ids
from vestnik.store.schema import message

ORIGIN = Origin("boris", 3, 1.5, place=2)


def sent(text: str, origin: Origin | None = None) -> MessageEvent:
    """A message that is sent again."""
    return MessageEvent(TALK, 1, "anna", 2, "boris", text, "a", None if origin is None else Extras(origin=origin))


@pytest.mark.parametrize("gone", [False, True])
def test_differs(talk: Connection, gone: bool) -> None:
    """The same id with another text is another message; of a forwarded one the text is not its sender's."""
    keep(talk, 1, "раз", client_id="a")
    keep(talk, 2, "два", client_id="b", forwarded=msgspec.json.encode(ORIGIN).decode())
    if gone:
        spend_ids(talk, TALK, 9, 5.0)
    asked = spent_ids if gone else kept_ids
    known = dict(asked(talk, 1, ["a", "b", "c"]))
    assert set(known) == {"a", "b"}
    assert [known["a"].differs(sent(text)) for text in ("раз", "два", "\udcff")] == [False, True, True]
    assert known["a"].differs(sent("раз", ORIGIN))
    assert not known["b"].differs(sent("edited since", ORIGIN))
    assert known["b"].differs(sent("два"))
    other = Origin("boris", 4, 1.5, place=2)
    assert known["b"].differs(sent("два", other))


def test_many(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """More ids than one query looks up are all found."""
    monkeypatch.setattr(module, "MAX_IDS", 3)
    assert not any_spent(talk)
    for number in range(1, 11):
        keep(talk, number, "x", client_id=str(number))
    wanted = [str(number) for number in range(20)]
    assert len(dict(kept_ids(talk, 1, wanted))) == 10
    spend_ids(talk, TALK, 4, 5.0)
    assert any_spent(talk)
    assert set(dict(spent_ids(talk, 1, wanted))) == {"1", "2", "3", "4"}


def test_noted_twice(talk: Connection) -> None:
    """An id that is noted already stays as it was first."""
    keep(talk, 1, "раз", client_id="a")
    spend_ids(talk, TALK, 1, 5.0)
    talk.execute(update(message).values(text="два"))
    spend_ids(talk, TALK, 1, 6.0)
    assert not dict(spent_ids(talk, 1, ["a"]))["a"].differs(sent("раз"))
