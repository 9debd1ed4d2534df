"""Certificates for tests, and clients that believe them."""

import ssl
from pathlib import Path

from vestnik.server.tls import make_self_signed


def write_certificate(path: Path, *names: str, days: int = 30) -> Path:
    """A file with a new certificate for `names` ("localhost", 127.0.0.1) and its key."""
    path.write_bytes(make_self_signed(names or ("localhost", "127.0.0.1"), days))
    return path


def believing(path: Path) -> ssl.SSLContext:
    """What a client needs that believes the certificate in a file, and no other."""
    return ssl.create_default_context(cafile=str(path))


def careless() -> ssl.SSLContext:
    """What a client needs that believes every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
