"""The format of a seal."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.log.sealing.seals import Extent, Lines, Opened, Seal, check_of, decode, encode, unpack

KEY = b"k" * 32
OTHER = b"o" * 32


def a_seal(**more: object) -> Seal:
    """A seal of everything."""
    values = {
        "chain": "k01",
        "epoch": 7,
        "time": "2026-11-22T17:43:06.178402+03:00",
        "kind": "data",
        "run": "9c1e",
        "opened": [Opened("server.log.2026-11-22", 0, True)],
        "extents": [Extent("server.log.2026-11-22", 0, 5, "ab", "AAAA")],
        "prev": "00",
    }
    return Seal(**(values | more))  # type: ignore[arg-type]


def test_line() -> None:
    """A seal is a line of JSON, in a fixed order, with its code at the end."""
    line, mac = encode(a_seal(), KEY)
    assert line == (
        b'{"chain":"k01","epoch":7,"time":"2026-11-22T17:43:06.178402+03:00","kind":"data","run":"9c1e",'
        b'"opened":[["server.log.2026-11-22",0,true]],"extents":[["server.log.2026-11-22",0,5,"ab","AAAA"]],'
        b'"prev":"00","mac":"' + mac.encode() + b'"}\n'
    )


def test_round_trip() -> None:
    """What was sealed is read back, and only the right key fits."""
    line, mac = encode(a_seal(), KEY)
    found = decode(line[:-1])
    assert found is not None
    assert (found.seal, found.mac) == (a_seal(), mac)
    assert found.made_with(KEY)
    assert not found.made_with(OTHER)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_every_byte_counts(at: int, change: int) -> None:
    """Whichever byte is changed: it is no seal any more, or its code is wrong."""
    line = bytearray(encode(a_seal(), KEY)[0][:-1])
    line[at % len(line)] ^= change
    found = decode(bytes(line))
    assert found is None or not found.made_with(KEY)


@given(st.binary(max_size=200))
def test_anything_else_is_no_seal(line: bytes) -> None:
    """Whatever a line is, it is read or refused, without an exception."""
    assert decode(line) is None
    assert decode(line + b',"mac":"' + b"0" * 32 + b'"}') is None


def test_numbers_have_bounds() -> None:
    """Offsets and epochs that no file and no chain can have are no seal."""
    for bad in (
        a_seal(epoch=-1),
        a_seal(extents=[Extent("a", -1, 5, "")]),
        a_seal(extents=[Extent("a", 0, 2**60, "")]),
    ):
        assert decode(encode(bad, KEY)[0][:-1]) is None


@given(st.lists(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"")), max_size=4), max_size=4))
def test_checks(writes: list[list[bytes]]) -> None:
    """There is a check for each line, however the lines were written, and it is that of the line alone."""
    lines = Lines()
    for write in writes:
        if write:
            lines.add(b"\n".join(write) + b"\n")
    checks = unpack(lines.pack())
    assert checks.whole
    assert list(checks.values) == [check_of(line) for write in writes for line in write]


def test_unfinished_line() -> None:
    """A line without its end has a check as well, and it is said that it is one."""
    lines = Lines()
    lines.add(b"one\ntw")
    assert not lines.whole
    checks = unpack(lines.pack())
    assert (list(checks.values), checks.whole) == ([check_of(b"one"), check_of(b"tw")], False)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_byte_changes_the_check(line: bytes, data: st.DataObject) -> None:
    """A line with another byte in any place has another check."""
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[at]))
    assert check_of(line) != check_of(line[:at] + bytes([other]) + line[at + 1 :])


def test_bad_checks() -> None:
    """What is not made of checks is refused."""
    for text in ("A", "AAAAA", "****", "AAAAAA=="):
        with pytest.raises(ValueError, match=r".*"):
            unpack(text)


def test_digest_is_that_of_the_bytes() -> None:
    """The digest of an extent is what `sha256sum` shows."""
    assert hashlib.sha256(b"").hexdigest() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
