"""`vestnik journal copy`."""

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.process import ServerProcess
from tests.support.proof import Proof
from tests.support.scribe import Scribe
from vestnik.cli.main import main


def journal(*arguments: str, code: int = 0, lang: str = "en", **environment: str) -> Result:
    """Run a command of `vestnik journal` in this process."""
    variables: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("VESTNIK_"))
    done = CliRunner().invoke(
        main, ["journal", *arguments, "--lang", lang], env=variables | environment, catch_exceptions=False
    )
    assert done.exit_code == code, done.output
    return done


def write(directory: Path, name: str = "server") -> Path:
    """A program writes a line; the file with the text."""
    program = Scribe(directory, name)
    program.write("one")
    program.close()
    return next(directory.glob(f"{name}.log.2*"))


def come_and_go(port: int, end: threading.Event) -> None:
    """Connects and disconnects, over and over, so that there is something to journal."""
    while not end.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b'{"action":"join","time":1,"room":"#tea"}\n')
            connection.recv(1024)


@pytest.mark.parametrize("stop", ["stopped", "killed"])
def test_of_a_running_server(tmp_path: Path, stop: str, proof: Proof) -> None:
    """A copy that is made in the midst of writing is in order, each time, and so is the journal afterwards."""
    logs = tmp_path / "log"
    key = journal("setup-keys", "--log-dir", str(logs)).stdout.strip()
    server = ServerProcess(tmp_path)
    end = threading.Event()
    clients = [threading.Thread(target=come_and_go, args=(server.port, end)) for _ in range(3)]
    for client in clients:
        client.start()
    try:
        for number in range(proof.number(200, 10)):
            target = tmp_path / f"copy {number % 2}"
            journal("copy", str(target), "--log-dir", str(logs))
            out = journal("verify", str(target / "server"), VESTNIK_JOURNAL_KEY=key).stdout
            assert out.endswith("The journal is as it was written\n")
    finally:
        end.set()
        for client in clients:
            client.join()
        server.stop() if stop == "stopped" else server.kill()
    journal("copy", str(tmp_path / "copy 0"), "--log-dir", str(logs))
    assert (tmp_path / "copy 0" / "server.log").read_bytes() == (logs / "server.log").read_bytes()
    for directory in (logs, tmp_path / "copy 0"):
        journal("verify", str(directory / "server"), VESTNIK_JOURNAL_KEY=key)


def test_what_is_said(tmp_path: Path) -> None:
    """Several journals are copied in one call; what was copied is said, in both languages."""
    size = write(tmp_path / "log").stat().st_size
    write(tmp_path / "log", "admin")
    lines = journal("copy", str(tmp_path / "copy"), "server", "admin", "--log-dir", str(tmp_path / "log")).stdout
    assert lines.startswith(f"Journal server copied to {tmp_path / 'copy'}: 3 files in all, ")
    assert "Journal admin copied" in lines
    again = journal("copy", str(tmp_path / "copy"), str(tmp_path / "log" / "server"), lang="ru").stdout
    assert again == f"Журнал server скопирован в {tmp_path / 'copy'}: всего файлов 3, новых байт 0\n"
    assert next((tmp_path / "copy").glob("server.log.2*")).stat().st_size == size


def test_what_cannot_be_copied(tmp_path: Path) -> None:
    """Where there is no journal, or it cannot be read or written, that is said: exit code 1."""
    assert "server" in journal("copy", str(tmp_path / "copy"), "--log-dir", str(tmp_path), code=1).stderr
    write(tmp_path / "log")
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "copy")
    assert "file" in journal("copy", place, "--log-dir", str(tmp_path / "log"), code=1).stderr
