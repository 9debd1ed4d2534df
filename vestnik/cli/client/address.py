"""Where a server is, as people write it: `chat.example`, `chat.example:7778`, `[::1]:7777`, `::1`."""

import re
from ipaddress import IPv6Address
from typing import Final, NamedTuple

_BRACKETED: Final = re.compile(r"\[([^\[\]]+)\](?::(.*))?", re.DOTALL)
MAX_PORT: Final = 65_535


class NoAddress(ValueError):
    """This is no address."""


class ServerAddress(NamedTuple):
    """A host, and the port if it was written behind it."""

    host: str
    port: int | None


def parse_address(text: str) -> ServerAddress:
    """What an address says. Raises NoAddress."""
    text = text.strip()
    if found := _BRACKETED.fullmatch(text):
        return ServerAddress(_ipv6(found[1]), None if found[2] is None else _port(found[2]))
    host, colon, port = text.rpartition(":")
    if ":" in host:  # an IPv6 address without brackets has no port
        return ServerAddress(_ipv6(text), None)
    return ServerAddress(_host(host), _port(port)) if colon else ServerAddress(_host(text), None)


def _host(text: str) -> str:
    if not text or not text.isprintable() or any(sign in text for sign in "/@[] \\"):
        raise NoAddress(text)
    return text


def _ipv6(text: str) -> str:
    try:
        IPv6Address(text)
    except ValueError:  # no event: whoever wrote it is told
        raise NoAddress(text) from None
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_PORT)) or not 0 < int(text) <= MAX_PORT:
        raise NoAddress(text)
    return int(text)


def show_address(host: str, port: int) -> str:
    """Host and port as they are written together."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
