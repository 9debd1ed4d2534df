"""Requests that are not answered yet."""

import pytest

from vestnik.client import outbox as module
from vestnik.client.errors import OutboxFull
from vestnik.client.outbox import Outbox, Pending, repeated
from vestnik.protocol.events import Change, Delivery, Response
from vestnik.protocol.request import Request
from vestnik.protocol.requests import Edit, Forward, Join, Leave, Msg, React, SetRole


def pending(request: Request, sent: int = 1) -> Pending:
    """A request that was written so often."""
    made = Pending(request, stays=True)
    made.sent = sent
    return made


async def test_order_and_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests stay in their order; one too many is an error, until another one is gone."""
    monkeypatch.setattr(module, "MAX_OUTBOX", 3)
    outbox = Outbox()
    first, second, third, fourth = (pending(Join(room=f"#{n}")) for n in range(4))
    for each in (first, second, third):
        outbox.add(each)
    with pytest.raises(OutboxFull) as caught:
        outbox.add(fourth)
    assert caught.value.fields == {"limit": 3}
    outbox.remove(second)
    outbox.remove(second)
    outbox.add(fourth)
    assert list(outbox) == [first, third, fourth]
    assert len(outbox) == 3


async def test_whose_message_it_is() -> None:
    """A message is known by its id as one that a `msg` or `forward` has sent."""
    outbox = Outbox()
    sent = pending(Msg(to="#tea", message="x", id="1"))
    forwarded = pending(Forward(to="#tea", source="boris", seq=1, id="2"))
    for each in (sent, forwarded, pending(Join(room="#tea", id="3"))):
        outbox.add(each)
    found = [outbox.message(Delivery(0, "anna", "#tea", "x", 1, each)) for each in ("1", "2", "3", "4")]
    assert found == [sent, forwarded, None, None]
    assert outbox.message(Delivery(0, "anna", "#tea", "x", 1)) is None


@pytest.mark.parametrize(
    ("request_", "change", "made"),
    [
        (Edit(to="#Tea", seq=3, message="x"), Change(0, "anna", "#tea", 1, "edit", 3), True),
        (Edit(to="#tea", seq=4, message="x"), Change(0, "anna", "#tea", 1, "edit", 3), False),
        (Edit(to="#cake", seq=3, message="x"), Change(0, "anna", "#tea", 1, "edit", 3), False),
        (React(to="boris", seq=3, emoji="👍"), Change(0, "anna", "boris", 1, "react", 3, emoji="👍"), True),
        (React(to="boris", seq=3, emoji="👎"), Change(0, "anna", "boris", 1, "react", 3, emoji="👍"), False),
        (React(to="boris", seq=3, emoji="👍"), Change(0, "anna", "boris", 1, "unreact", 3, emoji="👍"), False),
        (Join(room="#tea"), Change(0, "anna", "#tea", 1, "join"), True),
        (
            SetRole(room="#tea", name="boris", role="owner"),
            Change(0, "anna", "#tea", 1, "set_role", name="boris", role="member"),
            False,
        ),
    ],
)
async def test_whose_change_it_is(request_: Request, change: Change, made: bool) -> None:
    """A change is known as one that a request may have made, once that was written."""
    outbox = Outbox()
    asked = pending(request_, sent=0)
    outbox.add(asked)
    assert outbox.change(change) is None
    asked.sent = 1
    assert outbox.change(change) is (asked if made else None)


async def test_deleted_meanwhile() -> None:
    """A message that was sent again, and is deleted, was kept the first time: that is no refusal."""
    said = Msg(to="#tea", message="x", id="1")
    deleted = Response(409, error="deleted", id="1", seq=7, deleted=True)
    assert repeated(pending(said), deleted) is deleted
    assert repeated(pending(said, sent=2), deleted) == Response(200, "deleted", id="1", seq=7)
    other = Response(409, error="another text", id="1", seq=7)
    assert repeated(pending(said, sent=2), other) is other


async def test_served_before() -> None:
    """A `leave` that was sent again and is refused, because it was served the first time, has succeeded."""
    refused = Response(403, error="no member", id="1")
    assert repeated(pending(Leave(room="#tea")), refused) is refused
    assert repeated(pending(Leave(room="#tea"), sent=2), refused) == Response(200, "no member", id="1")
    assert repeated(pending(Join(room="#tea"), sent=2), refused) is refused
    changed = pending(React(to="#tea", seq=1, emoji="x"), sent=2)
    changed.change = 5
    assert repeated(changed, Response(200)).change == 5
    assert repeated(changed, Response(200, change=6)).change == 6
    busy = Response(500, error="busy")
    assert repeated(pending(Leave(room="#tea"), sent=2), busy) is busy
