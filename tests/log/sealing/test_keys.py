"""The key of a chain and its state."""

import errno
import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.waiting import DEADLINE
from vestnik.log.days.locks import Descriptors
from vestnik.log.sealing.keys import (
    RECORD,
    BadKey,
    BadState,
    KeyState,
    decode_state,
    encode_state,
    evolve,
    first_state,
    hold_state,
    new_chain,
    parse_key,
    public_key,
)


def test_key_can_be_copied() -> None:
    """A verification key is one word, and read back from it, also with blanks around it."""
    key = new_chain(keyed=True)
    text = str(key)
    assert text.split() == [text]
    assert parse_key(f"  {text}\n") == key


@given(st.data())
def test_mistyped_key(data: st.DataObject) -> None:
    """A key with a wrong, a missing or an additional character is refused."""
    text = str(new_chain(keyed=True))
    at = data.draw(st.integers(0, len(text) - 1))
    middle = data.draw(st.sampled_from(["", "x", text[at] + "0", "é"]).filter(lambda each: each != text[at]))
    with pytest.raises(BadKey):
        parse_key(text[:at] + middle + text[at + 1 :])


@given(st.text(max_size=60))
def test_no_key(text: str) -> None:
    """Any other text is refused."""
    with pytest.raises(BadKey):
        parse_key(text)


def test_keys_differ() -> None:
    """Each chain has a name and a secret of its own; the public key follows from the name of its chain."""
    assert len({new_chain(keyed=True).first for _ in range(10)}) == 10
    public = new_chain(keyed=False)
    assert public == public_key(public.chain)
    assert {new_chain(keyed=True).chain[0], public.chain[0]} == {"k", "u"}


def test_evolution() -> None:
    """The keys of a chain all differ, and a key follows from any one before it."""
    first = new_chain(keyed=True).first
    keys = [evolve(first, times) for times in range(50)]
    assert len(set(keys)) == 50
    assert evolve(keys[20], 15) == keys[35]


def test_record() -> None:
    """The state is one sector whatever is in it, and read back."""
    state = KeyState("k0123456789abcdef", 2**50, "ab" * 32, "cd" * 16, "2026-11-22", 2**50)
    record = encode_state(state)
    assert len(record) == RECORD
    assert decode_state(record) == state


@given(st.integers(0, RECORD - 1), st.integers(1, 255))
def test_damaged_record(at: int, change: int) -> None:
    """A state with any byte changed, or cut off, is refused."""
    record = bytearray(encode_state(first_state(public_key("u00"))))
    record[at] ^= change
    for bad in (bytes(record), bytes(record[:at])):
        with pytest.raises(BadState):
            decode_state(bad)


def test_first_use(tmp_path: Path) -> None:
    """Without a state an unkeyed chain begins; the file is readable by its owner only."""
    path = tmp_path / "server.seals.key"
    with hold_state(path, Descriptors(), 0) as held:
        state = held.read()
        assert (state.chain[0], state.epoch) == ("u", 0)
        state.advance("ab", 17)
        held.write(state)
    assert path.stat().st_mode & 0o777 == 0o600
    with hold_state(path, Descriptors(), 0) as held:
        assert held.read() == state
    assert evolve(public_key(state.chain).first) == state.secret


def hold(path: Path, held: Event, release: Event) -> None:
    """Another program that makes a seal."""
    with hold_state(path, Descriptors(), 0):
        held.set()
        release.wait(DEADLINE)


def test_one_at_a_time(tmp_path: Path) -> None:
    """While one program holds the state others wait for as long as they were told to, and then go on."""
    path = tmp_path / "server.seals.key"
    context = multiprocessing.get_context("fork")
    held, release = context.Event(), context.Event()
    other = context.Process(target=hold, args=(path, held, release))
    other.start()
    assert held.wait(DEADLINE)
    with pytest.raises(BlockingIOError), hold_state(path, Descriptors(), 0.01):
        pass
    release.set()
    with hold_state(path, Descriptors(), 30) as state:
        assert state.read().epoch == 0
    other.join(30)


def test_replaced_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that is replaced while somebody waits for it is not the one that is used."""
    path = tmp_path / "server.seals.key"
    with hold_state(path, Descriptors(), 0) as held:
        before = held.read().chain
    opened = os.open
    replaced = []

    def open_and_replace(*arguments: object) -> int:
        fd = opened(*arguments)  # type: ignore[arg-type]
        if not replaced:
            replaced.append(path.rename(tmp_path / "moved"))
        return fd

    monkeypatch.setattr(os, "open", open_and_replace)
    with hold_state(path, Descriptors(), 10) as held:
        assert held.read().chain != before
    assert replaced


def test_no_place_for_it(tmp_path: Path) -> None:
    """A directory that is not there, or something else than a file, is an OSError."""
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for bad in ("nowhere/state", "directory", "pipe"):
        with pytest.raises(OSError, match=r".*"), hold_state(tmp_path / bad, Descriptors(), 0):
            pass


def test_short_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that could not be written as a whole is said."""
    path = tmp_path / "server.seals.key"
    with hold_state(path, Descriptors(), 0) as held:
        state = held.read()
        monkeypatch.setattr(os, "pwrite", lambda _fd, data, _at: len(data) - 1)
        with pytest.raises(OSError, match="as a whole") as raised:
            held.write(state)
    assert raised.value.errno != errno.EAGAIN
