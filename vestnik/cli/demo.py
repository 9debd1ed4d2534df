"""`vestnik demo`: the mission's session with a real server and real clients, compared with the specification."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from typing import IO, Final, NamedTuple

import click

from vestnik.cli import options
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.texts import say

PORT: Final = 7777
CLOSED_PORT: Final = 2020
"""Where, in the session, nobody listens."""
TIME_STAMP: Final = 24
"""Characters of a line before its level: the only part that may differ from the specification."""
DEADLINE: Final = 60.0
"""Seconds one client may take."""
COLOURS: Final = {"ERROR": "red", "CRITICAL": "bright_red", "WARNING": "yellow"}

_CHAT: Final = "/join #geekbrains\nВсем привет в этом чатике!\nНу и больно надо...\n/leave #geekbrains\n"


class ClientRun(NamedTuple):
    """One run of the client: who, where to (None: the demo's server), and the lines typed."""

    user: str
    lines: str = ""
    address: str = "127.0.0.1"
    port: int | None = None


SESSION: Final = (
    ClientRun("user", _CHAT),
    ClientRun("user", _CHAT),
    ClientRun("user", address="localhost1"),
    ClientRun("user", port=CLOSED_PORT),
    ClientRun("user1", _CHAT),
    ClientRun("user", "/leave #geekbrains\n"),
    ClientRun("user", "/leave #geekbrains1\n"),
)
"""The mission's session in order: two whole sessions, a wrong address, a closed port, a stranger, two mistakes."""


@click.command("demo")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Leave both journals in DIR/log.")
@options.lang
def command(keep: Path | None, lang: str | None) -> None:
    """Play a recorded session with a real server and real clients, and compare both journals with the specification.

    The exit code is 0 only if every line matches.
    """
    lang = lang or DEFAULT_LANGUAGE
    with tempfile.TemporaryDirectory(prefix="vestnik-demo-") as directory:
        try:
            journals, port = play(Path(directory))
        except RuntimeError as error:
            raise click.ClickException(say(lang, "cli.demo_failed", reason=error)) from None
    if port != PORT:
        click.echo(say(lang, "cli.demo_port", port=port))
    if keep is not None:
        (keep / "log").mkdir(parents=True, exist_ok=True)
        for side, text in journals.items():
            (keep / "log" / f"{side}.log").write_text(text, "utf-8")
        click.echo(say(lang, "cli.demo_kept", path=keep / "log"))
    same = [_show(lang, side, text, port) for side, text in journals.items()]
    raise SystemExit(0 if all(same) else 1)


def play(directory: Path) -> tuple[dict[str, str], int]:
    """Play the session with everything in `directory`; both journals by side, and the server's port.

    Raises RuntimeError when the server does not start.
    """
    password = secrets.token_urlsafe()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VESTNIK_")}
    environment |= {PASSWORD_VARIABLE: password, "PYTHONIOENCODING": "utf-8"}
    (directory / "vestnik.toml").touch()
    where = ("--data", str(directory), "--log-dir", str(directory / "log"), "--config", str(directory / "vestnik.toml"))
    vestnik = (sys.executable, "-m", "vestnik")
    adding = (*vestnik, "user", *where, "add", "user")
    subprocess.run(adding, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=DEADLINE)
    started = ""
    for wanted in (PORT, 0):
        with _running((*vestnik, "server", "-p", str(wanted), *where), environment) as lines:
            started = next(lines, "")
            if f"{say('ru', 'server.started', address='', port='')}" in started:
                port = int(started.rsplit(":", 1)[1])
                return _play_session(directory / "log", lines, vestnik, port, environment), port
        shutil.rmtree(directory / "log", ignore_errors=True)  # somebody else has the port
    raise RuntimeError(started.rstrip() or "?")


def _play_session(
    log: Path, lines: IO[str], vestnik: tuple[str, ...], port: int, environment: dict[str, str]
) -> dict[str, str]:
    """Run the clients, one after the other, with the server that prints `lines`; both journals by side."""
    for run in SESSION:
        to = ("-a", run.address, "-p", str(run.port or port), "-u", run.user)
        subprocess.run(
            (*vestnik, "client", *to, "--log-dir", str(log)),
            env=environment,
            input=run.lines.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=DEADLINE,
            check=False,  # some are meant to fail
        )
    # The console shows a line after the file has it: with the last of the session, the journal is complete.
    ends = sum(1 for run in SESSION if run.address == "127.0.0.1" and run.port is None)
    for line in lines:
        ends -= line.rstrip("\n").endswith(say("ru", "connection.closed"))
        if not ends:
            break
    return {side: (log / f"{side}.log").read_text("utf-8") for side in ("server", "client")}


def expected(side: str, port: int = PORT) -> list[str]:
    """The lines of the specification for "server" or "client", with the server at `port`."""
    text = resources.files("vestnik.cli.golden").joinpath(f"{side}_session.log").read_text("utf-8")
    return text.replace(f":{PORT}", f":{port}").splitlines()


@contextmanager
def _running(arguments: tuple[str, ...], environment: dict[str, str]) -> Iterator[IO[str]]:
    """The lines that a server writes to its console, while it runs."""
    process = subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stderr is not None  # noqa: S101  # it is a pipe
    try:
        yield process.stderr
    finally:
        process.terminate()
        shutil.copyfileobj(process.stderr, _Nowhere())
        process.wait()


class _Nowhere:
    def write(self, _text: str) -> int:
        return 0


def _show(lang: str, side: str, journal: str, port: int) -> bool:
    """Show one journal and say whether it is what it must be."""
    names = {"side": say(lang, f"cli.demo_{side}")}
    lines = journal.splitlines()
    click.echo(say(lang, "cli.demo_journal", count=len(lines), **names))
    for line in lines:
        click.secho(f"  {line}", fg=COLOURS.get(line[TIME_STAMP:].split(" ", 1)[0]))
    for number, (wanted, found) in enumerate(zip_longest(expected(side, port), lines), 1):
        if wanted is None or found is None or wanted[TIME_STAMP:] != found[TIME_STAMP:]:
            nothing = say(lang, "cli.demo_nothing")
            click.secho(say(lang, "cli.demo_differs", number=number, **names), fg="red")
            click.echo(say(lang, "cli.demo_expected", line=wanted or nothing))
            click.echo(say(lang, "cli.demo_found", line=found or nothing))
            return False
    click.secho(say(lang, "cli.demo_same", count=len(lines), **names), fg="green")
    return True
