"""Checking the chain of seals and the state of its key."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from tests.log.conftest import Clock
from tests.support.scribe import DAY, SEALS, STATE, TEXT, Scribe, Start, found, run, tampered
from vestnik.log.days.locks import Descriptors
from vestnik.log.sealing.chain import Chain, set_up
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import Key, KeyState, decode_state, encode_state, evolve, new_chain, parse_key, public_key
from vestnik.log.sealing.seals import Lines, Seal, decode, encode
from vestnik.log.sealing.verify import verify


@pytest.fixture
def key(tmp_path: Path, clock: Clock) -> Key:
    """The verification key of the journal."""
    return parse_key(set_up(tmp_path, "server", clock=clock))


@pytest.fixture
def start(tmp_path: Path, clock: Clock) -> Start:
    """Starts a program that writes the journal."""
    return lambda: Scribe(tmp_path, clock=clock, monotonic=clock)


def change_state(directory: Path, **values: object) -> None:
    """Changes the state, as its owner could."""
    state = decode_state((directory / STATE).read_bytes())
    (directory / STATE).write_bytes(encode_state(msgspec.structs.replace(state, **values)))


def test_no_journal(tmp_path: Path) -> None:
    """Where there is no journal, or no seal, that is what is said."""
    assert found(tmp_path) == [(What.NO_SEALS, "")]
    (tmp_path / TEXT).write_text("line\n")
    assert found(tmp_path) == [(What.NO_SEALS, "")]


def test_without_a_secret_key(tmp_path: Path, start: Start, clock: Clock) -> None:
    """A chain that nobody has set up is checked, and it is said how little that means."""
    run(start, clock, "one")
    assert [what for what, _ in found(tmp_path)] == [What.UNKEYED]
    (tmp_path / TEXT).write_bytes((tmp_path / TEXT).read_bytes().replace(b"one", b"two"))
    assert [finding.what for finding in tampered(tmp_path)] == [What.CHANGED]


def test_key_is_needed(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Without its key a chain cannot be checked; what is wrong all the same is found."""
    run(start, clock, "one")
    assert found(tmp_path) == [(What.KEY_NEEDED, "")]
    (tmp_path / TEXT).write_bytes(b"")
    assert found(tmp_path) == [(What.KEY_NEEDED, ""), (What.CUT, TEXT)]
    assert key.chain == verify(tmp_path, "server").chains[0].chain


def test_wrong_key(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A key of another journal does not pass, nor does a journal that was sealed anew with another key."""
    run(start, clock, "one")
    other = new_chain(keyed=True)
    assert (What.CHAIN_ABSENT, "") in found(tmp_path, other)
    assert {what for what, _ in found(tmp_path, Key(key.chain, other.first))} >= {What.SEAL_BAD}


def test_set_up_later(tmp_path: Path, start: Start, clock: Clock) -> None:
    """With a key the seals before it are fixed as well: who makes them anew does not get at the first keyed one."""
    run(start, clock, "one", "two")
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    run(start, clock, "three")
    assert [what for what, _ in found(tmp_path, key)] == [What.UNKEYED]
    (tmp_path / TEXT).write_bytes((tmp_path / TEXT).read_bytes().replace(b"one", b"ONE"))
    remake(tmp_path, "u")
    assert [finding.what for finding in tampered(tmp_path, key)] == [What.SEAL_BAD]


def remake(directory: Path, prefix: str) -> None:
    """Makes the seals of the chain that begins with `prefix` anew, all of them, as somebody could who has its key."""
    text = (directory / TEXT).read_bytes()
    made, prev, secret = [], "", b""
    for line in (directory / SEALS).read_bytes().splitlines():
        sealed = decode(line)
        assert sealed is not None
        seal = sealed.seal
        if seal.chain.startswith(prefix):
            secret = secret or public_key(seal.chain).first
            for at, extent in enumerate(seal.extents):
                if extent.file == TEXT:
                    lines = Lines()
                    lines.add(text[extent.start : extent.end])
                    digest = hashlib.sha256(text[extent.start : extent.end]).hexdigest()
                    seal.extents[at] = msgspec.structs.replace(extent, sha256=digest, checks=lines.pack())
            seal.prev = prev
            line_, prev = encode(seal, evolve(secret, seal.epoch))
            made.append(line_)
        else:
            made.append(line + b"\n")
    (directory / SEALS).write_bytes(b"".join(made))


def test_two_keys(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """After a change of the key both are needed, and with both all is checked."""
    run(start, clock, "one")
    second = parse_key(set_up(tmp_path, "server", again=True, clock=clock))
    run(start, clock, "two")
    assert found(tmp_path, key, second) == []
    assert found(tmp_path, second) == [(What.KEY_NEEDED, "")]
    assert [chain.checked for chain in verify(tmp_path, "server", [second]).chains] == [False, True]


def test_key_is_set_up_beside_a_running_program(tmp_path: Path, start: Start, clock: Clock) -> None:
    """A program that runs goes on with the new key at its next seal."""
    program = start()
    program.write("one")
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    program.write("two")
    program.close()
    assert [what for what, _ in found(tmp_path, key)] == [What.UNKEYED]
    assert [chain.chain[0] for chain in verify(tmp_path, "server", [key]).chains] == ["u", "k"]


def test_other_chain(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A chain that begins although the one before was not ended is found, whoever has begun it."""
    run(start, clock, "one")
    (tmp_path / STATE).unlink()
    run(start, clock, "two")
    assert [finding.what for finding in tampered(tmp_path, key)] == [What.CHAIN_REPLACED]


def test_chain_without_a_key_follows(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Who has got the key of the moment can end the chain, but not go on with one that has no secret."""
    run(start, clock, "one")
    public = new_chain(keyed=False)
    chain = Chain(tmp_path, "server", Descriptors(), clock=clock)
    with chain.turn(0) as turn:
        chain.add(turn, Seal(time=turn.time, kind="handover", next=public.chain))
        turn.held.write(KeyState(public.chain, 0, public.first.hex(), turn.state.mac, "2021-06-12", turn.state.size))
    run(start, clock, "two")
    assert [finding.what for finding in tampered(tmp_path, key)] == [What.CHAIN_UNKEYED]


def test_clock_is_put_back(tmp_path: Path, key: Key, clock: Clock) -> None:
    """A clock that goes to and fro over midnight changes nothing but the order of the files, and is said."""
    ticks = Clock()
    program = Scribe(tmp_path, clock=clock, monotonic=ticks)
    for step in (DAY, -DAY, DAY, 60, -DAY - 60, 2 * DAY):
        program.write("one")
        clock.now += step
        program.write("two")
        ticks.now += 1
        assert program.sealer.seal()
    program.close()
    assert [what for what, _ in found(tmp_path, key)] == [What.CLOCK_BACK] * 2
    assert all(file.size == file.sealed for file in verify(tmp_path, "server", [key]).files)


def seal_lines(directory: Path) -> list[bytes]:
    """The lines of the file with the seals."""
    return (directory / SEALS).read_bytes().splitlines(keepends=True)


def test_missing_and_misplaced_seals(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A seal that is missing, doubled, in another place, false or no seal at all is found, with its place."""
    run(start, clock, *"abcdef")
    lines = seal_lines(tmp_path)
    false = encode(Seal(chain=key.chain, epoch=3, time="x", kind="data"), b"0" * 32)[0]
    for changed, what, where in (
        (lines[:3] + lines[4:], What.SEALS_MISSING, 4),
        ([*lines[:4], lines[2], *lines[4:]], What.SEAL_MISPLACED, 5),
        ([*lines[:3], false, *lines[4:]], What.SEAL_BAD, 4),
        ([*lines[:3], b"diary\n", *lines[4:]], What.SEAL_BAD, 4),
        ([*lines[:3], b"diary\n", *lines[3:]], What.SEAL_BAD, 4),
        (lines[1:], What.SEALS_BEHEADED, None),
        (lines[:-1], What.SEALS_CUT, None),
        ([], What.SEALS_CUT, None),
    ):
        (tmp_path / SEALS).write_bytes(b"".join(changed))
        finding = tampered(tmp_path, key)[0]
        assert (finding.what, finding.values.get("line")) == (what, where)
    (tmp_path / SEALS).write_bytes(b"".join(lines))
    assert found(tmp_path, key) == []


def test_half_seal(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Half a seal at the end is a killed program's; in a file of an earlier day it is not."""
    run(start, clock, "one")
    whole = (tmp_path / SEALS).read_bytes()
    (tmp_path / SEALS).write_bytes(whole + b'{"chain":')
    assert found(tmp_path, key) == [(What.SEAL_HALF, SEALS)]
    (tmp_path / SEALS).write_bytes(whole)
    clock.now += DAY
    run(start, clock, "two")
    (tmp_path / SEALS).write_bytes(whole + b'{"chain":')
    assert found(tmp_path, key) == [(What.SEAL_CUT_OFF, SEALS)]


def test_states(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A state that is gone, damaged, another one, too old or made up is found."""
    run(start, clock, "one")
    good = (tmp_path / STATE).read_bytes()
    state = decode_state(good)
    for what, change in (
        (What.STATE_FOREIGN, {"chain": "k00"}),
        (What.STATE_OLD, {"epoch": state.epoch - 2}),
        (What.STATE_FORGED, {"key": "00" * 32}),
        (What.STATE_FORGED, {"mac": "00" * 16}),
        (What.STATE_FORGED, {"epoch": state.epoch - 1}),
        (What.SEALS_CUT, {"epoch": state.epoch + 1}),
    ):
        change_state(tmp_path, **change)
        assert [finding.what for finding in tampered(tmp_path, key)] == [what], change
        (tmp_path / STATE).write_bytes(good)
    for bad in (b"", b"diary", good[:-1]):
        (tmp_path / STATE).write_bytes(bad)
        assert found(tmp_path, key) == [(What.STATE_DAMAGED, STATE)]
    (tmp_path / STATE).unlink()
    assert found(tmp_path, key) == [(What.STATE_MISSING, STATE)]
