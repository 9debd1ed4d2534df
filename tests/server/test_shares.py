"""How many connections a network or an account may have."""

from vestnik.server.shares import LEAST, Networks, share_of


def test_half_of_what_is_free() -> None:
    """Each network that takes all it may leaves as many for the rest; the first ones of many do not take the last."""
    taken: list[int] = []
    for _ in range(8):
        taken.append(share_of(20_000, sum(taken)))
    assert taken[:3] == [10_000, 5_000, 2_500]
    assert sum(taken) < 20_000


def test_least() -> None:
    """Whatever others have, there is room for the devices of some people."""
    assert share_of(20_000, 19_999) == LEAST
    assert share_of(1, 0) == LEAST


def test_networks_are_forgotten() -> None:
    """A network counts as long as it has connections, and leaves nothing behind."""
    networks = Networks()
    assert [networks.enter("a"), networks.enter("a"), networks.enter("b")] == [1, 2, 1]
    networks.leave("a")
    assert networks.enter("a") == 2
    for network in "aab":
        networks.leave(network)
    assert networks._counts == {}
