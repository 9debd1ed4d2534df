"""The PROXY protocol: what a proxy says before anything else, of the client whose bytes it hands on.

Both versions are read: the text of the first, the bytes of the second.
"""

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple

SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"
MAX_HEADER: Final = 4096
"""Bytes that a header may have: addresses, and what the proxy adds to them."""
_MAX_TEXT: Final = 107
_TEXT: Final = b"PROXY "
_FIXED: Final = 16
_PROXY: Final = 0x21  # version 2, the client's own connection
_LOCAL: Final = 0x20  # version 2, the proxy's
_ADDRESSES: Final = {0x11: struct.Struct("!4s4sHH"), 0x21: struct.Struct("!16s16sHH")}  # TCP over IPv4 and IPv6
_SSL: Final = 0x20
_CLIENT_SSL: Final = 0x01


class BadHeader(ValueError):
    """This is no header of the PROXY protocol."""


class ProxyHeader(NamedTuple):
    """`origin` is the client's address and port, None for a connection of the proxy itself or of an unknown kind;
    `encrypted` says that the client came to the proxy by TLS, `size` how many bytes the header has."""

    origin: tuple[str, int] | None
    encrypted: bool
    size: int


def read_header(data: bytes) -> ProxyHeader | None:
    """The header that `data` begins with; None: its end has not come yet. Raises BadHeader."""
    if data.startswith(_TEXT):
        return _read_text(data)
    if data.startswith(SIGNATURE):
        return _read_binary(data)
    if _TEXT.startswith(data) or SIGNATURE.startswith(data):
        return None
    raise BadHeader("no signature")


def _read_text(data: bytes) -> ProxyHeader | None:
    end = data.find(b"\r\n", 0, _MAX_TEXT)
    if end < 0:
        if len(data) >= _MAX_TEXT:
            raise BadHeader("no end of line")
        return None
    words = data[:end].decode("ascii", "replace").split(" ")
    if words[1] == "UNKNOWN":
        return ProxyHeader(None, False, end + 2)
    kinds = {"TCP4": IPv4Address, "TCP6": IPv6Address}
    if len(words) != 6 or words[1] not in kinds or not (words[4].isascii() and words[4].isdigit()):
        raise BadHeader("bad addresses")
    port = int(words[4])
    try:
        address = kinds[words[1]](words[2])
    except ValueError:
        raise BadHeader("bad address") from None
    if port > 0xFFFF:
        raise BadHeader("bad port")
    return ProxyHeader((str(address), port), False, end + 2)


def _read_binary(data: bytes) -> ProxyHeader | None:
    if len(data) < _FIXED:
        return None
    command, family, length = struct.unpack_from("!BBH", data, len(SIGNATURE))
    size = _FIXED + length
    if command not in {_PROXY, _LOCAL}:
        raise BadHeader("unknown version or command")
    if size > MAX_HEADER:
        raise BadHeader("too long")
    if len(data) < size:
        return None
    layout = _ADDRESSES.get(family)
    if command == _LOCAL or layout is None:
        return ProxyHeader(None, False, size)
    if length < layout.size:
        raise BadHeader("too short")
    address, _, port, _ = layout.unpack_from(data, _FIXED)
    return ProxyHeader((str(ip_address(address)), port), _by_tls(data[_FIXED + layout.size : size]), size)


def _by_tls(additions: bytes) -> bool:
    """Whether what the proxy has added says that the client came by TLS. Raises BadHeader."""
    at, found = 0, False
    while at < len(additions):
        if at + 3 > len(additions):
            raise BadHeader("bad additions")
        kind, length = struct.unpack_from("!BH", additions, at)
        at += 3
        if at + length > len(additions):
            raise BadHeader("bad additions")
        if kind == _SSL and length:
            found = bool(additions[at] & _CLIENT_SSL)
        at += length
    return found
