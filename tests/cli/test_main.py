"""The command `vestnik` itself."""

import subprocess
import sys

import pytest

from tests.support.process import clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik import __version__
from vestnik.cli.main import COMMANDS


def test_help_is_quick_and_complete() -> None:
    """`--help` names every command and imports none of them."""
    code = "import sys; from vestnik.cli.main import main\ntry: main(['--help'])\nfinally: "
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
    for name, (_, meaning) in COMMANDS.items():
        assert name in done.stdout
        assert meaning.split()[0] in done.stdout


def test_version() -> None:
    """`--version` says name and version."""
    assert vestnik("--version").stdout == f"vestnik, version {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_help(name: str) -> None:
    """Every command explains itself."""
    done = vestnik(name, "-h")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: python -m vestnik {name}")
    assert done.stderr == ""


def test_unknown_command() -> None:
    """A command that there is not is a usage error that names it."""
    done = vestnik("dance")
    assert done.returncode == 2
    assert "dance" in done.stderr
