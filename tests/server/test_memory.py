"""Memory goes back to the system when many connections have ended."""

from vestnik.server.memory import MANY, REST, Freed, return_hashing_memory, trim


def test_hashing_memory() -> None:
    """Asking glibc to return memory can be done more than once."""
    return_hashing_memory()
    return_hashing_memory()


def test_after_many() -> None:
    """After many ends memory is given back once; sooner than after a rest not again, later only after many more."""
    given: list[None] = []
    freed = Freed(lambda: given.append(None))
    for _ in range(MANY - 1):
        freed.ended()
    freed.look(1.0)
    assert not given
    freed.ended()
    freed.look(1.0)
    freed.look(2.0)
    assert len(given) == 1
    for _ in range(MANY):
        freed.ended()
    freed.look(REST)
    assert len(given) == 1
    freed.look(1.0 + REST)
    freed.look(1.0 + REST * 2)
    assert len(given) == 2


def test_trim() -> None:
    """Trimming can be asked for anywhere."""
    trim()
