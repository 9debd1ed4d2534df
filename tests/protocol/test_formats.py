"""JIM's two formats, plain and rich."""

import json
from typing import Any

import pytest

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY, Extras, MessageEvent
from vestnik.protocol.events import Delivery, Forwarded, Resumed
from vestnik.protocol.formats import JIM_PLAIN, JIM_RICH, jim_formats


def read(line: bytes) -> dict[str, Any]:
    """The object on a line, which is one line."""
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def sent(client_id: str | None) -> MessageEvent:
    """A message that has just been kept."""
    return MessageEvent(5, 1, "anna", 0, "#tea", "Привет\n", client_id, seq=3, time=1.5)


@pytest.mark.parametrize(
    ("features", "rich"), [((), False), (("probe", "notice"), False), (("seq",), True), (("notice", "typing"), True)]
)
def test_which(features: tuple[str, ...], rich: bool) -> None:
    """Every feature that is not only about the connection brings numbers and ids along."""
    form = jim_formats(frozenset(features))
    assert form is (JIM_RICH if rich else JIM_PLAIN)
    assert form.rich == rich


def test_kept() -> None:
    """A message that was kept is shown plain with five fields, rich with all that belongs to it."""
    kept = Delivery(1.5, "anna", "#tea", "x", 3, "7", edited=2.0, pinned=True)
    plain = {"action": "msg", "time": 1.5, "from": "anna", "to": "#tea", "message": "x"}
    assert read(JIM_PLAIN.kept(kept)) == plain
    assert read(JIM_RICH.kept(kept)) == plain | {"seq": 3, "id": "7", "edited": 2.0, "pinned": True}


def test_other_events() -> None:
    """Other events are for whoever asked for them, and so the same in both."""
    assert JIM_PLAIN.event(Resumed(1.5)) == JIM_RICH.event(Resumed(1.5))
    assert read(JIM_RICH.event(Resumed(1.5))) == {"action": "resumed", "time": 1.5}


def test_deliveries() -> None:
    """A plain delivery has five fields and no more; a rich one `seq` and, if there was one, `id`."""
    plain = {"action": "msg", "time": 1.5, "from": "anna", "to": "#tea", "message": "Привет\n"}
    assert read(JIM_PLAIN.message(sent("7"))) == plain
    assert read(JIM_RICH.message(sent("7"))) == plain | {"seq": 3, "id": "7"}
    assert read(JIM_RICH.message(sent(None))) == plain | {"seq": 3}


ORIGIN = {"from": "Вера", "to": "", "seq": 7, "time": 1.5}


@pytest.mark.parametrize(
    ("extras", "fields"),
    [
        (Extras(reply_to=2, thread=1), {"reply_to": 2, "thread": 1}),
        (Extras(mentions=(EVERYBODY, AccountRecord(3, "Вера"))), {"mentions": ["all", "Вера"]}),
        (Extras(forwarded=Forwarded("Вера", "", 7, 1.5)), {"forwarded": ORIGIN}),
    ],
)
@pytest.mark.parametrize("client_id", ["7", None])
def test_delivery_of_more(extras: Extras, fields: dict[str, Any], client_id: str | None) -> None:
    """What only some messages have is for rich clients; a plain one gets its five fields."""
    made = sent(client_id)
    plain, rich = JIM_PLAIN.message(made), JIM_RICH.message(made)
    made.extras = extras
    assert JIM_PLAIN.message(made) == plain
    assert read(JIM_RICH.message(made)) == read(rich) | fields
