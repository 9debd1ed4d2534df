"""How many guests may come."""

from vestnik.chat.guests import MAX_NETWORKS, OF_ALL, OF_NETWORK, Guests


def test_one_network() -> None:
    """From one network so many come at once, then so many in a second; others come as before."""
    guests = Guests(admitted=True)
    most, rate = OF_NETWORK
    assert [guests.take("a", 5.0) for _ in range(most + 1)] == [True] * most + [False]
    assert guests.take("b", 5.0)
    assert not guests.take("a", 5.0)
    assert [guests.take("a", 5.0 + 2 / rate) for _ in range(3)] == [True, True, False]
    assert not guests.take("a", 1.0)  # a clock that is set back gives nothing


def test_all_networks() -> None:
    """All together are bounded, too, and only so many networks are told apart."""
    guests = Guests(admitted=True)
    most, rate = OF_ALL
    assert all(guests.take(str(number), 5.0) for number in range(most))
    assert not guests.take("x", 5.0)
    assert guests.take("x", 5.0 + 2 / rate)
    for number in range(MAX_NETWORKS + 1):
        guests.take(f"more {number}", 6.0)
    assert len(guests._networks) == MAX_NETWORKS
