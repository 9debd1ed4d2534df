"""How long something fails."""

from vestnik.log.trouble import FIRST_DELAY, MAX_DELAY, Trouble, said

from .conftest import Clock


def test_back_off() -> None:
    """The time between two tries doubles up to a limit, and starts anew after a success."""
    clock = Clock(0.0)
    trouble = Trouble(clock)
    assert trouble.wait == 0
    assert trouble.begin_or_go_on()
    waits = []
    for _ in range(10):
        waits.append(trouble.wait)
        clock.now += trouble.wait
        assert not trouble.begin_or_go_on()
    assert waits == [min(FIRST_DELAY * 2**n, MAX_DELAY) for n in range(10)]
    assert trouble.end() == round(sum(waits), 1)
    assert not trouble.lasts
    assert trouble.begin_or_go_on()
    assert trouble.wait == FIRST_DELAY


def test_early_try_does_not_lengthen_the_wait() -> None:
    """A try before its time, as `flush` makes one, keeps the delay."""
    trouble = Trouble(Clock(0.0))
    trouble.begin_or_go_on()
    trouble.begin_or_go_on()
    assert trouble.wait == FIRST_DELAY


def test_what_is_said() -> None:
    """A failure of the system names number and file, another one its type; none is said with nothing."""
    assert (
        said(OSError(28, "No space left on device", "server.log")) == "[Errno 28] No space left on device: 'server.log'"
    )
    assert said(ValueError("no")) == "ValueError('no')"
    assert said(None) == ""
