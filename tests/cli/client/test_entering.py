"""How people get in: the server first, then the password, and the next time without one."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, vestnik
from tests.support.terminal import Terminal


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with accounts for all tests."""
    data = tmp_path_factory.mktemp("server")
    add_accounts(data, ["anna", "boris", "clara", "dora"], "secret")
    with ServerProcess(data) as made:
        yield made


def client(tmp_path: Path, *arguments: str, **more: str) -> Terminal:
    """A client in a terminal, without a password in its environment."""
    places = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    return Terminal([*VESTNIK, "client", "--log-dir", str(tmp_path / "log"), *arguments], **(places | more))


def logins(tmp_path: Path) -> list[Path]:
    """The logins that are remembered."""
    return list((tmp_path / "state" / "vestnik" / "logins").glob("*"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "refused the connection"), ("ru", "отклонил подключение")], ids=["en", "ru"]
)
def test_the_server_comes_before_the_password(tmp_path: Path, port: int, language: str, said: str) -> None:
    """Where nobody listens, one line says so, and nobody is asked for a password in vain."""
    with client(tmp_path, "-a", f"127.0.0.1:{port}", "-u", "anna", "--lang", language) as anna:
        assert anna.wait() == 1
        anna.wait_for(said)
        assert "Password" not in anna.seen
        assert "Пароль" not in anna.seen


def test_once_is_enough(server: ServerProcess, tmp_path: Path) -> None:
    """The password is asked for once; /quit keeps the login, /logout ends and forgets it."""
    where = f"127.0.0.1:{server.port}"
    with client(tmp_path, "-a", where, "-u", "anna", "--lang", "en") as anna:
        anna.wait_for(f"Password of anna at {where}:")
        anna.type("wrong\r")
        at = anna.wait_for("Server answered with an error: 402")
        anna.wait_for("Password of anna", after=at)
        anna.type("secret\r")
        anna.wait_for("* The login is remembered on this computer; /logout ends it")
        at = anna.wait_for("You are logged in as anna")
        anna.wait_for("anna → ?>", after=at)
        anna.type("/quit\r")
        assert anna.wait() == 0
    (file,) = logins(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret" not in file.read_text()
    with client(tmp_path, "-a", where, "-u", "anna", "--lang", "en") as anna:
        at = anna.wait_for("You are logged in as anna")
        anna.wait_for("anna → ?>", after=at)
        anna.type("/logout\r")
        assert anna.wait() == 0
        assert "Password" not in anna.seen
    assert logins(tmp_path) == []
    with client(tmp_path, "-a", where, "-u", "anna", "--lang", "en") as anna:
        anna.wait_for("Password of anna")
        anna.type("\x04")
        assert anna.wait() == 1


def test_a_login_that_is_over(server: ServerProcess, tmp_path: Path) -> None:
    """A token that the server does not take any more is forgotten, and the password asked for."""
    arguments = ("-p", str(server.port), "-u", "boris", "--lang", "en")
    with client(tmp_path, *arguments) as boris:
        boris.wait_for("Password of boris")
        boris.type("secret\r")
        boris.wait_for("boris → ?>", after=boris.wait_for("You are logged in as boris"))
        assert boris.leave() == 0
    (file,) = logins(tmp_path)
    before = file.read_text()
    done = vestnik("user", "--data", str(server.data), "passwd", "boris", password="another", VESTNIK_LANG="en")
    assert done.returncode == 0
    with client(tmp_path, *arguments) as boris:
        boris.wait_for("* The login that was remembered is over: the password is needed")
        boris.wait_for("Password of boris")
        boris.type("another\r")
        boris.wait_for("boris → ?>", after=boris.wait_for("You are logged in as boris"))
        assert file.read_text() != before
        done = vestnik("user", "--data", str(server.data), "passwd", "boris", password="third", VESTNIK_LANG="en")
        assert done.returncode == 0
        boris.wait_for("* The login is over: start the client again and type the password")
        assert boris.wait() == 1
    assert logins(tmp_path) == []


def test_three_wrong_passwords(server: ServerProcess, tmp_path: Path) -> None:
    """Whoever does not know the password is asked three times, and nothing is remembered."""
    with client(tmp_path, "-p", str(server.port), "-u", "clara", "--lang", "en") as clara:
        at = 0
        for _ in range(3):
            at = clara.wait_for("Password of clara", after=at)
            clara.type("wrong\r")
            at = clara.wait_for("402", after=at)
        assert clara.wait() == 1
    assert logins(tmp_path) == []


@pytest.mark.parametrize("how", [{"more": "--no-remember"}, {"password": "secret"}], ids=["option", "variable"])
def test_nothing_is_remembered(server: ServerProcess, tmp_path: Path, how: dict[str, str]) -> None:
    """Not where it is not wanted, nor where the environment has the password: then /quit ends the login, too."""
    arguments = ["-p", str(server.port), "-u", "clara", "--lang", "en", *([how["more"]] if "more" in how else [])]
    given = {"VESTNIK_PASSWORD": how["password"]} if "password" in how else {}
    with client(tmp_path, *arguments, **given) as clara:
        if not given:
            clara.wait_for("Password of clara")
            clara.type("secret\r")
        clara.wait_for("clara → ?>", after=clara.wait_for("You are logged in as clara"))
        clara.type("/quit\r")
        assert clara.wait() == 0
    assert logins(tmp_path) == []
    assert "clara quit" in server.journal or "clara завершил работу" in server.journal


def test_settings_and_a_name(server: ServerProcess, tmp_path: Path) -> None:
    """What the file of settings says need not be said again; who is not named is asked who they are."""
    (tmp_path / "config" / "vestnik").mkdir(parents=True)
    file = tmp_path / "config" / "vestnik" / "client.toml"
    file.write_text(f'address = "127.0.0.1:{server.port}"\nlang = "en"\n')
    with client(tmp_path) as dora:
        dora.wait_for("Name:")
        dora.type("dora\r")
        dora.wait_for("Password of dora")
        dora.type("secret\r")
        dora.wait_for("dora → ?>", after=dora.wait_for("You are logged in as dora"))
        assert dora.leave() == 0
    file.write_text(f'{file.read_text()}user = "dora"\n')
    with client(tmp_path) as dora:
        dora.wait_for("dora → ?>", after=dora.wait_for("You are logged in as dora"))
        assert dora.leave() == 0
        assert "Name" not in dora.seen
        assert "Password" not in dora.seen


def test_nobody_to_ask(tmp_path: Path) -> None:
    """A script has to say who it is: a usage error that names every way, in the language chosen."""
    done = vestnik("client", password="secret", XDG_CONFIG_HOME=str(tmp_path), VESTNIK_LANG="en")
    assert done.returncode == 2
    assert "-u NAME, the variable VESTNIK_USER or user in" in done.stderr
