"""A server and clients that speak TLS, as people start them."""

import socket
from pathlib import Path

from tests.support.certificates import write_certificate
from tests.support.data import add_accounts
from tests.support.process import ServerProcess, vestnik

LINES = "/join #tea\nhello\n"


def talk(tmp_path: Path, port: int, *options: str) -> tuple[int, str]:
    """Say hello in a room; the exit code, and what was said of it."""
    done = vestnik(
        *("client", "-a", "localhost", "-p", str(port), "-u", "anna", "--lang", "en", *options),
        *("--log-dir", str(tmp_path / "log")),
        stdin=LINES,
        password="secret",
        XDG_STATE_HOME=str(tmp_path / "state"),
        XDG_CONFIG_HOME=str(tmp_path / "config"),
    )
    return done.returncode, done.stderr


def test_self_signed(tmp_path: Path) -> None:
    """The client remembers the certificate that the server has made, says so, and refuses another one loudly."""
    add_accounts(tmp_path / "data", ("anna",), "secret")
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", "self-signed") as server:
        code, said = talk(tmp_path, server.port, "--tls")
        assert (code, said.count("it is remembered")) == (0, 1), said
        code, said = talk(tmp_path, server.port, "--tls")
        assert (code, said.count("it is remembered")) == (0, 0), said
        port = server.port
    (tmp_path / "data" / "tls-self-signed.pem").unlink()
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", "self-signed", port=port) as server:
        code, said = talk(tmp_path, server.port, "--tls")
        assert code == 1
        assert "BEWARE!" in said
        found = said.partition("fingerprint is ")[2][:95]
        assert found in server.journal
        assert "login" not in server.journal
        assert talk(tmp_path, server.port, "--tls", "--pin", found)[0] == 0
        assert talk(tmp_path, server.port, "--tls")[0] == 0


def test_a_command_about_the_account(tmp_path: Path) -> None:
    """It says which certificate it remembers, as the client does."""
    add_accounts(tmp_path / "data", ("anna",), "secret")
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", "self-signed") as server:
        for count in (1, 0):
            done = vestnik(
                *(
                    "account",
                    "passwd",
                    "-a",
                    "localhost",
                    "-p",
                    str(server.port),
                    "-u",
                    "anna",
                    "--lang",
                    "en",
                    "--tls",
                ),
                *("--log-dir", str(tmp_path / "log")),
                stdin="wrong\nseven cold spoons\n",
                XDG_STATE_HOME=str(tmp_path / "state"),
                XDG_CONFIG_HOME=str(tmp_path / "config"),
            )
            assert (done.returncode, done.stderr.count("It is remembered")) == (1, count), done.stderr


def test_authority(tmp_path: Path) -> None:
    """With an authority's file nothing is asked and nothing is said; files may be replaced meanwhile."""
    add_accounts(tmp_path / "data", ("anna",), "secret")
    certificate = write_certificate(tmp_path / "cert.pem")
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", str(certificate)) as server:
        code, said = talk(tmp_path, server.port, "--tls", "--ca", str(certificate))
        assert (code, said.count("remembered")) == (0, 0), said
        write_certificate(certificate)
        server.wait_for("TLS: certificate", count=2)
        assert talk(tmp_path, server.port, "--tls", "--ca", str(certificate))[0] == 0


def test_no_tls(tmp_path: Path) -> None:
    """Who wants TLS of a server without a certificate is told what to do."""
    with ServerProcess(tmp_path / "data") as server:
        code, said = talk(tmp_path, server.port, "--tls")
        assert code == 1
        assert "--no-tls" in said


def test_wrong_options(tmp_path: Path) -> None:
    """A pin that is none, and authorities that cannot be read, are mistakes in the call."""
    with socket.socket() as unused:
        port = unused.getsockname()[1] or 7777
        assert talk(tmp_path, port, "--tls", "--pin", "12")[0] == 2
        assert talk(tmp_path, port, "--tls", "--ca", str(tmp_path / "none.pem"))[0] == 2
