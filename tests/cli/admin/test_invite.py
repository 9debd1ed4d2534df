"""`vestnik invite`, and `vestnik account register` with what it makes."""

from pathlib import Path

from tests.support.data import add_accounts
from tests.support.process import ServerProcess, vestnik

PASSWORD = "seven cold spoons"


def invite(data: Path, *arguments: str, code: int = 0) -> str:
    """Run a command; what it printed, on whichever output."""
    done = vestnik("invite", "--data", str(data), "--lang", "en", *arguments)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_life(tmp_path: Path) -> None:
    """Make, list, use, withdraw, beside a server: the code is shown once, and in no journal."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    with ServerProcess(tmp_path / "data", toml='public_address = "chat.example"') as server:
        data = server.data
        said, code, link = invite(data, "add", "--uses", "2", "--role", "guest").splitlines()
        assert said == "An invite was made: role guest, uses: 2, rooms: -"
        assert link == f"vestnik://chat.example/#{code}"
        where = ("-p", str(server.port), "-u", "dora", "--log-dir", str(tmp_path / "c"), "--lang", "en")
        done = vestnik("account", "register", *where, stdin=f"{link}\n{PASSWORD}\n")
        assert (done.returncode, done.stdout) == (0, "User dora is registered\n")
        assert vestnik("client", *where, password=PASSWORD).returncode == 0
        number, uses, _, role, by, rooms = invite(data, "list").rstrip("\n").split("\t")
        assert (uses, role, by, rooms) == ("1", "guest", "", "")
        assert invite(data, "remove", number) == f"Invite {number} was withdrawn\n"
        assert invite(data, "remove", number, code=1) == f"There is no invite {number}\n"
        assert invite(data, "list") == ""
        again = vestnik("account", "register", *where[:2], "-u", "eve", *where[4:], stdin=f"{code}\n{PASSWORD}\n")
        assert (again.returncode, again.stderr) == (1, "The code is wrong, was used, or is not good any more\n")
    for path in tmp_path.rglob("*.log*"):
        assert code not in path.read_text("utf-8", "replace")


def test_without_a_server(tmp_path: Path) -> None:
    """An invite is made without a server, too; where there is no data, none is made."""
    (tmp_path / "none").mkdir()
    invite(tmp_path / "none", "add", code=1)
    assert not (tmp_path / "none" / "vestnik.db").exists()
    add_accounts(tmp_path / "data", ["anna"], "secret")
    assert "#tea does not exist" in invite(tmp_path / "data", "add", "--room", "tea", code=1)
    assert len(invite(tmp_path / "data", "add").splitlines()) == 2
