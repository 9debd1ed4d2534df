"""What the server says unasked: each thing once, in order, without gaps, and in a bounded queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vestnik.client import event_queue, receiving
from vestnik.client.cursors import Cursors, SequenceGap
from vestnik.client.errors import ConnectionLost
from vestnik.client.event_queue import BegunAnew, Disconnected, Event, Reconnected
from vestnik.client.outbox import Outbox, Pending
from vestnik.client.receiving import Receiver
from vestnik.log.journal import Journal
from vestnik.protocol.events import Change, Delivery, TypingNotice
from vestnik.protocol.requests import Msg


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal."""
    made = Journal("client", tmp_path, language="en")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue of three events."""
    for module in (event_queue, receiving):
        monkeypatch.setattr(module, "MAX_EVENTS", 3)


def delivery(seq: int, sender: str = "boris", id_: str = "x") -> Delivery:
    """A message in #tea."""
    return Delivery(0, sender, "#tea", str(seq), seq, id_)


def counting(journal: Journal, outbox: Outbox | None = None) -> Receiver:
    """A receiver of anna's that has #tea up to message 5 and change 2."""
    cursors = Cursors("anna", {"#tea": {"seq": 5, "change": 2}})
    return Receiver(journal, Outbox() if outbox is None else outbox, cursors, journal_text=True)


def read(receiver: Receiver) -> list[Event]:
    """All that the application gets."""
    return [receiver.read() for _ in range(len(receiver.queue))]


def test_each_once_and_without_gaps(journal: Journal) -> None:
    """What is known is not taken again; before what comes too early the gap is named, and it is not taken."""
    receiver = counting(journal)
    edit = Change(0, "boris", "#tea", 3, "edit", seq=6, message="y")
    assert [receiver.take(event, "1") for event in (delivery(5), delivery(6), delivery(6), edit)] == [None] * 4
    assert receiver.take(delivery(8), "1") == SequenceGap("#tea", 7, 8)
    assert receiver.take(Change(0, "boris", "#tea", 5, "edit"), "1") == SequenceGap("#tea", 4, 5)
    assert read(receiver) == [delivery(6), edit]


async def test_a_message_of_ones_own_is_an_answer(journal: Journal) -> None:
    """A message that was sent and whose answer was lost answers its request, and is no event."""
    outbox = Outbox()
    receiver = counting(journal, outbox)
    sent = Pending(Msg(to="#tea", message="6", id="m1"), stays=True)
    sent.sent = 1
    outbox.add(sent)
    assert receiver.take(delivery(6, "anna", "m1"), "2") is None
    assert (await sent.answer).seq == 6
    assert len(outbox) == len(receiver.queue) == 0
    assert receiver.take(delivery(7), "2") is None


def test_a_full_queue_with_cursors(journal: Journal) -> None:
    """With cursors nothing is taken any more until the application has read all; then the rest is asked for."""
    receiver = counting(journal)
    for seq in range(6, 11):
        assert receiver.take(delivery(seq), "1") is None
    assert receiver.behind
    assert read(receiver) == [delivery(6), delivery(7), delivery(8)]
    assert receiver.all_read()
    assert receiver.take(delivery(10), "1") == SequenceGap("#tea", 9, 10)
    assert receiver.take(delivery(9), "1") is None
    assert not receiver.all_read()


def test_a_full_queue_without_cursors(journal: Journal, tmp_path: Path) -> None:
    """Without cursors the oldest events make room, which is journaled once until the application reads again."""
    receiver = Receiver(journal, Outbox(), None, journal_text=False)
    receiver.disconnected(ConnectionLost("client.connection_lost", address="x", port=1))
    for seq in range(1, 5):
        receiver.take(delivery(seq), "1")
    receiver.reconnected(1)
    assert read(receiver) == [delivery(3), delivery(4), Reconnected(1)]
    assert not receiver.all_read()
    assert journal.flush()
    assert (tmp_path / "client.log").read_text("utf-8").count("WARNING") == 1


def test_what_is_not_counted(journal: Journal) -> None:
    """That somebody is typing is told whenever it comes, though not when the queue is full; nor is it worth a wait."""
    receiver = counting(journal)
    typing = TypingNotice(0, "boris", "#tea")
    for _ in range(4):
        assert receiver.take(typing, "1") is None
    assert not receiver.behind
    assert read(receiver) == [typing] * 3
    lost = ConnectionLost("client.connection_lost", address="x", port=1)
    receiver.disconnected(lost)
    assert read(receiver) == [Disconnected(lost)]


def test_begun_anew(journal: Journal) -> None:
    """That conversations begin anew the application hears even if the queue is full."""
    receiver = counting(journal)
    for seq in (6, 7, 8, 9):
        receiver.take(delivery(seq), "1")
    receiver.begun_anew(["#tea"])
    assert read(receiver) == [delivery(6), delivery(7), delivery(8), BegunAnew(("#tea",))]
