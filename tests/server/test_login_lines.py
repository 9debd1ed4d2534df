"""Who of a network is next, and who gives up."""

import pytest

from vestnik.server import login_lines
from vestnik.server.login_lines import Delays, LoginLines

HERE = "192.0.2.1"


class Guess:
    """Somebody who waits."""

    def __init__(self, key: str, label: str, *, failed: bool = False, hung_up: bool = False) -> None:
        self.key = key
        self.label = label
        self.failed = failed
        self._hung_up = hung_up

    def hung_up(self) -> bool:
        """As it was made."""
        return self._hung_up


def lines(*waiting: Guess) -> LoginLines[Guess]:
    """The lines of one network."""
    made: LoginLines[Guess] = LoginLines(HERE)
    for each in waiting:
        made.add(each)
    return made


def order(found: LoginLines[Guess], delays: Delays, now: float = 0.0) -> list[str]:
    """The labels of those who may begin now, in their order."""
    begun = []
    while (guess := found.next(delays, now)[0]) is not None:
        begun.append(guess.label)
    return begun


def test_names_take_turns() -> None:
    """Whoever tries one name many times lets others through after one attempt."""
    found = lines(*(Guess("anna", f"a{n}") for n in range(4)), Guess("boris", "b"), Guess("vera", "v"))
    assert order(found, Delays()) == ["a0", "b", "v", "a1", "a2", "a3"]
    assert (len(found), found.size) == (0, 0)


def test_who_has_failed_comes_behind() -> None:
    """Connections that have failed wait behind all new ones, those that hung up behind both."""
    found = lines(
        Guess("anna", "failed", failed=True), Guess("boris", "b1"), Guess("anna", "new"), Guess("boris", "b2")
    )
    assert found.put_behind(Guess("anna", "gone"))
    assert order(found, Delays()) == ["new", "b1", "b2", "failed", "gone"]
    assert found.size == 0


def test_failures_delay() -> None:
    """After many failures with a name the next attempt with it begins later, on a new connection sooner; not others."""
    delays = Delays()
    for _ in range(10):
        delays.fail(HERE, "anna", 0.0)
    found = lines(Guess("anna", "failed", failed=True), Guess("anna", "new"), Guess("boris", "b"))
    assert order(found, delays) == ["b"]
    _, soonest = found.next(delays, 0.0)
    assert soonest == pytest.approx(0.05)
    assert order(found, delays, soonest) == ["new"]
    assert found.next(delays, soonest)[1] == pytest.approx(1.6)
    other = LoginLines[Guess]("192.0.2.2")
    other.add(Guess("anna", "elsewhere"))
    assert order(other, delays) == ["elsewhere"]


def test_failures_delay_a_network() -> None:
    """After many failures with many names all attempts of the network are spread, if only a little."""
    delays = Delays()
    for number in range(40):
        delays.fail(HERE, f"name {number}", 0.0)
    found = lines(Guess("boris", "b"))
    assert order(found, delays) == []
    assert order(found, delays, 0.02) == ["b"]


def test_success_is_forgiven() -> None:
    """Who gets in at last is not slowed down the next time."""
    delays = Delays()
    for _ in range(10):
        delays.fail(HERE, "anna", 0.0)
    delays.forgive(HERE, "anna")
    assert order(lines(Guess("anna", "again", failed=True)), delays) == ["again"]


def test_remove() -> None:
    """Who is gone is taken out of whatever line it is in."""
    guesses = [Guess("anna", "new"), Guess("anna", "failed", failed=True)]
    found = lines(*guesses)
    behind = Guess("boris", "behind")
    found.put_behind(behind)
    assert [found.remove(each) for each in (*guesses, behind, behind)] == [True, True, True, False]
    assert (len(found), found.size) == (0, 0)


def test_behind_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a few of those who hung up may wait."""
    monkeypatch.setattr(login_lines, "MAX_HUNG_UP", 1)
    found = lines()
    assert found.put_behind(Guess("anna", "1"))
    assert not found.put_behind(Guess("anna", "2"))
    assert found.size == 1


@pytest.mark.parametrize(
    ("waiting", "newcomer", "expected"),
    [
        ("anna0 anna1 boris0", "vera", "anna1"),
        ("anna0 anna1 boris0", "anna", None),
        ("anna0 boris0", "vera", None),
        ("anna0 anna1! boris0!", "vera", "anna1!"),
        ("anna0 anna1! boris0!", "vera!", None),
        ("anna0 anna1! anna2! boris0!", "vera!", "anna2!"),
        ("anna0 anna1", "vera!", None),
    ],
)
def test_loser(waiting: str, newcomer: str, expected: str | None) -> None:
    """The longest line loses its last, first among those that failed (!); the newcomer, if its own is as long."""
    found = lines(*(Guess(label.rstrip("!")[:-1], label, failed=label.endswith("!")) for label in waiting.split()))
    loser = found.loser(Guess(newcomer.rstrip("!"), newcomer, failed=newcomer.endswith("!")))
    assert (loser and loser.label) == expected


def test_who_hung_up_loses_first() -> None:
    """Before anybody else gives up a place, who hung up does."""
    found = lines(Guess("anna", "a", failed=True), Guess("boris", "b", hung_up=True))
    assert [guess.label for guess in found.those_who_hung_up()] == ["b"]
    found.put_behind(Guess("vera", "v"))
    loser = found.loser(None)
    assert loser is not None
    assert loser.label == "v"


def test_owners_are_not_delayed_by_others() -> None:
    """Very many failures with a name from everywhere delay who was never let in with it, and nobody else."""
    delays = Delays()
    delays.forgive(HERE, "anna")
    for number in range(200):
        delays.fail(f"198.51.100.{number}", "anna", 1.0)
    assert delays.ready(HERE, "anna", False, 1.0) == 0.0
    assert delays.ready("203.0.113.1", "anna", False, 1.0) == 2.0
    assert delays.ready("203.0.113.1", "boris", False, 1.0) == 0.0


def test_bound_of_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many the one who got in longest ago is forgotten."""
    monkeypatch.setattr(login_lines, "MAX_OWNERS", 2)
    delays = Delays()
    for name in ("anna", "boris", "anna", "clara"):
        delays.forgive(HERE, name)
    assert list(delays.owners) == [(HERE, "anna"), (HERE, "clara")]
