"""What a peer has in place of its door when the connection is gone."""

from vestnik.server.door import GONE, Door


def test_gone() -> None:
    """Whatever is asked of it or told to it, nothing happens, nothing waits, and the client has hung up."""
    door: Door = GONE
    for tell in (door.pause_reading, door.resume_reading, door.close, door.abort):
        tell()
    door.write(b"x")
    numbers = [ask() for ask in (door.waiting, door.unread, door.taken, door.holds, door.unfinished)]
    assert numbers == [0] * 5
    assert door.hung_up()
    assert not door.refused()
    assert door.address == ("", 0)
    assert door.formats(frozenset()) is door.formats(frozenset())
