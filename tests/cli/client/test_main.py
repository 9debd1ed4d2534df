"""`vestnik client`, line by line."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, clean_environment, vestnik
from tests.support.waiting import DEADLINE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests, with the accounts anna and boris."""
    data = tmp_path_factory.mktemp("server")
    add_accounts(data, ["anna", "boris"], "secret")
    with ServerProcess(data, "--lang", "en") as made:
        yield made


def talk(
    server: ServerProcess, log: Path, lines: str, *more: str, user: str = "anna", password: str | None = "secret"
) -> subprocess.CompletedProcess[str]:
    """Run a client with these lines on its standard input."""
    arguments = ("client", "-p", str(server.port), "-u", user, "--log-dir", str(log), "--lang", "en", *more)
    done = vestnik(*arguments, stdin=lines, password=password)
    assert "Traceback" not in done.stderr
    return done


def test_a_session(server: ServerProcess, tmp_path: Path) -> None:
    """Lines are messages, commands are obeyed, blank lines are nothing; the exit code is 0."""
    done = talk(server, tmp_path, "/join #tea\n\nПривет\n   \n/to boris\nhello\n/help\n/leave #tea\n/quit\nnot sent\n")
    assert done.returncode == 0
    assert done.stdout.startswith("/join #room")
    journal = (tmp_path / "client.log").read_text("utf-8")
    assert "Sending message from anna to #tea: Привет\n" in journal
    assert "Sending message from anna to boris: hello\n" in journal
    assert "not sent" not in journal
    assert [line[24:] for line in done.stderr.splitlines()] == [line[24:] for line in journal.splitlines()]


@pytest.mark.parametrize(
    ("ending", "code"),
    [("<<<$'/help\\n/help' >/dev/full", 1), ("< <(yes /help) | head -1", 1), ("<&-", 0)],
    ids=["full", "pipe", "no input"],
)
def test_broken_streams(server: ServerProcess, tmp_path: Path, ending: str, code: int) -> None:
    """Output that nobody takes ends the client with one line and exit code 1; an input that is closed has no lines."""
    program = " ".join((*VESTNIK, "client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path)))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} --lang en {ending}"],
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(VESTNIK_PASSWORD="secret"),
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == code
    wrong = [line for line in done.stderr.splitlines() if " INFO " not in line]
    assert len(wrong) == code
    assert all("Standard output takes nothing any more: " in line for line in wrong)
    assert "Traceback" not in done.stderr


def test_last_line_without_newline(server: ServerProcess, tmp_path: Path) -> None:
    """A last line without a newline counts too."""
    assert talk(server, tmp_path, "/join #tea\nlast").returncode == 0
    assert "anna to #tea: last" in (tmp_path / "client.log").read_text("utf-8")


def test_lists_of_a_script(server: ServerProcess, tmp_path: Path) -> None:
    """Lists are lines of columns on standard output, and nothing else is there: neither answers nor changes."""
    lines = "/create #lists\n/topic Two parts\nOne\n/edit 1 Two\n/react 1 x\n/history\n/room\n/members\n/rooms parts\n"
    done = talk(server, tmp_path, lines)
    assert done.returncode == 0
    rows = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("boris → ")]
    assert [len(row) for row in rows] == [6, 13, 4, 6]
    history, room, members, rooms = rows
    assert (history[0], *history[2:]) == ("1", "anna", "#lists", "Two", "edited x=1")
    assert room[:8] == ["#lists", "1", "owner", "public", "", "Two parts", "members", ""]
    assert room[8:] == ["members", "", "members", "members", ""]
    assert members[:2] == ["anna", "owner"]
    assert rooms == room[:6]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("hello\n", "No conversation is chosen"),
        ("/dance\n", "There is no command /dance"),
        ("/join\n", "/join needs a name"),
        ("/leave\n", "/leave needs a name"),
        ("/to\n", "/to needs a name"),
        ("/create\n", "It goes like this: /create #room [private]"),
        ("/members\n", "No conversation is chosen"),
        ("/leave #nowhere\n", "400 Room #nowhere does not exist"),
    ],
)
def test_mistakes(server: ServerProcess, tmp_path: Path, lines: str, said: str) -> None:
    """A mistake is said, the lines after it are served, and the exit code is 1."""
    done = talk(server, tmp_path, lines + "/join #tea\nafter\n")
    assert done.returncode == 1
    assert said in done.stderr
    assert "anna to #tea: after" in done.stderr


def test_refused_login(server: ServerProcess, tmp_path: Path) -> None:
    """A refused login is an exit code of 1."""
    done = talk(server, tmp_path, "", user="nobody")
    assert done.returncode == 1
    assert "402 User nobody does not exist" in done.stderr


def test_password_is_needed(server: ServerProcess, tmp_path: Path) -> None:
    """Without a terminal and without the variable there is no password: a usage error that names the variable."""
    done = talk(server, tmp_path, "", password=None)
    assert done.returncode == 2
    assert "VESTNIK_PASSWORD" in done.stderr


def test_no_server(tmp_path: Path) -> None:
    """Where nobody listens, one CRITICAL line and exit code 1."""
    done = vestnik("client", "-p", "1", "-u", "anna", "--log-dir", str(tmp_path), password="secret")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line[24:].startswith("CRITICAL client")


def test_private_journal(server: ServerProcess, tmp_path: Path) -> None:
    """With `--no-journal-text` no message is journaled."""
    assert talk(server, tmp_path, "/to boris\nmumble\n", "--no-journal-text").returncode == 0
    assert "mumble" not in (tmp_path / "client.log").read_text("utf-8")


def test_input_that_is_no_text(server: ServerProcess, tmp_path: Path) -> None:
    """Bytes on standard input that are no UTF-8 end in exit code 1, without a raw traceback."""
    done = subprocess.run(
        [*VESTNIK, "client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path)],
        input=b"/join #tea\n\xff\xfe\n",
        capture_output=True,
        env=clean_environment(VESTNIK_PASSWORD="secret"),
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 1
    assert not [line for line in done.stderr.splitlines() if line.startswith(b"Traceback")]


class Talking:
    """A client whose standard input stays open."""

    def __init__(self, server: ServerProcess, log: Path, user: str) -> None:
        self.process = subprocess.Popen(
            [*VESTNIK, "client", "-p", str(server.port), "-u", user, "--log-dir", str(log), "--lang", "en"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environment(VESTNIK_PASSWORD="secret"),
        )
        self._killer = threading.Timer(DEADLINE, self.process.kill)
        self._killer.start()

    def wait_for(self, text: str) -> None:
        """Wait until a line of the journal on the screen has this text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return
        raise AssertionError(f"no {text!r}")

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def end(self, timeout: float = DEADLINE) -> tuple[int, str]:
        """Wait for the end, with standard input still open; exit code and what it printed."""
        try:
            code = self.process.wait(timeout)
            assert self.process.stdout is not None
            return code, self.process.stdout.read()
        finally:
            self._killer.cancel()
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                assert stream is not None
                stream.close()


def test_hearing(server: ServerProcess, tmp_path: Path) -> None:
    """What others send appears while the client waits for a line, made safe for the terminal."""
    boris = Talking(server, tmp_path / "boris", "boris")
    boris.type("/join #hall\n")
    boris.wait_for("joined room #hall")
    assert talk(server, tmp_path / "anna", "/join #hall\n\x1b[31mred\n").returncode == 0
    assert boris.process.stdout is not None
    heard = boris.process.stdout.readline()
    while "hall" not in heard:  # what anna wrote to boris before
        heard = boris.process.stdout.readline()
    assert heard == "anna → #hall: \\x1b[31mred\n"
    boris.type("/quit\n")
    assert boris.end()[0] == 0


def test_interrupt(server: ServerProcess, tmp_path: Path) -> None:
    """Ctrl-C ends a client that waits for a line, at once and with an exit code that says so."""
    client = Talking(server, tmp_path, "anna")
    client.wait_for("authenticated")
    client.process.send_signal(signal.SIGINT)
    assert client.end(5)[0] != 0


def test_server_goes(tmp_path: Path) -> None:
    """When the server goes, a client that waits for a line ends too, with exit code 1."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    with ServerProcess(tmp_path / "data") as own:
        client = Talking(own, tmp_path, "anna")
        client.wait_for("is authenticated")
    assert client.end(5)[0] == 1
