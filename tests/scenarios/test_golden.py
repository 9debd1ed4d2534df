"""The mission's session, line by line, through real processes."""

import re
from importlib import resources
from pathlib import Path

from tests.support.process import ServerProcess, vestnik

CHAT = "/join #geekbrains\nВсем привет в этом чатике!\nНу и больно надо...\n/leave #geekbrains\n"
TIME_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")


def golden(side: str, port: int) -> list[str]:
    """The specification's lines after the time stamp, with the server at `port`."""
    text = resources.files("vestnik.cli.golden").joinpath(f"{side}_session.log").read_text("utf-8")
    return [line[24:] for line in text.replace(":7777", f":{port}").splitlines()]


def without_stamps(path: Path) -> list[str]:
    """A journal's lines after the time stamp, which each must have."""
    lines = path.read_text("utf-8").splitlines()
    assert all(TIME_STAMP.match(line) for line in lines)
    return [line[24:] for line in lines]


def test_the_session_is_journaled_as_the_mission_shows_it(tmp_path: Path) -> None:
    """The seven runs of the mission leave both journals as in the specification, line by line, and a stop its own."""
    assert vestnik("user", "--data", str(tmp_path), "add", "user", password="secret").returncode == 0
    with ServerProcess(tmp_path, "-a", "") as server:
        here = ("-a", "127.0.0.1", "-p", str(server.port))
        runs = (
            ("user", CHAT, here, 0),
            ("user", CHAT, here, 0),
            ("user", "", ("-a", "localhost1", "-p", str(server.port)), 1),
            ("user", "", ("-a", "127.0.0.1", "-p", "2020"), 1),
            ("user1", CHAT, here, 1),
            ("user", "/leave #geekbrains\n", here, 1),
            ("user", "/leave #geekbrains1\n", here, 1),
        )
        for name, lines, where, code in runs:
            log = ("--log-dir", str(tmp_path / "log"))
            assert vestnik("client", *where, "-u", name, *log, stdin=lines, password="secret").returncode == code
        server.wait_for("Клиент отключился", count=5)
        assert without_stamps(tmp_path / "log" / "server.log") == golden("server", server.port)
        assert server.stop() == 0
        stopped = "INFO     server     Сервер остановлен"
        assert without_stamps(tmp_path / "log" / "server.log") == [*golden("server", server.port), stopped]
        assert without_stamps(tmp_path / "log" / "client.log") == golden("client", server.port)
