"""How commands administer: through a running server, by themselves, and not at all."""

import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.data import add_accounts, make_data
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from vestnik.cli.admin import control
from vestnik.cli.admin.control import ask
from vestnik.cli.failure import Failure
from vestnik.log.journal import Journal
from vestnik.protocol.administration import AddAccount, AnyAdministration, GetAccount, ListAccounts
from vestnik.protocol.events import Response
from vestnik.secret import Secret
from vestnik.server.doors.control import SOCKET_NAME
from vestnik.server.settings import make_settings
from vestnik.store.errors import StoreForeign, StoreLocked
from vestnik.store.lock import Lock


def do(data: Path, act: AnyAdministration) -> Response:
    """Ask, with a journal of its own."""
    settings = make_settings({"data": str(data), "lang": "en"})
    journal = Journal("admin", settings.log_path, language="en")
    try:
        return ask(settings, journal, act)
    finally:
        journal.close()


def test_without_a_server(tmp_path: Path) -> None:
    """The command is the server of its own request, and leaves data that nobody has locked."""
    answer = do(tmp_path, AddAccount(name="anna", password=Secret("seven cold spoons")))
    assert (answer.response, answer.alert) == (201, "Account anna created")
    assert [account.name for account in do(tmp_path, ListAccounts()).accounts or ()] == ["anna"]
    lock = Lock(tmp_path)
    lock.acquire()
    assert lock.stale is None
    lock.release()


def test_several_commands_at_once(tmp_path: Path) -> None:
    """Commands that begin at the same moment, on data that is not there yet, are all done."""
    names = [f"user{number}" for number in range(6)]
    with ThreadPoolExecutor(len(names)) as pool:
        acts = [AddAccount(name=name, password=Secret("seven cold spoons")) for name in names]
        assert [answer.response for answer in pool.map(do, [tmp_path] * len(names), acts)] == [201] * len(names)
    assert [account.name for account in do(tmp_path, ListAccounts()).accounts or ()] == names


def test_foreign_data(tmp_path: Path) -> None:
    """A file that is no database is left alone."""
    (tmp_path / "vestnik.db").write_text("diary" * 100)
    with pytest.raises(StoreForeign):
        do(tmp_path, ListAccounts())


def test_a_server_that_is_not_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has the lock and no socket is waited for, then a line says so; nothing is done behind its back."""
    monkeypatch.setattr(control, "REACH_WITHIN", 0.2)
    lock = Lock(tmp_path)
    lock.acquire()
    with pytest.raises(Failure, match=r"process \d+.*cannot be reached: it is starting, stopping or hanging"):
        do(tmp_path, ListAccounts())
    assert not (tmp_path / "vestnik.db").exists()
    lock.release()


def test_a_server_that_has_left_its_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket at which nobody listens is as good as none."""
    monkeypatch.setattr(control, "REACH_WITHIN", 0.2)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET_NAME))
    lock = Lock(tmp_path)
    lock.acquire()
    with pytest.raises(Failure, match="cannot be reached"):
        do(tmp_path, ListAccounts())
    lock.release()
    assert do(tmp_path, ListAccounts()).response == 200


def test_a_server_that_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that finds a server in the middle of its start waits for it."""
    monkeypatch.setattr(control, "REACH_WITHIN", DEADLINE)
    add_accounts(tmp_path, ["anna"], "secret")
    lock = Lock(tmp_path)
    lock.acquire()
    answers: list[Response] = []
    asking = threading.Thread(target=lambda: answers.append(do(tmp_path, GetAccount(name="anna"))))
    asking.start()
    lock.release()
    with ServerProcess(tmp_path):
        asking.join(DEADLINE)
    assert [answer.response for answer in answers] == [200]


def test_a_server_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the request and answers nothing is given up, with a line that says where to look."""
    monkeypatch.setattr(control, "ANSWER_WITHIN", 0.5)
    make_data(tmp_path)
    with ServerProcess(tmp_path) as server:
        server.signal(signal.SIGSTOP)
        with pytest.raises(Failure, match=f"process {server.pid}.*does not answer: admin.log says"):
            do(tmp_path, AddAccount(name="anna", password=Secret("seven cold spoons")))
        server.signal(signal.SIGCONT)
        monkeypatch.undo()
        assert do(tmp_path, ListAccounts()).response == 200


def test_two_servers(tmp_path: Path) -> None:
    """The lock of a server is not shared with anybody."""
    with ServerProcess(tmp_path), pytest.raises(StoreLocked):
        Lock(tmp_path).share()
