"""Certificates: out of files, made by the server, and replaced while it runs."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.app import journal_lines, running_app
from tests.support.certificates import believing, write_certificate
from tests.support.wire import Wire
from vestnik.server.settings import Settings
from vestnik.server.tls import OWN_FILE, TlsBad, load_certificate


def settings(data: Path, tls: Path | str, key: Path | str = "") -> Settings:
    """Settings with TLS."""
    return Settings(data=str(data), tls=str(tls), tls_key=str(key))


def split(path: Path) -> tuple[Path, Path]:
    """The certificate and the key of a file that has both, in files of their own."""
    key, _, certificate = path.read_bytes().partition(b"-----BEGIN CERTIFICATE-----")
    parts = path.with_suffix(".crt"), path.with_suffix(".key")
    parts[0].write_bytes(b"-----BEGIN CERTIFICATE-----" + certificate)
    parts[1].write_bytes(key)
    return parts


def test_none(tmp_path: Path) -> None:
    """Without a certificate there is no TLS."""
    assert load_certificate(settings(tmp_path, "")) is None


def test_one_file_or_two(tmp_path: Path) -> None:
    """Certificate and key are in one file or in two."""
    whole = write_certificate(tmp_path / "whole.pem")
    one, two = load_certificate(settings(tmp_path, whole)), load_certificate(settings(tmp_path, *split(whole)))
    assert one is not None
    assert two is not None
    assert one.fingerprint == two.fingerprint
    assert len(one.fingerprint) == 95
    assert timedelta(days=29) < one.expires - datetime.now(UTC) < timedelta(days=31)


def test_self_signed(tmp_path: Path) -> None:
    """The server makes a certificate itself, which only it may read, and has the same after a restart."""
    first, second = (load_certificate(settings(tmp_path, "self-signed")) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.fingerprint == second.fingerprint
    assert first.self_signed
    assert stat.S_IMODE((tmp_path / OWN_FILE).stat().st_mode) == 0o600


def test_bad_files(tmp_path: Path) -> None:
    """What cannot be used is said with the file that is wrong."""
    certificate, key = split(write_certificate(tmp_path / "a.pem"))
    other_key = split(write_certificate(tmp_path / "b.pem"))[1]
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    locked = tmp_path / "locked.key"
    found = serialization.load_pem_private_key(key.read_bytes(), None)
    locked.write_bytes(
        found.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    torn = tmp_path / "torn.pem"
    torn.write_bytes(certificate.read_bytes().replace(b"MII", b"AII", 1))
    for tls, tls_key, event, path in (
        (tmp_path / "none.pem", key, "server.tls_unreadable", "none.pem"),
        (tmp_path, key, "server.tls_unreadable", tmp_path.name),
        (certificate, tmp_path / "none.key", "server.tls_unreadable", "none.key"),
        (empty, key, "server.tls_not_pem", "empty.pem"),
        (certificate, empty, "server.tls_not_pem", "empty.pem"),
        (certificate, "", "server.tls_not_pem", "a.crt"),
        (certificate, locked, "server.tls_key_locked", "locked.key"),
        (certificate, other_key, "server.tls_key_differs", "b.key"),
    ):
        with pytest.raises(TlsBad) as caught:
            load_certificate(settings(tmp_path, tls, tls_key))
        assert caught.value.event == event, caught.value
        assert path in str(caught.value)
    with pytest.raises(TlsBad):
        load_certificate(settings(tmp_path, torn, key))


async def test_replaced_files(tmp_path: Path) -> None:
    """A certificate whose files are replaced is taken without a restart, as soon as both belong together."""
    one, two = write_certificate(tmp_path / "one.pem"), write_certificate(tmp_path / "two.pem")
    used, key = split(write_certificate(tmp_path / "used.pem"))
    async with running_app(tmp_path / "data", "anna", tls=str(used), tls_key=str(key), lang="en") as app:
        for new in (one, two):
            parts = split(new)
            used.write_bytes(parts[0].read_bytes())
            await app.renewal.look()
            await app.renewal.look()
            key.write_bytes(parts[1].read_bytes())
            await app.renewal.look()
            await app.renewal.look()
            async with await Wire.connect(app.listener.port, tls=believing(new)) as wire:
                assert (await wire.authenticate("anna"))["response"] in {200, 202}
        lines = journal_lines(app)
    assert sum("The new TLS certificate is not taken" in line for line in lines) == 2
    assert sum("TLS: certificate" in line for line in lines) == 3


async def test_gone_files(tmp_path: Path) -> None:
    """A certificate whose files are gone goes on."""
    certificate = write_certificate(tmp_path / "cert.pem")
    context = believing(certificate)
    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        certificate.unlink()
        await app.renewal.look()
        async with await Wire.connect(app.listener.port, tls=context) as wire:
            assert (await wire.authenticate("anna"))["response"] == 202


async def test_ending(tmp_path: Path) -> None:
    """A certificate that ends soon is said once."""
    certificate = write_certificate(tmp_path / "cert.pem", days=3)
    async with running_app(tmp_path / "data", tls=str(certificate), lang="en") as app:
        await app.renewal.look()
        assert sum(" ends at " in line for line in journal_lines(app)) == 1
