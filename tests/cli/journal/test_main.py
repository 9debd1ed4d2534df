"""`vestnik journal`: what is shown, and what is said about what cannot be."""

import json
import os
import pty
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.pages import at, json_of, record, text_of, write
from tests.support.process import VESTNIK, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik.cli.journal.main import SUBCOMMANDS
from vestnik.cli.main import main

pytestmark = pytest.mark.usefixtures("utc")
TRACEBACK = 'Traceback (most recent call last):\n  File "x", line 1\nValueError: \x1b[31mx'
RECORDS = [
    record(at(0), "connection.opened", "Client connected", connection="7", ip="10.0.0.1", port=50_001),
    record(at(1), "login.accepted", "202: hello", code=202, connection="7", request=1, account="Анна"),
    record(at(2), "room.joined", "200: joined", code=200, connection="7", request=2, account="Анна", room="#чат"),
    record(at(3), "room.unknown", "404: no", code=404, level="ERROR", connection="8", request=2, room="#none"),
    record(at(4), "request.failed", "It failed", level="ERROR", connection="8", error="x", traceback=TRACEBACK),
    record(at(86_400), None, "An\x1b[31m audit", level="WARNING", logger="audit"),
]


def run(directory: Path, *arguments: str, code: int = 0, env: dict[str, str] | None = None) -> Result:
    """Run `vestnik journal` in this process, in English, in UTC."""
    found = CliRunner().invoke(
        main,
        ["journal", *arguments, "--log-dir", str(directory), "--lang", "en"],
        env={name: None for name in os.environ if name.startswith("VESTNIK_")} | (env or {}),
    )
    assert found.exit_code == code, found.output
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found


def messages(directory: Path, *arguments: str) -> list[str]:
    """The sentences that are shown."""
    return [json.loads(line)["message"] for line in run(directory, *arguments, "--json").stdout.splitlines()]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """The journal of a server in both forms, the first day compressed."""
    write(tmp_path, RECORDS[:5], packed=True)
    write(tmp_path, RECORDS[5:])
    return tmp_path


def test_text_is_that_of_the_journal(logs: Path) -> None:
    """Without options, and not in a terminal, it is what the text journal has, byte for byte."""
    assert run(logs).stdout_bytes == b"".join(text_of(each) + b"\n" for each in RECORDS)
    assert run(logs, "show", "server").stdout == run(logs, "server").stdout == run(logs).stdout


def test_json_is_what_is_stored(logs: Path) -> None:
    """`--json` gives the lines as they are; of a text journal, what can be told."""
    assert run(logs, "--json").stdout_bytes.splitlines()[:4] == [json_of(each) for each in RECORDS[:4]]
    for path in logs.glob("server.jsonl*"):
        path.unlink()
    lines = [json.loads(line) for line in run(logs, "--json").stdout.splitlines()]
    assert lines[0] == {
        "time": "2026-11-22T10:00:00.000000+00:00",
        "level": "INFO",
        "logger": "server",
        "message": "Client connected",
    }
    assert lines[-1]["message"] == "An\x1b[31m audit"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--since", "2026-11-22 10:00:03"], [3, 4, 5]),
        (["--until", "2026-11-22T10:00:03Z"], [0, 1, 2]),
        (["--since", "2026-11-22 10:00:01", "--until", "2026-11-22 10:00:04"], [1, 2, 3]),
        (["--since", "2026-11-23"], [5]),
        (["--level", "warning"], [3, 4, 5]),
        (["--level", "ERROR"], [3, 4]),
        (["--logger", "audit"], [5]),
        (["--account", "АННА"], [1, 2]),
        (["--room", "#ЧАТ"], [2]),
        (["--room", "чат"], [2]),
        (["--connection", "7"], [0, 1, 2]),
        (["--request", "2"], [2, 3]),
        (["--request", "8-2"], [3]),
        (["--request", "2", "--connection", "7"], [2]),
        (["--code", "404"], [3]),
        (["--event", "room.*"], [2, 3]),
        (["--event", "room.joined"], [2]),
        (["--text", "valueERROR"], [4]),
        (["--text", "^20[02]:", "--regex"], [1, 2]),
        (["-n", "2"], [4, 5]),
        (["-n", "1", "--code", "202"], [1]),
        (["-n", "0"], []),
        (["--account", "nobody"], []),
    ],
)
def test_filters(logs: Path, arguments: list[str], shown: list[int]) -> None:
    """Each option does what its help says."""
    assert messages(logs, *arguments) == [RECORDS[number]["message"] for number in shown]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--since", "soon"], "Invalid value for --since: soon is no time. Times are: 2026"),
        (["--until", "25:00"], "Invalid value for --until: 25:00 is no time"),
        (["--since", "\x1b[31m"], "Invalid value for --since: \\x1b[31m is no time"),
        (["--level", "loud"], "--level"),
        (["--request", "x"], "Invalid value for --request: x is neither NUMBER nor CONNECTION-NUMBER"),
        (["--request", "7-1", "--connection", "8"], "--connection says 8, this says 7"),
        (["--code", "x"], "--code"),
        (["--text", "(", "--regex"], "Invalid value for --text: this is no regular expression"),
        (["-n", "-1"], "-n"),
        (["server", "client"], "Several journals need --merge"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_bad_values(logs: Path, arguments: list[str], reason: str) -> None:
    """A mistake is said in a sentence that names the option, with exit code 2."""
    assert reason in run(logs, *arguments, code=2).stderr


def test_no_journal(tmp_path: Path, logs: Path) -> None:
    """Where there is no journal that is said, with exit code 1."""
    assert run(tmp_path / "none", code=1).stderr == f"There is no journal server in {tmp_path / 'none'}\n"
    assert run(logs, "client", code=1).stderr == f"There is no journal client in {logs}\n"
    assert run(logs, "nonsense", code=1).stderr.startswith("There is no journal nonsense in ")
    assert run(tmp_path / "none", "--merge", code=1).stderr.startswith("There is no journal server")
    (tmp_path / "empty").mkdir()
    assert run(logs, str(tmp_path / "empty"), code=1).stderr == f"There is no journal in {tmp_path / 'empty'}\n"
    assert run(tmp_path / "none", "-f", code=1).stdout == ""


def test_where_journals_are(tmp_path: Path, logs: Path) -> None:
    """A journal is also a file, a directory that has one, or a name in a directory."""
    away = tmp_path / "none"
    expected = run(logs).stdout
    assert run(away, str(logs)).stdout == expected
    assert run(away, str(logs / "server")).stdout == expected
    day = logs / "server.jsonl.2026-11-22.gz"
    assert run(away, str(day)).stdout.splitlines() == expected.splitlines()[:5]
    copied = logs / "copied.txt"
    copied.write_bytes((logs / "server.log.2026-11-23").read_bytes())
    assert run(away, str(copied)).stdout.splitlines() == expected.splitlines()[5:]
    write(logs, RECORDS[:1], name="client")
    assert "--merge" in run(away, str(logs), code=2).stderr
    assert len(run(away, str(logs), "--merge").stdout.splitlines()) == 7


def test_data_directory_and_settings(tmp_path: Path) -> None:
    """The journal of a server is in its data directory, or where its settings say; that of a client elsewhere."""
    write(tmp_path / "data" / "log", RECORDS[:1])
    write(tmp_path / "other", RECORDS[:2])
    write(tmp_path / "state" / "vestnik" / "log", RECORDS[:3], name="client")
    config = tmp_path / "test.toml"
    config.write_text(f'log_dir = "{tmp_path / "other"}"\nlang = "en"')
    data = ["--data", str(tmp_path / "data")]

    def lines(*arguments: str) -> int:
        done = vestnik("journal", *arguments, XDG_STATE_HOME=str(tmp_path / "state"), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return len(done.stdout.splitlines())

    assert lines(*data) == 1
    assert lines(*data, "--config", str(config)) == 2
    assert lines("client") == 3
    assert lines("--merge", *data) == 4
    assert lines("stats", "client", "--json") == 1


def test_unreadable(logs: Path) -> None:
    """Of a damaged file what can be read is shown; that not all was is said, and told by the exit code."""
    damaged = logs / "server.jsonl.2026-11-22.gz"
    damaged.write_bytes(damaged.read_bytes()[:-4])
    found = run(logs, code=1)
    assert len(found.stdout.splitlines()) == 6
    assert found.stderr.startswith(f"{damaged} is damaged (")
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not read")
def test_permission(logs: Path) -> None:
    """A file or directory that one may not read is named; of a day whose JSON is out of reach the text is read."""
    secret = logs / "server.jsonl.2026-11-23"
    secret.chmod(0o600)
    parents = [logs, *list(logs.parents)[:-2]]
    modes = [path.stat().st_mode for path in parents]
    try:
        for path in parents:
            path.chmod(0o755)
        assert as_nobody(logs) == (1, f"Cannot read {secret}: permission denied\n", len(RECORDS))
        logs.chmod(0o700)
        assert as_nobody(logs) == (1, f"Cannot read {logs}: permission denied\n", 0)
    finally:
        for path, mode in zip(parents, modes, strict=True):
            path.chmod(mode)


NOBODY = """
import os, sys
import vestnik.cli.journal.show
from vestnik.cli.main import main
os.setgroups([]), os.setgid(65534), os.setuid(65534)
main(["journal", "--log-dir", sys.argv[1], "--lang", "en"])
"""


def as_nobody(logs: Path) -> tuple[int, str, int]:
    """Exit code, what was said and how many lines were shown to somebody without rights."""
    done = subprocess.run(
        [VESTNIK[0], "-c", NOBODY, str(logs)],
        capture_output=True,
        text=True,
        env={name: value for name, value in clean_environment(HOME="/").items() if not name.startswith("COV")},
        cwd="/",
        timeout=DEADLINE,
        check=False,
    )
    return done.returncode, done.stderr, len(done.stdout.splitlines())


def test_text_only_days_are_mentioned(logs: Path) -> None:
    """Days without JSON cannot answer for events: that is said, and is no failure."""
    (logs / "server.jsonl.2026-11-22.gz").unlink()
    found = run(logs, "--event", "*")
    assert found.stderr.startswith("The journal server has text only on 2026-11-22: ")
    assert run(logs, "--code", "404").stderr == ""
    assert messages(logs, "--code", "404") == ["404: no"]


def test_merge(logs: Path) -> None:
    """Several journals are one time line; each line tells its side, in text and JSON."""
    write(logs, [record(at(1.5), "client.answered", "Answered", logger="client", connection="50001")], name="client")
    lines = run(logs, "--merge", "--since", "2026-11-22 10:00:01", "--until", "2026-11-22 10:00:03").stdout.splitlines()
    assert lines == [
        "server | 2026-11-22 10:00:01,000 INFO     server     202: hello",
        "client | 2026-11-22 10:00:01,500 INFO     client     Answered",
        "server | 2026-11-22 10:00:02,000 INFO     server     200: joined",
    ]
    sides = [
        json.loads(line)["side"] for line in run(logs, "--merge", "client", "server", "--json").stdout.splitlines()
    ]
    assert sides == ["server", "server", "client", "server", "server", "server", "server"]
    assert len(run(logs, "--merge", "-n", "2").stdout.splitlines()) == 2


def test_merge_of_two_clients(tmp_path: Path) -> None:
    """Journals of the same name are told apart by their directories."""
    for name in ("a", "b"):
        write(tmp_path / name, RECORDS[:1], name="client")
    shown = run(tmp_path, "--merge", str(tmp_path / "a" / "client"), str(tmp_path / "b" / "client")).stdout
    assert [line.split(" | ")[0] for line in shown.splitlines()] == [str(tmp_path / n / "client") for n in "ab"]


def test_a_connection_on_both_sides(logs: Path) -> None:
    """`--connection` of a server shows the entries of its client, too."""
    client: list[dict[str, Any]] = [
        record(at(0), "client.connected", "mine", connection="50001", local_port=50_001, logger="client"),
        record(at(0), "client.connected", "other", connection="50002", local_port=50_002, logger="client"),
        record(at(2), "client.answered", "answer", connection="50001", request=2, logger="client"),
        record(at(9), "client.disconnected", "bye", connection="50001", logger="client"),
        record(at(10), "client.connected", "later", connection="50001", local_port=50_001, logger="client"),
    ]
    write(logs, client, name="client")
    assert messages(logs, "--merge", "--connection", "7") == [
        *("Client connected", "mine", "202: hello", "200: joined", "answer", "bye"),
    ]
    assert messages(logs, "--merge", "--request", "7-2") == ["200: joined", "answer"]
    assert messages(logs, "client", "--connection", "50002") == ["other"]


@pytest.mark.parametrize("arguments", [[], ["--json"], ["stats"], ["message", "m1"], ["--merge"]])
def test_whoever_reads_no_more(tmp_path: Path, arguments: list[str]) -> None:
    """A pipe that is closed ends the command quietly, with exit code 0."""
    many = [record(at(n), "message.kept", "x", code=202, id="m1", account=str(n), to="b", seq=n) for n in range(3000)]
    write(tmp_path, many)
    end, start = os.pipe()
    os.close(end)
    done = subprocess.Popen(
        [*VESTNIK, "journal", *arguments, "--log-dir", str(tmp_path), "--data", str(tmp_path)],
        stdout=start,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    os.close(start)
    _, error = done.communicate(timeout=DEADLINE)
    assert (done.returncode, error) == (0, b"")


def test_a_full_disk(logs: Path) -> None:
    """Output that cannot be written is said, with exit code 1."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*VESTNIK, "journal", "--log-dir", str(logs), "--lang", "en"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
            timeout=DEADLINE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "Cannot print: the disk is full\n")


def in_terminal(*arguments: str, **environment: str) -> str:
    """What the command shows in a terminal."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*VESTNIK, "journal", *arguments], stdout=theirs, stderr=theirs, env=clean_environment(**environment)
    )
    os.close(theirs)
    parts: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(ours, 65_536):
                parts.append(part)
        except OSError:
            pass  # how a terminal ends

    reader = threading.Thread(target=read)
    reader.start()
    assert done.wait(DEADLINE) == 0
    reader.join()
    os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_in_a_terminal(logs: Path) -> None:
    """Levels are coloured and tracebacks have their lines; nothing in a record can do the same."""
    shown = in_terminal("--log-dir", str(logs), TERM="xterm")
    assert "\x1b[31m\x1b[1mERROR\x1b[0m" in shown
    assert "    ValueError: \\x1b[31mx\n" in shown
    assert "An\\x1b[31m audit" in shown
    plain = in_terminal("--log-dir", str(logs), TERM="xterm", NO_COLOR="1")
    assert "\x1b" not in plain
    assert len(plain.splitlines()) == len(RECORDS) + 3
    assert in_terminal("--log-dir", str(logs), "--no-traceback", TERM="dumb").encode() == run(logs).stdout_bytes


def test_tracebacks_elsewhere(logs: Path) -> None:
    """Outside of a terminal tracebacks have lines of their own if that is asked for."""
    assert len(run(logs, "--traceback").stdout.splitlines()) == len(RECORDS) + 3


def test_other_encodings(logs: Path) -> None:
    """Where output is not in UTF-8, text has escapes, and JSON is what it always is."""
    shown = vestnik("journal", "--log-dir", str(logs), "--account", "анна", "--json", PYTHONIOENCODING="ascii")
    assert "Анна" in shown.stdout
    (logs / "server.log.2026-11-24").write_text("2026-11-24 10:00:00,000 INFO     server     Ж\n")
    assert "\\u0416" in vestnik("journal", "--log-dir", str(logs), PYTHONIOENCODING="ascii").stdout


def test_both_languages(tmp_path: Path) -> None:
    """What is said about failures is Russian or English."""
    done = vestnik("journal", "--log-dir", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, f"Журнала server нет в {tmp_path}\n")


def test_help() -> None:
    """The help of the group has its commands and the options of what it does by itself, and imports no database."""
    shown = vestnik("journal", "--help").stdout
    for name in (*SUBCOMMANDS, "--follow", "--since", "--merge"):
        assert name in shown
    code = (
        "import sys, vestnik.cli.journal.show; print([m for m in sys.modules if m.startswith(('sqlalchemy', 'rich'))])"
    )
    assert subprocess.run([VESTNIK[0], "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
