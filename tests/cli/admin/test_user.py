"""`vestnik user`."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.process import VESTNIK, ServerProcess, vestnik
from tests.support.terminal import Terminal

PASSWORD = "seven cold spoons"


def user(data: Path, *arguments: str, password: str | None = PASSWORD, code: int = 0, lang: str = "en") -> str:
    """Run a command; what it printed, on whichever output."""
    done = vestnik("user", "--data", str(data), "--lang", lang, *arguments, password=password)
    assert done.returncode == code, done.stderr
    assert (done.stderr == "") == (code == 0)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def journal(data: Path) -> list[str]:
    """What the command has journaled, without the time stamps."""
    return [line[24:] for line in (data / "log" / "admin.log").read_text("utf-8").splitlines()]


def test_a_life(tmp_path: Path) -> None:
    """Make, list, give a new password, disable, enable: each is said and journaled, the password never."""
    assert user(tmp_path, "add", "Вера Павловна") == "Account Вера Павловна created\n"
    assert (
        user(tmp_path, "passwd", "вера павловна", password="mumble grumble")
        == "Password of account Вера Павловна changed\n"
    )
    assert user(tmp_path, "disable", "вера павловна") == "Account Вера Павловна disabled\n"
    name, state, created, role, inviter = user(tmp_path, "list").rstrip("\n").split("\t")
    assert (name, state, role, inviter) == ("Вера Павловна", "disabled", "owner", "")
    assert len(created) == len("2021-06-12 11:19:59+00:00")
    assert user(tmp_path, "enable", "вера павловна", lang="ru") == "Учётная запись Вера Павловна включена\n"
    lines = journal(tmp_path)
    assert [line.split(None, 2)[:2] for line in lines] == [["INFO", "admin"]] * 5
    assert lines[0] == "INFO     admin      Account Вера Павловна created"
    assert PASSWORD not in "".join(lines)
    assert "mumble" not in "".join(lines)
    assert (tmp_path / "vestnik.db").stat().st_mode & 0o777 == 0o600


def test_names(tmp_path: Path) -> None:
    """Names from before that would be refused today are listed with the reason, and nothing of them is invisible."""
    user(tmp_path, "add", "anna")
    assert user(tmp_path, "names") == ""
    with closing(sqlite3.connect(tmp_path / "vestnik.db")) as database:
        for name in ("аnnа", "an\u202ena"):
            database.execute(
                "INSERT INTO account (name, key, password_hash, disabled, created) VALUES (?, ?, '', 0, 1)",
                (name, name),
            )
        database.commit()
    found = [line.split("\t") for line in user(tmp_path, "names").splitlines()]
    assert ["аnnа", "The name аnnа looks like anna, which is already taken"] in found
    assert "\u202e" not in "".join(map("".join, found))
    assert journal(tmp_path)[-1].endswith(f"Doubtful names shown ({len(found)})")


def test_second_factor(tmp_path: Path) -> None:
    """Who has none has none that could be taken off."""
    user(tmp_path, "add", "anna")
    assert user(tmp_path, "totp-off", "anna", code=1) == "User anna has no second factor\n"


def test_roles(tmp_path: Path) -> None:
    """A role is given when an account is made, or later; a server keeps its owner."""
    user(tmp_path, "add", "anna")
    user(tmp_path, "add", "boris", "--role", "administrator")
    vestnik("bot", "--data", str(tmp_path), "--lang", "en", "add", "hook")
    assert user(tmp_path, "passwd", "hook", code=1).startswith("hook is a bot: bots log in with tokens")
    assert user(tmp_path, "reset", "hook", code=1).startswith("hook is a bot: bots log in with tokens")
    said = user(tmp_path, "role", "boris", "guest", lang="ru")
    assert said == "Учётной записи boris дана роль на сервере: guest\n"
    assert user(tmp_path, "role", "anna", "member", code=1) == "A server needs an owner, and anna is the last one\n"
    listed = [line.split("\t") for line in user(tmp_path, "list", lang="ru").splitlines()]
    assert [(line[0], line[3]) for line in listed] == [("anna", "владелец"), ("boris", "гость"), ("hook", "бот")]


def test_password_typed_differently(tmp_path: Path) -> None:
    """Who types two passwords is told so in the language that was chosen, and asked again."""
    arguments = ("user", "--data", str(tmp_path), "--lang", "ru", "add", "anna")
    with Terminal([*VESTNIK, *arguments]) as typed:
        seen = 0
        for password in ("one", "two", PASSWORD, PASSWORD):
            seen = typed.wait_for(": ", after=seen)
            typed.type(f"{password}\r")
        typed.wait_for("Учётная запись anna создана", after=typed.wait_for("Пароли не совпадают"))


def test_refusals(tmp_path: Path) -> None:
    """What cannot be done is said, journaled and the exit code 1."""
    user(tmp_path, "add", "anna")
    assert user(tmp_path, "add", "ANNA", code=1) == "The name ANNA is already taken\n"
    assert user(tmp_path, "add", "#anna", code=1).startswith("#anna cannot be a name: ")
    assert user(tmp_path, "add", "", code=1) == "A name cannot be empty\n"
    assert user(tmp_path, "add", "a" * 26, code=1) == "A name cannot be longer than 25 characters\n"
    assert user(tmp_path, "add", "boris", password="", code=1) == "A password cannot be empty\n"
    assert user(tmp_path, "passwd", "nobody", code=1) == "User nobody does not exist\n"
    assert user(tmp_path, "disable", "nobody", code=1) == "User nobody does not exist\n"
    assert [line for line in journal(tmp_path) if line.startswith("ERROR")] == [
        f"ERROR    admin      Error! {reason}"
        for reason in (
            "The name ANNA is already taken",
            "#anna cannot be a name: visible characters only, single blanks between them, and no # at the beginning",
            "A name cannot be empty",
            "A name cannot be longer than 25 characters",
            "A password cannot be empty",
            "User nobody does not exist",
            "User nobody does not exist",
        )
    ]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A name in bytes that are no text is no account's: a refusal in a sentence, whatever is asked of it."""
    assert user(tmp_path, "add", "\udcff", code=1).startswith("'\\udcff' cannot be a name: ")
    for what in ("passwd", "disable", "enable"):
        assert "Traceback" not in user(tmp_path, what, "\udcff", code=1)


def test_weak_passwords(tmp_path: Path) -> None:
    """A weak password of a script is taken with a warning; one that is typed is asked for anew."""
    for password, names in (
        ("x7Ki", ["add", "anna"]),
        ("password1", ["add", "boris"]),
        ("Anna1234", ["passwd", "anna"]),
    ):
        done = vestnik("user", "--data", str(tmp_path), "--lang", "en", *names, password=password)
        assert done.returncode == 0
        assert done.stderr.startswith("Warning: such a password is tried first")
    with Terminal([*VESTNIK, "user", "--data", str(tmp_path), "--lang", "en", "add", "dora"]) as typed:
        seen = 0
        for number, password in enumerate(("x7Ki", "x7Ki", "Dora1234", "Dora1234", PASSWORD, PASSWORD)):
            seen = typed.wait_for("again: " if number % 2 else "Password: ", after=seen)
            typed.type(f"{password}\r")
        typed.wait_for("Account dora created", after=typed.wait_for("cannot be shorter"))


def test_reset(tmp_path: Path) -> None:
    """A code is made, shown once and in no journal, and makes a new password."""
    user(tmp_path, "add", "anna")
    with ServerProcess(tmp_path) as server:
        said, code = user(tmp_path, "reset", "anna", "--hours", "1").splitlines()
        assert said == "A code for a new password of account anna was made"
        where = ("-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path / "c"), "--lang", "en")
        done = vestnik("account", "reset", *where, stdin=f"{code.lower()}\nmumble grumble\n")
        assert (done.returncode, done.stdout) == (0, "User anna got a new password with a code\n")
        assert vestnik("client", *where, password="mumble grumble").returncode == 0
    for path in tmp_path.rglob("*.log*"):
        assert code not in path.read_text("utf-8")


def test_password_is_needed(tmp_path: Path) -> None:
    """Without a terminal and without the variable there is no password: a usage error that names the variable."""
    assert "VESTNIK_PASSWORD" in user(tmp_path, "add", "anna", password=None, code=2)


def test_bad_surroundings(tmp_path: Path) -> None:
    """A bad setting, a foreign file and a directory that cannot be made are said in a sentence."""
    config = tmp_path / "bad.toml"
    config.write_text("port = -1")
    assert "port" in user(tmp_path, "--config", str(config), "list", code=1)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "vestnik.db").write_text("diary" * 100)
    assert "not a Vestnik database" in user(tmp_path / "foreign", "list", code=1)
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in user(tmp_path / "file" / "data", "list", code=1)


def test_beside_a_server(tmp_path: Path) -> None:
    """An account that is made beside a running server can log in at once."""
    with ServerProcess(tmp_path) as server:
        user(tmp_path, "add", "anna")
        done = vestnik(
            "client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path / "c"), password=PASSWORD
        )
        assert done.returncode == 0
