"""Whose certificate a client believes: one that an authority vouches for, or the one that the server had before."""

import os
import re
import ssl
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote

AUTHORITY: Final = "authority"
"""What is remembered of a server for which an authority has vouched."""
_MAX_FILE: Final = 1024
_FINGERPRINT: Final = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")


class Trust:
    """What makes a client believe that a server is who it says.

    Authorities of the system, or those in the PEM file `authorities` instead, vouch for a certificate and the address
    that was connected to. For a certificate that they do not vouch for there is `known`, a directory: the first one of
    a server is remembered there, and from then on it has to be the same. With `pin`, the SHA-256 of a certificate (64
    hexadecimal digits, colons between them or not), it has to be that one, and that is all. Raises OSError when the
    authorities cannot be read, and ValueError when `pin` is no such number.
    """

    def __init__(
        self, authorities: Path | str | None = None, known: Path | str | None = None, pin: str | None = None
    ) -> None:
        self.pin = None if pin is None else parse_fingerprint(pin)
        self.directory = None if known is None else Path(known)
        self.verifying = ssl.create_default_context(cafile=None if authorities is None else os.fspath(authorities))
        self.verifying.minimum_version = ssl.TLSVersion.TLSv1_2
        self.careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        """For a certificate that is looked at afterwards."""
        self.careless.check_hostname = False
        self.careless.verify_mode = ssl.CERT_NONE

    def path(self, address: str, port: int) -> Path | None:
        """Where it is remembered what a server had; None: nowhere."""
        if self.directory is None:
            return None
        return self.directory / quote(f"{address.casefold().rstrip('.')} {port}", safe=" ")

    def remembered(self, address: str, port: int) -> str | None:
        """`AUTHORITY`, or the fingerprint of the certificate that a server had; None: nothing is known of it.

        What is damaged is "", which no certificate has. Raises OSError when it cannot be read: it could say anything.
        """
        path = self.path(address, port)
        if path is None:
            return None
        try:
            with path.open("r", encoding="ascii", errors="replace") as file:
                found = file.read(_MAX_FILE).strip()
        except FileNotFoundError:  # no event: this is the answer
            return None
        return found if found == AUTHORITY or _FINGERPRINT.fullmatch(found) else ""

    def remember(self, address: str, port: int, what: str) -> None:
        """Remember what a server has. Raises OSError when that cannot be written."""
        path = self.path(address, port)
        if path is None or self.remembered(address, port) == what:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        with temporary.open("x", encoding="ascii") as file:
            file.write(what + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate (DER), as `AB:CD:...`."""
    return sha256(certificate).digest().hex(":").upper()


def parse_fingerprint(text: str) -> str:
    """A fingerprint as `fingerprint` writes it, however it is written. Raises ValueError when it is none."""
    digits = text.strip().upper().removeprefix("SHA256:").replace(":", "").replace(" ", "")
    found = ":".join(re.findall("..", digits))
    if not _FINGERPRINT.fullmatch(found) or len(digits) != 64:
        raise ValueError("a fingerprint is the SHA-256 of a certificate, 64 hexadecimal digits")
    return found


def is_this_machine(address: str) -> bool:
    """Whether an address, as somebody writes it, is this machine's own, so that nobody is on the way."""
    address = address.casefold().rstrip(".")
    if address == "localhost" or address.endswith(".localhost"):
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # no event: it is another name
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
