"""The certificate of the server: out of files, which may change while it runs, or made by the server itself."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.errors import StartupError
from vestnik.server import catalogue
from vestnik.server.settings import Settings

SELF_SIGNED: Final = "self-signed"
"""What stands in the place of a file when the server is to make its certificate itself."""
OWN_FILE: Final = "tls-self-signed.pem"
"""Where that is, with its key, in the data directory."""
OWN_DAYS: Final = 3650
"""Days for which it holds: clients remember it, so it is not to change."""
LOOK: Final = 10.0
"""Seconds between two looks at the files."""
ENDING: Final = timedelta(days=14)
"""How long before a certificate's end it is said that it ends."""
MAX_PEM: Final = 1_048_576
"""Bytes that are read of a file."""
_NOT_USED: Final = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_BLOCK: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class TlsBad(StartupError):
    """Certificate and key are of no use, as the event says."""


class Certificate(NamedTuple):
    """What connections are encrypted with. `source` is the file that it came from, `fingerprint` its SHA-256 as
    `AB:CD:...`, `expires` when it ends, `state` what tells whether the files have changed."""

    context: ssl.SSLContext
    source: Path
    fingerprint: str
    expires: datetime
    self_signed: bool
    state: tuple[object, ...]


def load_certificate(settings: Settings) -> Certificate | None:
    """The certificate that the settings name; None: there is to be no TLS. Raises TlsBad or SettingBad."""
    if not settings.tls:
        return None
    own = settings.tls == SELF_SIGNED
    if own:
        certificate = key = settings.data_path / OWN_FILE
        if not certificate.exists():
            _make_own(certificate)
    else:
        certificate, key = settings.tls_path, settings.tls_key_path
    state = _state(certificate, key)
    block = _first_certificate(certificate)
    context = _context(certificate, key)
    from cryptography import x509  # takes a tenth of a second to import

    try:
        expires = x509.load_pem_x509_certificate(block).not_valid_after_utc
    except ValueError:
        raise TlsBad("server.tls_not_pem", path=str(certificate)) from None
    return Certificate(context, certificate, fingerprint_of(block), expires, own, state)


def fingerprint_of(pem: bytes) -> str:
    """The SHA-256 of a certificate, as programs show it: `AB:CD:...`."""
    return sha256(ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))).digest().hex(":").upper()


def _state(*paths: Path) -> tuple[object, ...]:
    """What is different when one of the files is another one, or has other content."""
    found: list[object] = []
    for path in paths:
        with suppress(OSError):  # no event: it is said when the file is read
            stat = path.stat()
            found.append((str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def _first_certificate(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = _BLOCK.search(file.read(MAX_PEM))
    except OSError as error:
        raise TlsBad("server.tls_unreadable", path=str(path), reason=error) from None
    if found is None:
        raise TlsBad("server.tls_not_pem", path=str(path))
    return found[0]


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.num_tickets = 1  # of which a client uses one

    def locked() -> str:
        raise TlsBad("server.tls_key_locked", path=str(key))

    try:
        key.open("rb").close()
        context.load_cert_chain(certificate, key, locked)
    except ssl.SSLError as error:
        reason = error.reason or str(error)
        if reason == "KEY_VALUES_MISMATCH":
            raise TlsBad("server.tls_key_differs", certificate=str(certificate), key=str(key)) from None
        if reason in {"NO_START_LINE", "PEM lib", "PEM_LIB", "UNSUPPORTED"} or "PEM" in str(error):
            raise TlsBad("server.tls_not_pem", path=str(key)) from None
        raise TlsBad("server.tls_refused", path=str(certificate), reason=reason) from None
    except OSError as error:
        raise TlsBad("server.tls_unreadable", path=str(key), reason=error) from None
    return context


def _make_own(path: Path) -> None:
    """Make a certificate for this machine, with its key, in a file that only its owner may read. Raises TlsBad."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(make_self_signed((socket.gethostname(), "localhost", "127.0.0.1", "::1")))
            file.flush()
            os.fsync(fd)
        temporary.replace(path)
    except OSError as error:
        raise TlsBad("server.tls_unreadable", path=str(path), reason=error) from None


def make_self_signed(names: tuple[str, ...], days: int = OWN_DAYS) -> bytes:
    """A certificate for names and addresses that is signed by itself, and its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vestnik")])
    usage = dict.fromkeys(_NOT_USED, False)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(list(map(_general_name, dict.fromkeys(names)))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + made.public_bytes(serialization.Encoding.PEM)


def _general_name(name: str):  # type: ignore[no-untyped-def]  # a type of cryptography's, which is imported late
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:  # no event: it is a name
        return x509.DNSName(name if name.isascii() else name.encode("idna").decode("ascii"))


class Renewal:
    """Looks whether the files of the certificate have changed, and takes the new one for new connections.

    `holds` gives the settings that hold, `adopt` takes a certificate; `clock` gives UNIX seconds.
    """

    def __init__(
        self,
        journal: Journal,
        holds: Callable[[], Settings],
        adopt: Callable[[Certificate | None], None],
        clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._holds = holds
        self._adopt = adopt
        self._clock = clock
        self.certificate: Certificate | None = None
        self._tried: tuple[object, ...] = ()  # the state of files that were of no use
        self._ending: Certificate | None = None  # of which it was said that it ends
        self._task: asyncio.Task[None] | None = None

    @journaled
    def take(self, certificate: Certificate | None) -> None:
        """Use a certificate, or none, from now on."""
        known = self.certificate
        self.certificate, self._tried = certificate, ()
        self._adopt(certificate)
        if certificate is not None and (known is None or known.fingerprint != certificate.fingerprint):
            expires = f"{certificate.expires:%Y-%m-%d %H:%M}"
            self._journal.record(catalogue.SERVER_TLS_LOADED, str(certificate.source), certificate.fingerprint, expires)
        self._say_if_it_ends()

    def _say_if_it_ends(self) -> None:
        found = self.certificate
        if found is None or found is self._ending:
            return
        if found.expires - datetime.fromtimestamp(self._clock(), UTC) < ENDING:
            self._ending = found
            self._journal.record(catalogue.SERVER_TLS_ENDS, str(found.source), f"{found.expires:%Y-%m-%d %H:%M}")

    @journaled
    async def look(self) -> None:
        """Take what is in the files, if that is something new; what is wrong with it is said once."""
        found = self.certificate
        if found is None:
            return
        self._say_if_it_ends()
        settings = self._holds()
        state = await asyncio.to_thread(
            _state, found.source, found.source if found.self_signed else settings.tls_key_path
        )
        if state in (found.state, self._tried):
            return
        try:
            new = await asyncio.to_thread(load_certificate, settings)
        except StartupError as error:
            self._tried = state
            self._journal.record(catalogue.SERVER_TLS_KEPT, error.text(self._journal.language))
        else:
            self.take(new)

    @journaled
    def start(self) -> None:
        """Look now and then."""
        self._task = asyncio.get_running_loop().create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001
                self._journal.record(catalogue.SERVER_TLS_KEPT, repr(error), error=error)

    @journaled
    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
