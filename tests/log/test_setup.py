"""Named loggers and their journals."""

import importlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
import pytest

from tests.support.waiting import DEADLINE
from vestnik.log import server_log_config, setup
from vestnik.log.handler import JournalHandler
from vestnik.server import catalogue

from .test_journal import messages


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A name that is not used yet, with files in `tmp_path`; its logger is taken down afterwards."""
    monkeypatch.setenv("VESTNIK_LOG_DIR", str(tmp_path))
    monkeypatch.delenv("VESTNIK_LOG_LEVEL", raising=False)
    yield "setup-test"
    handler = setup._HANDLERS.pop("setup-test", None)
    if handler is not None:
        handler.journal.close()
        logging.getLogger("setup-test").removeHandler(handler)
        handler.close()


def test_twice(name: str) -> None:
    """Setting up twice adds nothing twice and touches no file."""
    logger = setup.setup(name)
    assert setup.setup(name) is logger is logging.getLogger(name)
    assert len([one for one in logger.handlers if isinstance(one, JournalHandler)]) == 1
    assert (logger.level, logger.propagate) == (logging.INFO, False)


def test_double_import() -> None:
    """Importing the mission's module again adds nothing."""
    before = list(server_log_config.logger.handlers)
    importlib.reload(server_log_config)
    assert server_log_config.logger.handlers == before
    assert server_log_config.logger is logging.getLogger("server")


def test_setup_writes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines go to the directory of the environment and to the standard error output of the moment."""
    logger = setup.setup(name)
    logger.info("hello")
    setup.journal_of(logger).close()
    assert messages(tmp_path / f"{name}.log") == ["INFO     setup-test hello"]
    assert capsys.readouterr().err.endswith(" INFO     setup-test hello\n")


def test_default_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the environment the files are in the user's log directory."""
    monkeypatch.delenv("VESTNIK_LOG_DIR", raising=False)
    assert setup.default_directory() == Path(platformdirs.user_log_dir("vestnik", appauthor=False))


@pytest.mark.parametrize(("text", "level"), [("debug", 10), (" ERROR ", 40), ("", 20), ("nonsense", 20)])
def test_level(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, level: int) -> None:
    """The level comes from the environment; one that means nothing is INFO, and that is said."""
    monkeypatch.setenv("VESTNIK_LOG_LEVEL", text)
    journal = setup.configure(name, console=None)
    assert journal.level == level
    journal.close()
    said = (tmp_path / f"{name}.log").exists()
    assert said == (text == "nonsense")
    if said:
        assert "Неизвестный уровень журнала nonsense" in (tmp_path / f"{name}.log").read_text()


def test_configure_replaces(name: str, tmp_path: Path) -> None:
    """A program points the logger elsewhere; what was recorded before is in the old place."""
    logger = setup.setup(name)
    old = setup.journal_of(logger)
    logger.info("old")
    stream = io.StringIO()
    new = setup.configure(name, directory=tmp_path / "new", level=logging.DEBUG, console=stream, language="en")
    assert setup.journal_of(logger) is new
    assert len([one for one in logger.handlers if isinstance(one, JournalHandler)]) == 1
    logger.debug("new")
    new.record(catalogue.CONNECTION_CLOSED)
    new.close()
    assert messages(tmp_path / f"{name}.log") == ["INFO     setup-test old"]
    expected = ["DEBUG    setup-test new", "INFO     setup-test Client disconnected"]
    assert messages(tmp_path / "new" / f"{name}.log") == expected
    assert [line[24:] for line in stream.getvalue().splitlines()] == expected
    assert old.statistics[:3] == (1, 1, 0)


def test_journal_of_others() -> None:
    """A logger that was not set up has no journal."""
    with pytest.raises(KeyError):
        setup.journal_of(logging.getLogger("somebody-elses"))


def in_a_process(code: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Runs `code` in an interpreter of its own, with its files in `directory`."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | {"VESTNIK_LOG_DIR": str(directory)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs code with its files in `tmp_path`."""
    return lambda code: in_a_process(code, tmp_path)


def test_end_of_the_program(run: Callable[[str], subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """Nothing is lost at the end of a program, not even what other exit functions say."""
    done = run(
        "import atexit, logging\n"
        "atexit.register(lambda: logging.getLogger('server').info('last'))\n"
        "from vestnik.log.server_log_config import logger\n"
        "for number in range(3000): logger.info('%d', number)\n"
    )
    said = [line.split()[-1] for line in messages(tmp_path / "server.log")]
    assert said == [*map(str, range(3000)), "last"]
    assert len(done.stderr.splitlines()) == 3001


def test_end_of_the_program_with_a_paused_console(tmp_path: Path) -> None:
    """A terminal that shows nothing any more does not keep the program from ending properly."""
    code = "from vestnik.log.server_log_config import logger\nfor number in range(5000): logger.info('%d', number)\n"
    reader, writer = os.pipe()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"VESTNIK_LOG_DIR": str(tmp_path)},
        stderr=writer,
        timeout=DEADLINE,
        check=False,
    )
    os.close(writer)
    os.close(reader)
    assert done.returncode == 0
    assert len(messages(tmp_path / "server.log")) == 5000


def test_end_of_the_program_with_a_closed_console(tmp_path: Path) -> None:
    """A terminal that is gone costs one line in the file."""
    code = "from vestnik.log.server_log_config import logger\nlogger.info('hello')\n"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"VESTNIK_LOG_DIR": str(tmp_path)},
        stderr=writer,
        timeout=DEADLINE,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 0
    assert messages(tmp_path / "server.log") == [
        "INFO     server     hello",
        "WARNING  server     Журнал не выводится на консоль: BrokenPipeError: [Errno 32] Broken pipe",
    ]
