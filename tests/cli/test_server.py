"""`vestnik server`."""

import os
import pty
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.support.certificates import write_certificate
from tests.support.data import make_data
from tests.support.process import VESTNIK, ServerProcess, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik.server.settings import load_settings

ROOT = Path(__file__).parents[2]


def refused(*arguments: str) -> list[str]:
    """Start a server that cannot start; what it says, without time stamps."""
    done = vestnik("server", "-a", "127.0.0.1", "-p", "0", "--lang", "en", *arguments)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return [line[24:] for line in done.stderr.splitlines()]


def test_start_and_stop(tmp_path: Path) -> None:
    """A server says where it is, journals its start, and ends with exit code 0 at SIGTERM."""
    server = ServerProcess(tmp_path, "--lang", "en", fresh=True)
    assert server.port > 0
    assert f"Server started at 127.0.0.1:{server.port}" in server.journal
    assert (tmp_path / "vestnik.lock").read_text() == str(server.pid)
    assert server.stop() == 0
    assert (tmp_path / "vestnik.lock").read_text() == ""
    assert oct((tmp_path / "log").stat().st_mode & 0o777) == "0o750"


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends it in good order."""
    server = ServerProcess(tmp_path)
    server.signal(signal.SIGINT)
    assert server.wait() == 0


def test_after_a_crash(tmp_path: Path) -> None:
    """After a crash the next start says so and works."""
    crashed = ServerProcess(tmp_path)
    crashed.kill()
    with ServerProcess(tmp_path, "--lang", "en") as server:
        assert server.port > 0
        assert f"The previous run (process {crashed.pid}) did not end properly" in server.journal


def test_second_server(tmp_path: Path) -> None:
    """A second server on the same data is refused and names the first; on the same port it names the address."""
    with ServerProcess(tmp_path / "one") as server:
        (line,) = refused("--data", str(tmp_path / "one"))
        assert line.startswith("CRITICAL server     Error! Another server")
        assert f"(process {server.pid})" in line
        (line,) = refused("--data", str(tmp_path / "two"), "-p", str(server.port))
        assert line == f"CRITICAL server     Error! Address 127.0.0.1:{server.port} is already in use"


def test_bad_surroundings(tmp_path: Path) -> None:
    """Settings, data and directories that cannot be used are one CRITICAL line each, and exit code 1."""
    (tmp_path / "bad.toml").write_text("[limits]\nnmae = 1")
    data = ("--data", str(tmp_path / "data"))
    (line,) = refused(*data, "--config", str(tmp_path / "bad.toml"))
    assert line.startswith("CRITICAL server     Error!")
    assert "limits.nmae" in line
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "vestnik.db").write_text("diary" * 100)
    (line,) = refused(*data)
    assert "is not a Vestnik database" in line
    (line,) = refused("--data", str(tmp_path / "bad.toml" / "data"))
    assert line.startswith("CRITICAL server     Error! Cannot write to ")


@pytest.mark.parametrize("data", ["~nobody-has-this-name"])
def test_impossible_directory(data: str) -> None:
    """A home directory of nobody is one CRITICAL line too."""
    (line,) = refused("--data", data)
    assert line.startswith("CRITICAL server")


def test_environment(tmp_path: Path) -> None:
    """Options have variables, and the command line goes before them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = vestnik(
            "server",
            "--lang",
            "en",
            VESTNIK_ADDRESS="127.0.0.1",
            VESTNIK_PORT=port,
            VESTNIK_DATA=str(tmp_path),
            VESTNIK_LANG="ru",
        )
    assert done.returncode == 1
    assert f"Address 127.0.0.1:{port} is already in use" in done.stderr


def test_hanging_up(tmp_path: Path) -> None:
    """SIGHUP reads the settings file again; what is wrong with it changes nothing, and neither ends the server."""
    with ServerProcess(tmp_path, "--lang", "en") as server:
        config = tmp_path / "test.toml"
        config.write_text("backlog = 7\n[limits]\ntext = 10")
        server.signal(signal.SIGHUP)
        server.wait_for("Settings read anew, changed: limits.text")
        server.wait_for("These settings change when the server is started anew: backlog")
        config.write_text("txet = 10")
        server.signal(signal.SIGHUP)
        server.wait_for("ERROR    server     Error! There is no setting txet. The settings stay as they were")
        config.unlink()
        server.signal(signal.SIGHUP)
        server.wait_for("The settings stay as they were", count=2)
        assert server.stop() == 0
        assert server.lines[-1].endswith("INFO     server     Server stopped")


def test_the_end_is_journaled_after_everything_else(tmp_path: Path) -> None:
    """A stop in good order is the last line at the usual level, and not there after a crash."""
    with ServerProcess(tmp_path, "--lang", "en") as server:
        server.stop()
        assert server.journal.splitlines()[-1][24:] == "INFO     server     Server stopped"
    with ServerProcess(tmp_path, "--lang", "en") as killed:
        killed.kill()
        assert killed.journal.count("Server stopped") == 1


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_early_signals(tmp_path: Path, number: signal.Signals) -> None:
    """A signal that comes before the server is ready ends nothing."""
    make_data(tmp_path)
    with closing(sqlite3.connect(tmp_path / "vestnik.db")) as database:
        database.execute("BEGIN EXCLUSIVE")  # the start waits for it
        command = (*VESTNIK, "server", "-a", "127.0.0.1", "-p", "0", "--data", str(tmp_path))
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=clean_environment()) as process:
            lock = tmp_path / "vestnik.lock"
            while not (lock.exists() and lock.read_text()):
                assert process.poll() is None
            process.send_signal(number)
            database.rollback()
            while "Сервер запущен" not in started(tmp_path):
                assert process.poll() is None
            process.terminate()
            assert process.wait(DEADLINE) == 0


def started(data: Path) -> str:
    """What a server that has just been started has journaled so far."""
    journal = data / "log" / "server.log"
    return journal.read_text("utf-8") if journal.exists() else ""


@pytest.mark.parametrize("gone", ["reader", "disk"])
def test_nobody_reads(tmp_path: Path, gone: str) -> None:
    """A standard output that takes nothing does not end the server: a line says so."""
    if gone == "reader":
        read, write = os.pipe()
        os.close(read)
    else:
        write = os.open("/dev/full", os.O_WRONLY)
    try:
        with ServerProcess(tmp_path, "--lang", "en", stdout=write) as server:
            server.wait_for("WARNING  server     Nothing can be written to standard output: ")
            assert server.stop() == 0
    finally:
        os.close(write)


def test_no_standard_streams(tmp_path: Path) -> None:
    """Started without any of them it works, and none of its files is taken for one."""
    make_data(tmp_path)
    command = shlex.join([*VESTNIK, "server", "-a", "127.0.0.1", "-p", "0", "--data", str(tmp_path)])
    shell = ["sh", "-c", f"exec {command} <&- >&- 2>&-"]
    with subprocess.Popen(shell, env=clean_environment()) as process:
        while "Сервер запущен" not in started(tmp_path):
            assert process.poll() is None
        for fd in range(3):
            assert Path(f"/proc/{process.pid}/fd/{fd}").readlink() == Path(os.devnull)
        process.terminate()
        assert process.wait(DEADLINE) == 0


def test_a_paused_terminal(tmp_path: Path) -> None:
    """Who pauses the terminal in which it starts makes nobody wait."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with suppress(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    try:
        with ServerProcess(tmp_path, stdout=write) as server:
            assert vestnik("user", "--data", str(tmp_path), "list").returncode == 0
            assert server.stop() == 0
    finally:
        os.close(read)
        os.close(write)


def said(tmp_path: Path, *arguments: str, **environment: str) -> str:
    """What a server prints for whoever started it, at the free port of 0."""
    with (tmp_path / "said").open("wb") as stdout:
        server = ServerProcess(tmp_path / "data", "--lang", "en", *arguments, environment=environment, stdout=stdout)
        server.stop()
    return (tmp_path / "said").read_text("utf-8")


def test_passwords_in_clear(tmp_path: Path) -> None:
    """Who listens where others can reach it is told in one line that their passwords are not taken without TLS."""
    assert said(tmp_path, "-a", "").count("passwords from other machines are not taken") == 1
    everywhere = said(tmp_path, "-a", "0.0.0.0")
    assert everywhere.count("passwords from other machines are not taken") == 1
    assert "client -a 127.0.0.1 -p" in everywhere
    assert "are not taken" not in said(tmp_path, "-a", "127.0.0.1")
    assert "are not taken" not in said(tmp_path, "-a", "localhost")


def test_passwords_that_may_travel_in_clear(tmp_path: Path) -> None:
    """Who lets passwords travel in clear is told so."""
    with (tmp_path / "said").open("wb") as stdout:
        toml = "plain_passwords = true"
        ServerProcess(tmp_path / "data", "--lang", "en", "-a", "", toml=toml, stdout=stdout).stop()
    assert (tmp_path / "said").read_text("utf-8").count("passwords travel in clear") == 1


def test_own_certificate(tmp_path: Path) -> None:
    """A server that has made its certificate itself says its fingerprint, and says nothing of passwords."""
    found = said(tmp_path, "-a", "0.0.0.0", "--tls", "self-signed")
    assert re.search(r"Fingerprint .*: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}$", found, re.MULTILINE)
    assert "are not taken" not in found


def test_bad_certificate(tmp_path: Path) -> None:
    """A certificate that cannot be used is no start."""
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", str(tmp_path / "none.pem")) as server:
        assert server.wait() == 1
        assert "CRITICAL server     Error! Cannot read" in server.lines[-1]


def test_certificates_are_reloaded(tmp_path: Path) -> None:
    """At SIGHUP a replaced certificate is taken, and one that is of no use is not."""
    certificate = write_certificate(tmp_path / "cert.pem")
    with ServerProcess(tmp_path / "data", "--lang", "en", "--tls", str(certificate)) as server:
        write_certificate(certificate)
        server.signal(signal.SIGHUP)
        server.wait_for("TLS: certificate", count=2)
        certificate.write_bytes(b"")
        server.signal(signal.SIGHUP)
        server.wait_for("The settings stay as they were")


def test_default_address(tmp_path: Path) -> None:
    """What `make run` gives holds where neither option, variable nor file says anything, be it "all addresses"."""
    default = {"address": "127.0.0.2"}
    (tmp_path / "one.toml").write_text("port = 1")
    (tmp_path / "all.toml").write_text('address = ""')
    assert load_settings(tmp_path / "one.toml", {"address": None}, default).address == "127.0.0.2"
    assert load_settings(tmp_path / "one.toml", {"address": "::1"}, default).address == "::1"
    assert load_settings(tmp_path / "one.toml", {"address": ""}, default).address == ""
    assert load_settings(tmp_path / "all.toml", {}, default).address == ""
    run = re.search(r"^run:.*\n\t@(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert run is not None
    assert run[1].endswith("--default-address 127.0.0.1 $(ARGS)")


def test_too_few_descriptors(tmp_path: Path) -> None:
    """A process that may open next to nothing says so in one CRITICAL line."""
    command = shlex.join([*VESTNIK, "server", "-a", "127.0.0.1", "-p", "0", "--lang", "en", "--data", str(tmp_path)])
    done = subprocess.run(
        ["sh", "-c", f"ulimit -n 30; exec {command}"],
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.endswith("CRITICAL server     Error! The process may have 30 descriptors, and needs at least 48")


def test_a_closed_terminal(tmp_path: Path) -> None:
    """A server goes on without the terminal in which it was started, and a signal still ends it in good order."""
    make_data(tmp_path)
    master, slave = pty.openpty()
    command = [*VESTNIK, "server", "-a", "127.0.0.1", "-p", "0", "--data", str(tmp_path), "--lang", "en"]
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=clean_environment()
    ) as process:
        os.close(slave)
        while "Server started" not in started(tmp_path):
            assert process.poll() is None
        os.close(master)
        process.send_signal(signal.SIGHUP)  # as the session gets it then
        while "Settings read anew" not in started(tmp_path):
            assert process.poll() is None
        assert vestnik("user", "--data", str(tmp_path), "list").returncode == 0
        process.terminate()
        assert process.wait(DEADLINE) == 0
    assert "Server stopped" in started(tmp_path)
