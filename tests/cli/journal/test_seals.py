"""`vestnik journal verify` and `vestnik journal setup-keys`."""

import os
import pty
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.process import VESTNIK, ServerProcess, clean_environment
from tests.support.scribe import Scribe
from vestnik.cli.journal import seals
from vestnik.cli.main import main
from vestnik.log.sealing.findings import Report, What
from vestnik.log.sealing.keys import parse_key
from vestnik.texts import TEXTS


def call(*arguments: str, **environment: str) -> Result:
    """Run `vestnik` in this process."""
    variables: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("VESTNIK_"))
    return CliRunner().invoke(main, arguments, env=variables | environment, catch_exceptions=False)


def journal(directory: Path, *arguments: str, code: int = 0, lang: str = "en", **environment: str) -> Result:
    """Run a command on the journals in `directory`."""
    done = call("journal", *arguments, "--log-dir", str(directory), "--lang", lang, **environment)
    assert done.exit_code == code, done.output
    return done


def write(directory: Path, *lines: str, name: str = "server") -> Path:
    """A program writes these lines; the file with the text."""
    program = Scribe(directory, name)
    program.write(*lines)
    program.close()
    return next(directory.glob(f"{name}.log.2*"))


def set_up(directory: Path, *arguments: str) -> str:
    """The key of a new chain."""
    return journal(directory, "setup-keys", *arguments).stdout.strip()


def test_set_up_and_verify(tmp_path: Path) -> None:
    """The key is one line of its own, what to do with it stands beside; with it the journal is verified."""
    done = journal(tmp_path, "setup-keys")
    key = done.stdout.strip()
    assert parse_key(key).chain.startswith("k")
    assert done.stdout == f"{key}\n"
    assert "keep it on another machine" in done.stderr
    write(tmp_path, "one", "two")
    (tmp_path / "key").write_text(f"The key of our journal:\n{key}\nKeep it!\n")
    lines = journal(tmp_path, "verify", "--key-file", str(tmp_path / "key")).stdout.splitlines()
    assert lines[0] == f"Journal server in {tmp_path}"
    assert re.fullmatch(r"Seals 0 to 3 of chain k\w+, \S+ to \S+: checked with the verification key", lines[1])
    assert re.fullmatch(r"server\.jsonl\.\S+: (\d+) of \1 bytes under seals", lines[2])
    assert re.fullmatch(r"server\.log\.\S+: (\d+) of \1 bytes under seals", lines[3])
    assert lines[4:] == ["The journal is as it was written"]
    assert journal(tmp_path, "verify", VESTNIK_JOURNAL_KEY=key).stdout.splitlines() == lines


def test_first_bad_line(tmp_path: Path) -> None:
    """The first bad line is named with its file, in both languages, harmless for the terminal; the exit code is 1."""
    key = set_up(tmp_path)
    text = write(tmp_path, "one", "two", "three")
    text.write_bytes(text.read_bytes().replace(b"two", b"t\x1b[31mwo"))
    out = journal(tmp_path, "verify", code=1, VESTNIK_JOURNAL_KEY=key).stdout
    stamp = text.read_text().split(" INFO")[0]
    assert f"FOUND {text.name}:2: changed, it reads now: {stamp} INFO     t\\x1b[31mwo\n" in out
    assert out.endswith("The journal is NOT as it was written\n")
    out = journal(tmp_path, "verify", code=1, lang="ru", VESTNIK_JOURNAL_KEY=key).stdout
    assert f"НАЙДЕНО {text.name}:2: изменено, теперь здесь: " in out
    assert out.endswith("Журнал НЕ такой, каким был записан\n")


def test_cannot_be_checked(tmp_path: Path) -> None:
    """Without a key, without seals, without a directory: exit code 2 and the reason."""
    set_up(tmp_path)
    write(tmp_path, "one")
    out = journal(tmp_path, "verify", code=2).stdout
    assert "NOT CHECKED chain k" in out
    assert "needs its verification key: --key-file FILE or VESTNIK_JOURNAL_KEY" in out
    assert out.endswith("Nothing wrong was found, but not everything could be checked\n")
    assert "the journal has no seals" in journal(tmp_path, "verify", "client", code=2).stdout
    (tmp_path / "file").touch()
    done = call("journal", "verify", "--log-dir", str(tmp_path / "file"), "--lang", "en")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "file" in done.stderr
    bad = tmp_path / "bad.toml"
    bad.write_text("port = -1")
    assert "port" in journal(tmp_path, "verify", "--config", str(bad), code=2).stderr


def test_without_a_secret(tmp_path: Path) -> None:
    """A journal that nobody has set up is checked, and it is said what that is worth."""
    write(tmp_path, "one")
    out = journal(tmp_path, "verify").stdout
    assert "checked with a key that everybody knows" in out
    assert "Note: chain u" in out
    assert "vestnik journal setup-keys" in out


def test_bad_keys(tmp_path: Path) -> None:
    """A key that is mistyped, or a file without one, is a mistake in the call."""
    key = set_up(tmp_path)
    for bad in (f"{key[:-1]}x", "diary"):
        (tmp_path / "key").write_text(bad)
        done = journal(tmp_path, "verify", "--key-file", str(tmp_path / "key"), code=2)
        assert f"not a verification key: {tmp_path / 'key'}" in done.stderr
    assert "VESTNIK_JOURNAL_KEY" in journal(tmp_path, "verify", code=2, VESTNIK_JOURNAL_KEY="diary").stderr
    assert "nowhere" in journal(tmp_path, "verify", "--key-file", str(tmp_path / "nowhere"), code=2).stderr


def test_set_up_again(tmp_path: Path) -> None:
    """A key is not replaced by accident; when it is, both keys are needed, and given in one file."""
    first = set_up(tmp_path)
    write(tmp_path, "one")
    refused = journal(tmp_path, "setup-keys", code=1)
    assert (refused.stdout, "--new" in refused.stderr) == ("", True)
    second = set_up(tmp_path, "--new")
    write(tmp_path, "two")
    journal(tmp_path, "verify", code=2, VESTNIK_JOURNAL_KEY=second)
    journal(tmp_path, "verify", VESTNIK_JOURNAL_KEY=f"{first} {second}")


def test_names(tmp_path: Path) -> None:
    """Other journals are chosen by their names, or by a path: of the journal or of one of its files."""
    key = set_up(tmp_path, "client")
    text = write(tmp_path, "one", name="client")
    assert not list(tmp_path.glob("server*"))
    for name in ("client", str(tmp_path / "client"), str(text)):
        out = call("journal", "verify", name, "--log-dir", str(tmp_path), "--lang", "en", VESTNIK_JOURNAL_KEY=key)
        assert out.stdout.startswith(f"Journal client in {tmp_path}")
        assert out.exit_code == 0


def test_directory_is_made(tmp_path: Path) -> None:
    """A key can be made before the first start; where nothing can be written that is said."""
    set_up_in = tmp_path / "data" / "log"
    (tmp_path / "data").mkdir()
    done = call("journal", "setup-keys", "--data", str(tmp_path / "data"), "--lang", "en")
    assert done.exit_code == 0
    assert (set_up_in / "server.seals.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").touch()
    done = call("journal", "setup-keys", "--log-dir", str(tmp_path / "file" / "log"), "--lang", "en")
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(tmp_path / "file") in done.stderr


def test_key_is_asked_for(tmp_path: Path) -> None:
    """In a terminal the key is asked for and not shown; without one the rest is checked."""
    key = set_up(tmp_path)
    write(tmp_path, "one")
    for answer, code in ((key, 0), ("", 2)):
        shown, status = in_terminal(tmp_path, answer)
        assert "Verification key" in shown
        assert key not in shown
        assert status == code


def in_terminal(directory: Path, answer: str) -> tuple[str, int]:
    """Verify in a terminal, where somebody types `answer`; what is shown, and the exit code."""
    arguments = [*VESTNIK, "journal", "verify", "--log-dir", str(directory), "--lang", "en"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, arguments, clean_environment())
    shown = b""
    try:
        while b": " not in shown.rpartition(b"Verification key")[2] or b"Verification key" not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, f"{answer}\n".encode())
        while True:
            shown += os.read(terminal, 4096)
    except OSError:
        pass  # the terminal is closed: the command has ended
    finally:
        os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_beside_a_running_server(tmp_path: Path) -> None:
    """A server that runs seals its journal, goes on with a key made meanwhile, and the check knows that it runs."""
    logs = tmp_path / "log"
    with ServerProcess(tmp_path):
        key = set_up(logs)
        running = journal(logs, "verify", VESTNIK_JOURNAL_KEY=key).stdout
        assert "FOUND" not in running
    done = journal(logs, "verify", VESTNIK_JOURNAL_KEY=key).stdout
    assert done.endswith("The journal is as it was written\n")
    assert "not sealed yet" not in done
    assert done.count("Seals ") == 2


@pytest.mark.parametrize("state", ["with the state", "without"])
def test_seals_are_deleted_before_a_start(tmp_path: Path, state: str) -> None:
    """Who deletes all seals and edits lines before the next start is found out, with the key and without."""
    logs = tmp_path / "log"
    key = set_up(logs)
    with ServerProcess(tmp_path):
        pass
    for path in logs.glob("server.seals.2*" if state == "with the state" else "server.seals.*"):
        path.unlink()
    for path in [*logs.glob("server.log.2*"), *logs.glob("server.jsonl.2*")]:
        data = path.read_bytes().replace(b"127.0.0.1", b"127.0.0.2")
        path.write_bytes(data)
        path.with_name(path.name[:-10] + "2021-06-12").write_bytes(data)
    for _ in range(2):
        with ServerProcess(tmp_path):
            pass
        out = journal(logs, "verify", code=1, VESTNIK_JOURNAL_KEY=key).stdout
        assert out.endswith("The journal is NOT as it was written\n")
        assert journal(logs, "verify", code=1 if state == "with the state" else 2).stdout.count("2021-06-12") >= 2


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("what", What)
def test_every_finding_is_said(lang: str, what: What, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is found has its sentence, with everything that is known about it."""
    numbers = dict.fromkeys(("line", "last", "count", "size", "epoch"), 7)
    words = dict.fromkeys(("text", "time", "reason", "chain", "before", "pids", "first"), "word")
    report = Report("server")
    report.add(what, "file", **numbers, **words)
    monkeypatch.setattr(seals, "verify", lambda *_: report)
    arguments = ["--log-dir", str(tmp_path), "--lang", lang]
    shown = CliRunner().invoke(seals.verify_command, arguments, env=clean_environment(), catch_exceptions=False)
    assert shown.exit_code == report.code
    assert len(shown.stdout.splitlines()) == 3
    frames = {0: "cli.seals_note", 1: "cli.seals_found", 2: "cli.seals_not_checked"}
    frame, sentence = TEXTS[lang][frames[report.code]], TEXTS[lang][seals.SENTENCES[what]]
    used = {field: 7 if field in numbers else "word" for field in re.findall(r"\{(\w+)\}", sentence)}
    used |= {"file": "file", "lines": "7", "to": 7, "variable": "VESTNIK_JOURNAL_KEY"}
    assert shown.stdout.splitlines()[1] == frame.format(text=sentence.format(**used))


def test_a_key_is_recorded(tmp_path: Path) -> None:
    """A new key is an act of administration: it has its record, so has a refusal, and without one there is none."""
    set_up(tmp_path)
    journal(tmp_path, "setup-keys", code=1)
    set_up(tmp_path, "admin")
    set_up(tmp_path, "client")
    day = (tmp_path / "admin.log").resolve()
    lines = [line[24:] for line in day.read_text("utf-8").splitlines()]
    assert lines == [
        "INFO     admin      A new key for the seals of the journal server was made",
        "INFO     admin      A new key for the seals of the journal server was made",
        "ERROR    admin      Error! What the line before says was not done: The journal server has a key. --new makes "
        "another one; earlier seals still need the old one",
        "INFO     admin      A new key for the seals of the journal admin was made",
    ]
    day.rename(tmp_path / "aside")
    day.mkdir()
    state = (tmp_path / "server.seals.key").read_bytes()
    refused = journal(tmp_path, "setup-keys", "--new", code=1).output
    assert refused.startswith("Nothing was done, for the journal of administration (admin.log) cannot be written: ")
    assert (tmp_path / "server.seals.key").read_bytes() == state
