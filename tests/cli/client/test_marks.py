"""How far conversations were shown and read."""

import pytest

from vestnik.cli.client.marks import MAX_AHEAD, Mark, Marks
from vestnik.client import ConversationState


def mark_of(seq: int, read: int, unread: int = 0, **more: int) -> Mark:
    """What is known of #tea after the server has said how it is."""
    mark = Mark("#tea", 0)
    mark.learn(ConversationState("#tea", seq, 0, read=read, unread=unread, **more))
    return mark


def test_shown_in_order() -> None:
    """The mark goes as far as everything was shown, and not over what was not."""
    mark = mark_of(5, 2, 3)
    mark.show(5, owes=True)
    assert mark.shown == 2
    mark.show(3, owes=True)
    assert (mark.shown, mark.unread) == (3, 2)
    mark.show(4, owes=True)
    assert (mark.shown, mark.unread) == (5, 0)


def test_what_comes_is_unread() -> None:
    """A message of somebody else is unread until it was shown; one's own is not, and nothing counts twice."""
    mark = mark_of(5, 5)
    mark.come(6, counts=True, mentions=True)
    mark.come(6, counts=True, mentions=True)
    mark.come(7, counts=False, mentions=False)
    assert (mark.unread, mark.mentions, mark.last) == (1, 1, 7)
    mark.show_through(7)
    assert (mark.unread, mark.mentions) == (0, 0)


def test_owed() -> None:
    """The server is owed word only of what others have written and it does not know to be read."""
    mark = mark_of(5, 5)
    mark.come(6, counts=False, mentions=False)
    mark.show(6, owes=False)
    assert not mark.owed
    mark.come(7, counts=True, mentions=False)
    mark.show(7, owes=True)
    assert mark.owed
    mark.take(7)
    assert not mark.owed


def test_read_elsewhere() -> None:
    """What another device has read is not unread here."""
    mark = mark_of(5, 2, 3)
    mark.take(4)
    assert (mark.read, mark.shown, mark.unread) == (4, 4, 1)
    mark.take(3)
    assert mark.read == 4
    mark.take(1_000)
    assert (mark.shown, mark.unread) == (5, 0)


def test_what_is_not_kept_any_more() -> None:
    """What was removed before it was read counts as shown."""
    assert mark_of(50, 2, 10, first=41).shown == 40


def test_learning_again() -> None:
    """What was shown here stays so, whatever the server has heard of it yet."""
    mark = mark_of(5, 2, 3)
    mark.show_through(5)
    mark.learn(ConversationState("#tea", 5, 0, read=2, unread=3))
    assert (mark.shown, mark.unread) == (5, 0)
    guessed = Mark("boris", 6)
    guessed.learn(ConversationState("boris", 7, 0, read=2, unread=5))
    assert (guessed.shown, guessed.unread) == (2, 5)


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many conversations are known, and only so many messages that were shown too early."""
    mark = mark_of(5_000, 0)
    for seq in range(2, MAX_AHEAD + 100):
        mark.show(seq, owes=True)
    mark.show(1, owes=True)
    assert mark.shown == MAX_AHEAD + 1
    monkeypatch.setattr("vestnik.cli.client.marks.MAX_MARKS", 1)
    marks = Marks()
    assert marks.come("#a", 1, counts=True, mentions=False) is not None
    assert marks.come("#b", 1, counts=True, mentions=False) is None


def test_names() -> None:
    """A conversation keeps what is known of it when it is called otherwise, and loses it when one leaves."""
    marks = Marks()
    marks.learn(ConversationState("#Tea", 5, 0, read=2, unread=3))
    marks.rename("#tea", "#chai")
    assert [(mark.name, mark.unread) for mark in marks.unread()] == [("#chai", 3)]
    assert marks.get("#tea") is None
    marks.forget("#CHAI")
    assert list(marks.unread()) == list(marks.owing()) == []
