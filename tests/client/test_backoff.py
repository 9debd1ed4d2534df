"""How long the client waits before it connects again."""

from vestnik.client.backoff import Backoff


def test_growth() -> None:
    """The first attempt is made at once; then the limit doubles from the base to the cap, the jitter takes any part."""
    full = Backoff(0.5, 3.0, jitter=lambda: 1.0)
    assert [full.next() for _ in range(6)] == [0.0, 0.5, 1.0, 2.0, 3.0, 3.0]
    none = Backoff(0.5, jitter=lambda: 0.0)
    assert [none.next() for _ in range(2)] == [0.0, 0.0]
    half = Backoff(8.0, jitter=lambda: 0.5)
    assert [half.next() for _ in range(4)] == [0.0, 4.0, 5.0, 5.0]


def test_what_makes_it_begin_anew() -> None:
    """A connection that lasted does, one that was lost at once does not."""
    backoff = Backoff(1.0, 30.0, jitter=lambda: 1.0)
    for _ in range(3):
        backoff.next()
    backoff.succeeded(3.9)
    assert backoff.next() == 4.0
    backoff.succeeded(8.0)
    assert backoff.next() == 0.0
    for _ in range(10):
        backoff.next()
    backoff.succeeded(30.0)
    assert backoff.next() == 0.0


def test_a_server_that_throws_out_at_once() -> None:
    """Connections that are lost as soon as they are there are not made as fast as the machine can."""
    backoff = Backoff(0.5, 10.0, jitter=lambda: 1.0)
    waits = []
    for _ in range(8):
        backoff.succeeded(0.01)
        waits.append(backoff.next())
    assert waits == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_everybody_at_their_own_time() -> None:
    """By default the waiting times differ, but for the first, and nobody waits for more than ten seconds."""
    made = [Backoff() for _ in range(20)]
    assert {each.next() for each in made} == {0.0}
    assert len({each.next() for each in made}) > 10
    assert all(each.next() <= 10.0 for each in made for _ in range(10))
