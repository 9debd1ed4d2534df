"""`/totp`: a second factor in the terminal."""

import re
from pathlib import Path

import pyotp

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess
from tests.support.team import Setting, team
from tests.support.terminal import Terminal
from vestnik.cli.client.totp import qr_lines
from vestnik.secret import Secret


def test_qr_code() -> None:
    """The code is a square with a light border, two rows in each line."""
    lines = qr_lines(Secret("otpauth://totp/Vestnik:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vestnik"))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) == (len(lines[0]) + 1) // 2
    assert set(lines[0]) == {"█"}
    assert set("".join(lines)) == set("█▀▄ ")


async def test_in_a_script(setting: Setting) -> None:
    """A script is told whether there is a second factor; to change that somebody has to sit there."""
    async with team(*setting) as made:
        assert await made.type("anna", "/totp") == [["off", "0"]]
        for line in ("/totp on", "/totp off", "/totp codes", "/totp x"):
            await made.refused("anna", line)


def test_in_a_terminal(tmp_path: Path) -> None:
    """A second factor is set up with a QR code, the next login asks for a code, and a recovery code takes it off."""
    add_accounts(tmp_path / "server", ["anna"], "secret")
    places = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    with ServerProcess(tmp_path / "server") as server:
        command = [*VESTNIK, "client", "-p", str(server.port), "-u", "anna", "--lang", "en", "--no-remember"]
        command += ["--log-dir", str(tmp_path / "log")]
        with Terminal(command, **places) as anna:
            anna.wait_for("Password of anna")
            anna.type("secret\r")
            anna.wait_for("anna → ?>")
            anna.type("/totp on\r")
            at = anna.wait_for("Password of anna", after=anna.wait_for("> /totp on"))
            anna.type("secret\r")
            at = anna.wait_for("type the key into it: ", after=at)
            at = anna.wait_for("The code that the authenticator shows", after=at)
            key = re.search(r"into it: ([A-Z2-7]{32})", anna.seen)
            assert key is not None
            anna.type(f"{pyotp.TOTP(key[1]).now()}\r")
            at = anna.wait_for("they are not shown again", after=at)
            anna.wait_for("anna → ?>", after=at)
            codes = re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", anna.seen)
            anna.type("/quit\r")
            assert anna.wait() == 0
        with Terminal(command, **places) as anna:
            anna.wait_for("Password of anna")
            anna.type("secret\r")
            at = anna.wait_for("Code of the authenticator, or a recovery code")
            anna.type(f"{codes[0]}\r")
            at = anna.wait_for("You are logged in as anna", after=at)
            at = anna.wait_for("anna → ?>", after=at)
            anna.type("/totp off\r")
            at = anna.wait_for("Password of anna", after=at)
            anna.type("secret\r")
            at = anna.wait_for("Code of the authenticator", after=at)
            anna.type(f"{codes[1]}\r")
            anna.wait_for("User anna logs in without a code again", after=at)
            anna.type("/quit\r")
            assert anna.wait() == 0
    journal = "".join(path.read_text("utf-8") for path in (tmp_path / "log").glob("*.log"))
    assert not any(secret in journal for secret in ("secret", key[1], *codes))
