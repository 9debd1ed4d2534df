"""The command `vestnik` itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik import __version__
from vestnik.cli.main import COMMANDS


def test_help_is_quick_and_complete() -> None:
    """`--help` names every command and imports none of them."""
    code = "import sys; from vestnik.cli.main import main\ntry: main(['--lang', 'en', '--help'])\nfinally: "
    code += "print([name for name in sys.modules if name.startswith(('sqlalchemy', 'alembic', 'vestnik.server'))])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
        env=clean_environment(),
    )
    assert done.stdout.rstrip().endswith("[]")
    shown = " ".join(done.stdout.split())
    for name, entry in COMMANDS.items():
        assert f"{name} {entry.meaning}" in shown


def test_version() -> None:
    """`--version` says name and version."""
    assert vestnik("--version").stdout == f"vestnik, version {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_help(name: str) -> None:
    """Every command explains itself."""
    for language, usage in (("ru", "Использование"), ("en", "Usage")):
        done = vestnik(name, "-h", VESTNIK_LANG=language)
        assert done.returncode == 0
        assert done.stdout.startswith(f"{usage}: python -m vestnik {name}")
        assert done.stderr == ""


@pytest.mark.parametrize("number", ["SIGHUP", "SIGUSR1", "SIGUSR2"])
def test_a_signal_before_the_server_is_there(number: str) -> None:
    """What makes a running server read its settings, or say something, does not end one that is only being imported."""
    code = f"""
import os, signal, sys
class Importing:
    def find_spec(self, name, path, target=None):
        if name == "vestnik.cli.server":
            os.kill(os.getpid(), signal.{number})
sys.meta_path.insert(0, Importing())
from vestnik.cli.main import main
main(["server", "--help"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=DEADLINE, check=False, env=clean_environment()
    )
    assert done.returncode == 0


def test_unknown_command() -> None:
    """A command that there is not is a usage error that names it."""
    done = vestnik("dance")
    assert done.returncode == 2
    assert "dance" in done.stderr


@pytest.mark.parametrize("arguments", [("--help",), ("user", "list"), ("journal", "--help")], ids=" ".join)
def test_a_full_disk(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What cannot be printed is said in one line, without a traceback."""
    add_accounts(tmp_path, ["anna"], "secret")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*VESTNIK, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environment(VESTNIK_DATA=str(tmp_path), VESTNIK_LANG="en"),
            timeout=DEADLINE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "It failed: the disk is full\n"
