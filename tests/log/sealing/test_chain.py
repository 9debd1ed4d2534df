"""Adding seals to a chain, and beginning one with a key."""

import fcntl
import gzip
from pathlib import Path

import pytest

from tests.log.conftest import Clock
from vestnik.log.days.locks import Descriptors
from vestnik.log.sealing import chain as module
from vestnik.log.sealing.chain import AlreadyKeyed, Chain, set_up
from vestnik.log.sealing.keys import BadState, KeyState, decode_state, evolve, first_state, parse_key
from vestnik.log.sealing.seals import Seal, Sealed, decode, encode

DATE = "2021-06-12"


@pytest.fixture
def chain(tmp_path: Path, clock: Clock) -> Chain:
    """The chain of the journal `server` in the test's directory."""
    return Chain(tmp_path, "server", Descriptors(), clock=clock)


def add(chain: Chain, count: int = 1) -> None:
    """Makes seals."""
    for _ in range(count):
        with chain.turn(0) as turn:
            chain.add(turn, Seal(time=turn.time, kind="heartbeat"))


def seals(directory: Path, date: str = DATE) -> list[Sealed]:
    """All seals of a date."""
    found = [decode(line) for line in (directory / f"server.seals.{date}").read_bytes().splitlines()]
    assert None not in found
    return [each for each in found if each is not None]


def state(directory: Path) -> KeyState:
    """The state on the disk."""
    return decode_state((directory / "server.seals.key").read_bytes())


def test_chain(tmp_path: Path, chain: Chain, clock: Clock) -> None:
    """Each seal has the next number and key, and the code of the one before; a day has a file of its own."""
    first = None
    with chain.turn(0) as turn:
        first = turn.state.secret
    add(chain, 2)
    clock.now += 86_400
    add(chain, 2)
    found = seals(tmp_path) + seals(tmp_path, "2021-06-13")
    assert [each.seal.epoch for each in found] == [0, 1, 2, 3]
    assert [each.seal.prev for each in found] == ["", *(each.mac for each in found[:3])]
    assert [each.seal.first for each in found] == [True, False, True, False]
    assert all(each.made_with(evolve(first, each.seal.epoch)) for each in found)
    assert found[0].seal.time == "2021-06-12T08:20:00.000000+00:00"
    assert (tmp_path / f"server.seals.{DATE}").stat().st_mode & 0o777 == 0o640
    last = state(tmp_path)
    assert (last.epoch, last.mac, last.sidecar) == (4, found[3].mac, "2021-06-13")
    assert last.secret == evolve(first, 4)


@pytest.mark.parametrize("missed", [1, 3])
@pytest.mark.parametrize("half", [b"", b'{"chain":"u12'])
@pytest.mark.parametrize("compressed", [False, True])
def test_state_is_behind(tmp_path: Path, chain: Chain, missed: int, half: bytes, compressed: bool) -> None:
    """Seals that the state does not know of are taken as made, also compressed; half of one is cut off.

    Those after compressed ones are in the file of the next day.
    """
    add(chain, 2)
    before = (tmp_path / "server.seals.key").read_bytes()
    add(chain, missed)
    (tmp_path / "server.seals.key").write_bytes(before)
    sidecar = tmp_path / f"server.seals.{DATE}"
    if compressed:
        Path(f"{sidecar}.gz").write_bytes(gzip.compress(sidecar.read_bytes()))
        sidecar.unlink()
    else:
        sidecar.write_bytes(sidecar.read_bytes() + half)
    add(chain)
    added = seals(tmp_path, "2021-06-13" if compressed else DATE)
    assert added[-1].seal.epoch == missed + 2
    assert added[-1].seal.first == compressed
    assert state(tmp_path).epoch == missed + 3
    add(chain)
    assert state(tmp_path).epoch == missed + 4


def test_false_seals_behind_the_last(tmp_path: Path, chain: Chain) -> None:
    """A seal that somebody has put behind the last one is not taken in, nor taken away: it is evidence."""
    add(chain, 2)
    false = Seal(chain=state(tmp_path).chain, epoch=2, time="x", kind="data", prev=state(tmp_path).mac)
    sidecar = tmp_path / f"server.seals.{DATE}"
    sidecar.write_bytes(sidecar.read_bytes() + encode(false, b"0" * 32)[0])
    add(chain, 2)
    assert [each.seal.epoch for each in seals(tmp_path)] == [0, 1, 2, 2, 3]
    assert seals(tmp_path)[3].seal.prev == seals(tmp_path)[1].mac


def test_cut_sidecar(tmp_path: Path, chain: Chain) -> None:
    """Where seals were cut off the chain goes on with its own numbers, so that the gap shows."""
    add(chain, 3)
    sidecar = tmp_path / f"server.seals.{DATE}"
    sidecar.write_bytes(sidecar.read_bytes().splitlines(keepends=True)[0])
    add(chain)
    assert [each.seal.epoch for each in seals(tmp_path)] == [0, 3]
    sidecar.unlink()
    add(chain)
    assert [each.seal.epoch for each in seals(tmp_path)] == [4]


def test_disk_is_full(tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seal that could not be written as a whole leaves nothing behind, and its number is not used up."""
    add(chain)
    before = (tmp_path / f"server.seals.{DATE}").read_bytes()

    def half(fd: int, data: bytes) -> None:
        write(fd, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    write = module.write_all
    monkeypatch.setattr(module, "write_all", half)
    with pytest.raises(OSError, match="No space"):
        add(chain)
    assert (tmp_path / f"server.seals.{DATE}").read_bytes() == before
    monkeypatch.undo()
    add(chain)
    assert [each.seal.epoch for each in seals(tmp_path)] == [0, 1]


def test_sidecar_in_use(tmp_path: Path, chain: Chain) -> None:
    """While the file is held by whoever compresses it, no seal is made, and the turn is not lost."""
    add(chain)
    with (tmp_path / f"server.seals.{DATE}").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            add(chain)
    add(chain)
    assert [each.seal.epoch for each in seals(tmp_path)] == [0, 1]


def test_impossible_time(chain: Chain, clock: Clock) -> None:
    """A clock that shows what no calendar has is an OSError."""
    clock.now = 1e12
    with pytest.raises(OSError, match="calendar"):
        add(chain)


def test_set_up(tmp_path: Path, chain: Chain, clock: Clock) -> None:
    """The key that is shown is the first of a chain that follows the one before, and is on no disk."""
    add(chain, 2)
    text = set_up(tmp_path, "server", clock=clock)
    key = parse_key(text)
    add(chain)
    found = seals(tmp_path)
    assert [(each.seal.kind, each.seal.epoch) for each in found[2:]] == [
        ("handover", 2),
        ("begin", 0),
        ("heartbeat", 1),
    ]
    assert found[2].seal.next == key.chain == found[3].seal.chain
    assert found[3].seal.prev == found[2].mac
    assert found[3].made_with(key.first)
    for path in tmp_path.iterdir():
        assert key.first.hex().encode() not in path.read_bytes()


def test_set_up_before_the_first_start(tmp_path: Path, clock: Clock) -> None:
    """Without a chain the keyed one is the first, from its first seal on."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    (begin,) = seals(tmp_path)
    assert (begin.seal.chain, begin.seal.epoch, begin.seal.kind, begin.seal.prev) == (key.chain, 0, "begin", "")


def test_set_up_again(tmp_path: Path, clock: Clock) -> None:
    """A key is not replaced unless that is asked for; then the chains are linked."""
    first = parse_key(set_up(tmp_path, "server", clock=clock))
    with pytest.raises(AlreadyKeyed):
        set_up(tmp_path, "server", clock=clock)
    second = parse_key(set_up(tmp_path, "server", again=True, clock=clock))
    assert first.chain != second.chain
    assert [each.seal.chain for each in seals(tmp_path)] == [first.chain, first.chain, second.chain]


def test_set_up_over_a_damaged_state(tmp_path: Path, clock: Clock) -> None:
    """A state that nobody can read stops the seals; only a new key, asked for, goes on."""
    set_up(tmp_path, "server", clock=clock)
    (tmp_path / "server.seals.key").write_bytes(b"diary")
    with pytest.raises(BadState):
        set_up(tmp_path, "server", clock=clock)
    key = parse_key(set_up(tmp_path, "server", again=True, clock=clock))
    assert state(tmp_path).chain == key.chain


def test_first_state_follows() -> None:
    """A chain that follows another one goes on in its file."""
    before = KeyState("u01", 9, "00" * 32, "ab" * 16, DATE, 77)
    after = first_state(parse_key(str(module.new_chain(keyed=True))), before)
    assert (after.epoch, after.mac, after.sidecar, after.size) == (0, before.mac, DATE, 77)
