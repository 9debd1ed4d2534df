"""What a client believes, and what it remembers of servers."""

import stat
from pathlib import Path

import pytest

from vestnik.client.trust import AUTHORITY, Trust, fingerprint, is_this_machine, parse_fingerprint

ONE, OTHER = fingerprint(b"one"), fingerprint(b"other")


def test_remembering(tmp_path: Path) -> None:
    """What a server had is remembered by its address and port, however the address is written."""
    trust = Trust(known=tmp_path / "servers")
    assert trust.remembered("chat.example", 7777) is None
    trust.remember("Chat.Example.", 7777, ONE)
    assert trust.remembered("chat.example", 7777) == ONE
    assert trust.remembered("chat.example", 7778) is None
    trust.remember("chat.example", 7777, AUTHORITY)
    assert trust.remembered("chat.example", 7777) == AUTHORITY
    assert stat.S_IMODE((tmp_path / "servers").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("address", ["::1", "a/b", "..", "чат.example", "fe80::1%eth0"])
def test_addresses_are_no_paths(tmp_path: Path, address: str) -> None:
    """Whatever an address is called, what is remembered of it is a file in the directory."""
    trust = Trust(known=tmp_path)
    trust.remember(address, 1, ONE)
    assert trust.remembered(address, 1) == ONE
    assert len(list(tmp_path.iterdir())) == 1


def test_nowhere() -> None:
    """Without a directory nothing is remembered."""
    trust = Trust()
    trust.remember("chat.example", 7777, ONE)
    assert trust.remembered("chat.example", 7777) is None


def test_damaged(tmp_path: Path) -> None:
    """What cannot be read is not taken for nothing."""
    trust = Trust(known=tmp_path)
    trust.remember("chat.example", 7777, ONE)
    (file,) = tmp_path.iterdir()
    file.write_text("?")
    assert trust.remembered("chat.example", 7777) == ""


@pytest.mark.parametrize(
    "text", [ONE, ONE.lower(), ONE.replace(":", ""), f"SHA256:{ONE}", f" {ONE.replace(':', ' ')} ", f"sha256:{ONE}"]
)
def test_fingerprints(text: str) -> None:
    """A fingerprint is known however it is written."""
    assert parse_fingerprint(text) == ONE


@pytest.mark.parametrize("text", ["", "AB", ONE[:-1], ONE + ":00", ONE.replace("0", "G").replace("1", "G") + "G"])
def test_no_fingerprints(text: str) -> None:
    """What is none is refused."""
    with pytest.raises(ValueError):
        parse_fingerprint(text)
    with pytest.raises(ValueError):
        Trust(pin=text)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("chat.example", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("", False),
    ],
)
def test_this_machine(address: str, own: bool) -> None:
    """Only what is this machine for certain counts as this machine."""
    assert is_this_machine(address) == own
