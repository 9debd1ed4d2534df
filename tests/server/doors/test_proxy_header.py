"""The PROXY protocol: whole headers, cut ones, and what is none."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.server.doors.proxy_header import MAX_HEADER, SIGNATURE, BadHeader, ProxyHeader, read_header


def binary(
    address: str = "192.0.2.7", port: int = 5000, *, command: int = 0x21, family: int | None = None, more: bytes = b""
) -> bytes:
    """A header of version 2, for a client at an address."""
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(kind, address)
    body = packed + packed + struct.pack("!HH", port, 7777) + more
    family = family or (0x21 if ":" in address else 0x11)
    return SIGNATURE + struct.pack("!BBH", command, family, len(body)) + body


BY_TLS = b"\x20\x00\x05" + b"\x01\0\0\0\0"
PLAINLY = b"\x20\x00\x05" + b"\x00\0\0\0\0"
GOOD = [
    (b"PROXY TCP4 192.0.2.7 192.0.2.1 5000 7777\r\n", ("192.0.2.7", 5000), False),
    (b"PROXY TCP6 2001:db8::7 2001:db8::1 65535 7777\r\n", ("2001:db8::7", 65535), False),
    (b"PROXY UNKNOWN\r\n", None, False),
    (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", None, False),
    (binary(), ("192.0.2.7", 5000), False),
    (binary("2001:db8::7"), ("2001:db8::7", 5000), False),
    (binary(more=BY_TLS), ("192.0.2.7", 5000), True),
    (binary(more=b"\x04\x00\x02ab" + PLAINLY), ("192.0.2.7", 5000), False),
    (binary(command=0x20), None, False),
    (binary(family=0x31), None, False),
    (SIGNATURE + b"\x20\x00\x00\x00", None, False),
]
BAD = [
    b"{",
    b"\x16\x03\x01",
    b"PROXY TCP4 192.0.2.7 192.0.2.1 5000\r\n",
    b"PROXY TCP4 2001:db8::7 192.0.2.1 5000 7777\r\n",
    b"PROXY TCP4 192.0.2.7 192.0.2.1 70000 7777\r\n",
    b"PROXY TCP4 192.0.2.7 192.0.2.1 -1 7777\r\n",
    b"PROXY TCP4 " + b"x" * 100,
    b"PROXY \r\n",
    binary(command=0x31),
    binary(command=0x22),
    binary(more=b"\x20\x00\x05\x01"),
    binary(more=b"\x20"),
    binary(more=bytes(MAX_HEADER)),
    SIGNATURE + b"\x21\x11\x00\x04abcd",
]


@pytest.mark.parametrize(("data", "origin", "encrypted"), GOOD)
def test_headers(data: bytes, origin: tuple[str, int] | None, encrypted: bool) -> None:
    """A header says whose bytes come behind it, and whether they came to the proxy by TLS."""
    assert read_header(data + b"{}") == ProxyHeader(origin, encrypted, len(data))


@pytest.mark.parametrize(("data", "origin", "encrypted"), GOOD)
def test_cut_headers(data: bytes, origin: tuple[str, int] | None, encrypted: bool) -> None:
    """Of a header whose end has not come nothing is taken."""
    assert [read_header(data[:size]) for size in range(len(data))] == [None] * len(data)


@pytest.mark.parametrize("data", BAD)
def test_bad_headers(data: bytes) -> None:
    """What is no header is refused."""
    with pytest.raises(BadHeader):
        read_header(data)


@given(st.binary(max_size=200), st.sampled_from([b"", SIGNATURE, SIGNATURE + b"\x21\x11", b"PROXY TCP4 "]))
def test_anything(data: bytes, before: bytes) -> None:
    """Whatever a proxy says is a header, the beginning of one, or refused."""
    try:
        found = read_header(before + data)
    except BadHeader:
        return
    assert found is None or found.size <= len(before + data)
