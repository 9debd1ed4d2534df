"""Keys at the prompt of `vestnik client`, typed in a real terminal."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, vestnik
from tests.support.terminal import Terminal
from vestnik.cli.client.keys import MAX_PASTE

WITH_JOBS = "import fcntl, os, termios;fcntl.ioctl(0, termios.TIOCSCTTY, 0);os.execvp('sh', ['sh', '-i'])"
"""A program that becomes a shell which can stop what it runs, and let it go on."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data of a server with two accounts."""
    add_accounts(tmp_path / "data", ["anna", "boris"], "secret")
    return tmp_path / "data"


def command(server: ServerProcess, tmp_path: Path, lang: str = "en") -> list[str]:
    """The command line of anna's client."""
    return [*VESTNIK, "client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path), "--lang", lang]


def client(server: ServerProcess, tmp_path: Path, lang: str = "en") -> Terminal:
    """Anna's client, with Boris as the chosen conversation."""
    state = str(tmp_path / "state")
    made = Terminal(command(server, tmp_path, lang), VESTNIK_PASSWORD="secret", XDG_STATE_HOME=state)
    made.wait_for("anna → ?>")
    made.type("/to boris\r")
    made.wait_for("boris>")
    return made


def kept(server: ServerProcess, tmp_path: Path) -> list[str]:
    """The texts that Boris has got from Anna, as scripts see them."""
    arguments = ("client", "-p", str(server.port), "-u", "boris", "--log-dir", str(tmp_path / "boris"))
    found = vestnik(*arguments, stdin="/history anna\n", password="secret").stdout.splitlines()
    return [line.split("\t")[4] for line in found if "\t" in line]


def test_ctrl_c(data: Path, tmp_path: Path) -> None:
    """Ctrl-C clears the line, which Ctrl-Y brings back, and says that it quits when it is typed again."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        anna.type("half a thought\x03")
        anna.wait_for("Ctrl-C again quits")
        anna.type("Whole\r")
        anna.wait_for("anna │ Whole")
        anna.type("taken\x03\x19 back\r")
        anna.wait_for("anna │ taken back")
        anna.type("\x03a\x03b\r")  # other keys in between: nobody leaves
        anna.wait_for("anna │ b")
        anna.type("unsaid\x03\x03")
        assert anna.wait() == 0
        assert kept(server, tmp_path) == ["Whole", "taken back", "b"]


def test_new_lines(data: Path, tmp_path: Path) -> None:
    """Alt-Enter begins a line in the message; commands whose argument is a text may have several, too."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        anna.type("one\x1b\rtwo\x1b\r\x1b\r  three\r")
        seen = anna.wait_for("three")
        anna.type("/reply 1 four\x1b\rfive\r")
        anna.wait_for("five", after=seen)
        assert anna.leave() == 0
        assert kept(server, tmp_path) == ["one\\ntwo\\n\\n  three", "four\\nfive"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_paste(end: str, data: Path, tmp_path: Path) -> None:
    """What is pasted is one message, however many lines it has, and only Enter sends it."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        anna.type(f"\x1b[200~one{end}/two{end}three{end}\x1b[201~")
        anna.wait_for("three")
        anna.type("\x03\x1b[200~four" + end + "five\x1b[201~!\r")
        anna.wait_for("five!")
        assert anna.leave() == 0
        assert kept(server, tmp_path) == ["four\\nfive!"]


def test_too_much_is_pasted(data: Path, tmp_path: Path) -> None:
    """What no server would take is not taken by the line, and that is said in the client's language."""
    with ServerProcess(data) as server, client(server, tmp_path, "ru") as anna:
        anna.type("\x1b[200~")
        for _ in range(MAX_PASTE // 1024):
            anna.type("x" * 1024)
        anna.type("y\x1b[201~")
        anna.wait_for(f"Вставлено знаков: {MAX_PASTE + 1}")
        anna.type("short\r")
        anna.wait_for("anna │ short")
        assert anna.leave() == 0


def test_ctrl_z(data: Path, tmp_path: Path) -> None:
    """Ctrl-Z gives the terminal back to the shell, and the conversation goes on when the shell says so."""
    with (
        ServerProcess(data, "--lang", "en") as server,
        Terminal([sys.executable, "-c", WITH_JOBS], VESTNIK_PASSWORD="secret", XDG_STATE_HOME=str(tmp_path)) as shell,
    ):
        shell.type(" ".join(command(server, tmp_path)) + "\r")
        shell.wait_for("anna → ?>")
        shell.type("/to boris\r")
        shell.wait_for("boris>")
        shell.type("half\x1a")
        stopped = shell.wait_for("Stopped")
        shell.type("echo here $((40 + 2))\r")
        again = shell.wait_for("here 42", after=stopped)
        shell.type("fg\r")
        shell.wait_for("anna → boris> half", after=again)
        shell.type(" a thought\r")
        shell.wait_for("anna │ half a thought", after=again)


def test_keys_at_the_password(data: Path, tmp_path: Path) -> None:
    """There Ctrl-Z suspends, too, and a password may be pasted with the end of its line; neither is a part of it."""
    with (
        ServerProcess(data, "--lang", "en") as server,
        Terminal([sys.executable, "-c", WITH_JOBS], XDG_STATE_HOME=str(tmp_path)) as shell,
    ):
        shell.type(" ".join(command(server, tmp_path)) + "\r")
        shell.wait_for("Password of anna")
        shell.type("sec\x1a")
        stopped = shell.wait_for("Stopped")
        shell.type("fg\r")
        shell.wait_for("Password of anna", after=stopped)
        shell.type("\x1b[200~ret\r\n\x1b[201~\r")
        shell.wait_for("anna → ?>", after=stopped)


@pytest.mark.parametrize("key", ["\x1ba", "\x1bф"])
def test_alt_a(key: str, data: Path, tmp_path: Path) -> None:
    """Alt-A goes to what is unread, and what was begun meanwhile is there again when one comes back."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        anna.type("/create #tea\r")
        anna.wait_for("#tea>")
        arguments = ("client", "-p", str(server.port), "-u", "boris", "--log-dir", str(tmp_path / "boris"))
        vestnik(*arguments, stdin="/to anna\nAre you there?\n", password="secret")
        before = anna.wait_for("Are you there?")
        anna.type("half" + key)
        before = anna.wait_for("boris>", after=before)
        anna.type("Yes\r")
        before = anna.wait_for("Yes", after=before)
        anna.type("/to #tea\r")
        before = anna.wait_for("#tea> half", after=before)
        anna.type(" a thought" + key)
        anna.wait_for("Everything is read in other conversations", after=before)
        anna.type("\r")
        anna.wait_for("half a thought", after=before)
        anna.type("/history #tea\r")
        assert anna.leave() == 0
        assert kept(server, tmp_path) == ["Are you there?", "Yes"]


def test_lines_typed_for_nobody(data: Path, tmp_path: Path) -> None:
    """What was typed for somebody who turns out not to be there does not go to whoever was chosen before."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        server.signal(signal.SIGSTOP)  # so that the answer comes when all of it is typed
        anna.type("/to nobody\rSecret of nobody\rAnother one\r/to boris\rHello\r")
        anna.wait_for("anna → boris> /to boris", after=anna.wait_for("/to nobody"))
        server.signal(signal.SIGCONT)
        anna.wait_for("Not sent, nobody was chosen: Secret of nobody")
        anna.wait_for("anna │ Hello")
        assert anna.leave() == 1
        assert kept(server, tmp_path) == ["Hello"]


def test_ended_from_outside(data: Path, tmp_path: Path) -> None:
    """A client that is told to end leaves like somebody who has typed that; SIGINT is a Ctrl-C."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        anna.type("half a thought")
        anna.wait_for("half a thought")
        anna.process.send_signal(signal.SIGINT)
        anna.wait_for("Ctrl-C again quits")
        anna.type("Whole\r")
        anna.wait_for("anna │ Whole")
        anna.process.send_signal(signal.SIGTERM)
        assert anna.wait() == 0
        assert kept(server, tmp_path) == ["Whole"]


def test_tab(data: Path, tmp_path: Path) -> None:
    """Tab completes the name of somebody who has an account and never was there."""
    add_accounts(data, ["clara b"], "secret")
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path) as anna:
        while "looked at who is there (3)" not in "".join(
            day.read_text("utf-8") for day in tmp_path.glob("client.log.*")
        ):
            assert anna.process.poll() is None
        anna.type("/to cl\t")
        anna.wait_for("clara b")
        anna.type("\r")
        anna.wait_for("clara b>")
        anna.type("Good to see you\r")
        anna.wait_for("anna │ Good to see you")
        assert anna.leave() == 0
