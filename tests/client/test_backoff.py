"""How long the client waits before it connects again."""

from vestnik.client.backoff import Backoff


def test_growth() -> None:
    """The limit doubles from the base to the cap; the jitter takes any part of it."""
    full = Backoff(0.5, 3.0, jitter=lambda: 1.0)
    assert [full.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert Backoff(0.5, jitter=lambda: 0.0).next() == 0.0
    half = Backoff(8.0, jitter=lambda: 0.5)
    assert [half.next() for _ in range(4)] == [4.0, 8.0, 15.0, 15.0]


def test_what_makes_it_begin_anew() -> None:
    """A connection that lasted does, one that was lost at once does not."""
    backoff = Backoff(1.0, 30.0, jitter=lambda: 1.0)
    for _ in range(2):
        backoff.next()
    backoff.succeeded(3.9)
    assert backoff.next() == 4.0
    backoff.succeeded(8.0)
    assert backoff.next() == 1.0
    for _ in range(10):
        backoff.next()
    backoff.succeeded(30.0)
    assert backoff.next() == 1.0


def test_everybody_at_their_own_time() -> None:
    """By default the waiting times differ."""
    assert len({Backoff().next() for _ in range(10)}) > 5
