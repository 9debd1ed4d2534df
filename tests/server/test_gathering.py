"""What a turn answers is written at once, in its order, and nothing after an end."""

import pytest

from vestnik.server.gathering import gather, write_gathered


class Speaker:
    """Writes into `written`."""

    def __init__(self) -> None:
        self.closing = False
        self.written: list[bytes] = []
        self.gathered: list[bytes] | None = None
        self.send = self.written.append


@pytest.fixture
def speaker() -> Speaker:
    """One who has written nothing."""
    return Speaker()


def say(speaker: Speaker, *words: bytes) -> None:
    """A turn."""
    for word in words:
        speaker.send(word)


def test_one_write(speaker: Speaker) -> None:
    """A turn is one write; what comes later is written by itself; a turn without a word is no write."""
    gather(speaker, speaker.written.append, lambda: say(speaker, b"a", b"b"))
    gather(speaker, speaker.written.append, lambda: None)
    speaker.send(b"c")
    assert speaker.written == [b"ab", b"c"]


def test_a_turn_that_fails(speaker: Speaker) -> None:
    """What was said before an error is written."""

    def fail() -> None:
        speaker.send(b"a")
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        gather(speaker, speaker.written.append, fail)
    assert speaker.written == [b"a"]
    assert speaker.gathered is None


def test_written_before_the_end(speaker: Speaker) -> None:
    """Who ends in a turn has written before what it said; whoever ends at once says nothing."""

    def end() -> None:
        speaker.send(b"a")
        write_gathered(speaker, speaker.written.append)
        assert speaker.written == [b"a"]
        speaker.gathered = None

    gather(speaker, speaker.written.append, end)
    assert speaker.written == [b"a"]


def test_nothing_is_gathered_after_the_end(speaker: Speaker) -> None:
    """Who is closing writes nowhere else than before."""
    speaker.closing = True
    nowhere: list[bytes] = []
    speaker.send = nowhere.append
    gather(speaker, speaker.written.append, lambda: say(speaker, b"a"))
    assert (speaker.written, nowhere) == ([], [b"a"])
