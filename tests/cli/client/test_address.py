"""Addresses of servers as people write them."""

import pytest

from vestnik.cli.client.address import NoAddress, parse_address, show_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("chat.example", "chat.example", None),
        (" chat.example:7778 ", "chat.example", 7778),
        ("127.0.0.1:1", "127.0.0.1", 1),
        ("localhost:65535", "localhost", 65_535),
        ("::1", "::1", None),
        ("[::1]", "::1", None),
        ("[::1]:7777", "::1", 7777),
        ("fe80::1%eth0", "fe80::1%eth0", None),
        ("[fe80::1%eth0]:7777", "fe80::1%eth0", 7777),
        ("чат.пример:7777", "чат.пример", 7777),
    ],
)
def test_addresses(text: str, host: str, port: int | None) -> None:
    """A host may have a port behind it; that of an IPv6 address needs brackets around the address."""
    assert parse_address(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        ":7777",
        "host:",
        "host:0",
        "host:65536",
        "host:-1",
        "host:+1",
        "host:٧",
        "host:7777777777777777777",
        "host:abc",
        "a:b:c",
        "[::1",
        "[::1]7777",
        "[::1]:",
        "[]:7777",
        "[host]:7777",
        "tcp://host",
        "anna@host:7777",
        "host name",
        "host\x1b[31m:7777",
    ],
)
def test_what_is_no_address(text: str) -> None:
    """Everything else is none, and nobody guesses what it may mean."""
    with pytest.raises(NoAddress):
        parse_address(text)


def test_how_they_are_shown() -> None:
    """What is shown can be written again."""
    for text in ("127.0.0.1:7777", "[::1]:7777", "chat.example:1"):
        host, port = parse_address(text)
        assert port is not None
        assert show_address(host, port) == text
