"""The listener: what it does with a connection follows the settings as they are when it comes."""

from pathlib import Path

import msgspec

from tests.server.doors.test_proxy_header import binary
from tests.support.app import running_app
from tests.support.certificates import believing, write_certificate
from tests.support.wire import Wire
from vestnik.server.tls import load_certificate


async def test_tls_from_now_on(tmp_path: Path) -> None:
    """TLS that is turned on by settings that are read anew holds for the connections that come from then on."""
    certificate = write_certificate(tmp_path / "cert.pem")
    async with running_app(tmp_path / "data", "anna") as app, await Wire.login(app.listener.port, "anna") as before:
        settings = msgspec.structs.replace(app.settings, tls=str(certificate))
        app.adopt(settings, load_certificate(settings))
        async with await Wire.connect(app.listener.port, tls=believing(certificate)) as wire:
            assert (await wire.authenticate("anna"))["response"] == 200
        assert await before.silent()


async def test_proxies_from_now_on(tmp_path: Path) -> None:
    """A proxy that is named by settings that are read anew is believed from then on."""
    async with running_app(tmp_path, "anna") as app:
        app.adopt(msgspec.structs.replace(app.settings, proxies="127.0.0.1"))
        async with await Wire.connect(app.listener.port, before=binary("203.0.113.7")) as wire:
            assert (await wire.authenticate("anna"))["response"] == 403
