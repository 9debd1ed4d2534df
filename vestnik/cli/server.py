"""`vestnik server`: run the server until a signal ends it."""

import asyncio
import gc
import ipaddress
import logging
import os
import resource
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from vestnik.cli import options
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.access import check_access
from vestnik.log.crash import catch_everything
from vestnik.log.days.sweep import Sweeper
from vestnik.log.days.sweep_thread import SweepThread
from vestnik.log.journal import Journal, Keep
from vestnik.log.journaled import journaled, switch
from vestnik.log.recording.console import Console
from vestnik.log.sealing.chain import tell_swept
from vestnik.log.setup import configure
from vestnik.ownership import make_owned
from vestnik.protocol.errors import StartupError
from vestnik.server import catalogue
from vestnik.server.app import App, serve
from vestnik.server.memory import return_hashing_memory
from vestnik.server.networks import is_loopback
from vestnik.server.settings import Settings, load_settings
from vestnik.store.durable import make_directory
from vestnik.store.errors import StoreUnsafe
from vestnik.texts import say

SWITCH: Final = 0.0001
"""Seconds after which a thread that wants the interpreter gets it. Whoever writes a transaction wants it again after
each statement, and five milliseconds each time, as is the default, are longer than the transaction."""
LEAST_DESCRIPTORS: Final = 48
"""Descriptors without which no server can work; at rest it has some thirty."""
HEARD_WITHIN: Final = 5.0
"""Seconds within which standard output takes what is said at the start; a paused terminal shows it when it goes on."""


@click.command("server")
@click.option(
    "-a",
    "--address",
    envvar="VESTNIK_ADDRESS",
    show_envvar=True,
    metavar="ADDR",
    help="Address to listen at (default: all).",
)
@click.option(
    "--default-address", metavar="ADDR", help="Address to listen at where nothing else says one (`make run` gives it)."
)
@options.port("Port to listen at; 0 picks a free one (default: 7777).")
@click.option(
    "--tls",
    envvar="VESTNIK_TLS",
    show_envvar=True,
    metavar="FILE",
    help="Certificate and chain for TLS, a PEM file; `self-signed`: the server makes one itself (default: no TLS).",
)
@click.option(
    "--tls-key",
    envvar="VESTNIK_TLS_KEY",
    show_envvar=True,
    metavar="FILE",
    help="Key of the certificate, a PEM file (default: in the certificate's file).",
)
@options.data
@options.log_dir
@options.log_level
@options.trace
@options.lang
@options.config
def command(config: Path | None, default_address: str | None, **given: Any) -> None:
    """Run the server until SIGTERM or Ctrl-C; a second signal does not wait for clients or the disk any more.

    SIGHUP reads the settings anew. Everything else is set in vestnik.toml: see docs/operations.md.
    """
    if given["log_level"]:
        given["log_level"] = given["log_level"].upper()
    defaults = {} if default_address is None else {"address": default_address}

    def load() -> Settings:
        settings = load_settings(config, given, defaults)
        settings.log_path  # noqa: B018  # it may not be a path
        return settings

    _fill_standard_streams()
    try:
        settings = load()
    except StartupError as error:
        journal = Journal("server", None, console=sys.stderr, language=given["lang"] or DEFAULT_LANGUAGE)
        raise SystemExit(_give_up(journal, error)) from None
    raise SystemExit(run(settings, load))


def run(settings: Settings, load: Callable[[], Settings]) -> int:
    """Run the server with `settings`, and with what `load` gives when they are to be read anew; the exit code."""
    try:
        make_directory(settings.data_path)
        make_owned(settings.log_path, 0o750)
        check_access(settings.log_path, "server", date.today())
    except OSError as error:
        journal = Journal("server", None, console=sys.stderr, language=settings.lang)
        return _give_up(journal, _directory_error(error, settings.data_path))
    journal = configure(
        "server",
        directory=settings.log_path,
        level=logging.getLevelNamesMapping()[settings.log_level],
        language=settings.lang,
        json=settings.log_json,
        keep=Keep(settings.keep_days, settings.keep_bytes, settings.day_bytes, settings.free_bytes),
    )
    journal.hold()  # until what an earlier run has left unfinished is whole
    _sweep_admin(journal, settings)
    switch("server", settings.trace)
    catch_everything(journal, settings.log_path, console=True, dumps=False)
    try:
        _raise_file_limit()
    except StartupError as error:
        return _give_up(journal, error)
    sys.setswitchinterval(SWITCH)
    return_hashing_memory()
    app = App(settings, journal)
    try:
        _run_loop(lambda: serve(app, _ready, load))
    except StoreUnsafe as error:
        code = _give_up(journal, error)
        os._exit(code)  # closing the database would take for written what is not
    except StartupError as error:
        return _give_up(journal, error)
    except OSError as error:
        return _give_up(journal, _directory_error(error, settings.data_path))
    except Exception as error:  # noqa: BLE001
        journal.record(catalogue.SERVER_FAILED, f"{type(error).__name__}: {error}", error=error)
        return 1
    finally:
        journal.release()  # what fails from here on can still be journaled
        app.let_go()
    return 0


def _sweep_admin(journal: Journal, settings: Settings) -> None:
    """Keep the journal of `vestnik user`, whose runs are too short for it, as long as the server's own."""
    days, size = settings.keep_days, settings.keep_bytes
    sweeper = Sweeper(
        settings.log_path, "admin", keep_days=days, keep_bytes=size, report=journal.record, tell_swept=tell_swept
    )
    SweepThread(sweeper).start()


@journaled
def _run_loop(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on uvloop where there is one."""
    try:
        import uvloop
    except ImportError:  # not made for this platform: asyncio's own loop does the same, more slowly
        asyncio.run(main())
    else:
        uvloop.run(main())


@journaled
def _ready(app: App) -> None:
    _spare_garbage_collection()
    _say_where(app)


def _spare_garbage_collection() -> None:
    """Leave what the start has made out of collections, and collect less often: messages make no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _say_where(app: App) -> None:
    """Tell whoever started the server where everything is, in a thread: the terminal may be paused, or gone."""
    settings = app.settings
    lines = [
        say(settings.lang, f"cli.server_{key}", path=value.absolute())
        for key, value in (("data", settings.data_path), ("journal", settings.log_path / "server.log"))
    ]
    host = _loopback_of(settings.address)
    how = {"command": _own_command(), "data": shlex.quote(settings.data), "address": host}
    lines.append(say(settings.lang, "cli.server_how", port=app.listener.port, **how))
    certificate = app.renewal.certificate
    if certificate is not None and certificate.self_signed:
        lines.append(say(settings.lang, "cli.server_tls", fingerprint=certificate.fingerprint))
    if not all(map(is_loopback, app.listener.hosts)):
        if settings.plain_passwords:
            lines.append(say(settings.lang, "cli.server_clear"))
        elif certificate is None:
            lines.append(say(settings.lang, "cli.server_open"))
    threading.Thread(target=_show, args=("\n".join(lines) + "\n", app.journal), name="told", daemon=True).start()


def _show(text: str, journal: Journal) -> None:
    console = Console(lambda: sys.stdout, name="standard-output")
    console.show(text, text.count("\n"))
    console.close(timeout=HEARD_WITHIN)
    if console.error is not None:
        reason = getattr(console.error, "strerror", None) or str(console.error)
        journal.record(catalogue.SERVER_UNHEARD, reason)


def _loopback_of(address: str) -> str:
    """Where a client on this machine finds a server that listens at an address: all of them are none to connect to."""
    with suppress(ValueError):  # no event: it is a name
        found = ipaddress.ip_address(address)
        if found.is_unspecified:
            return "127.0.0.1" if found.version == 4 else "::1"
    return address or "127.0.0.1"


def _own_command() -> str:
    """How this program was called, so that what is printed can be typed."""
    called = Path(sys.argv[0])
    if called.name != "vestnik":
        return "python -m vestnik"
    return "vestnik" if shutil.which("vestnik") == str(called) else shlex.quote(sys.argv[0])


def _directory_error(error: OSError, path: Path) -> StartupError:
    return StartupError("server.directory_bad", path=str(error.filename or path), reason=error)


def _give_up(journal: Journal, error: StartupError) -> int:
    event = catalogue.ALL[error.event]
    shown = error.shown(journal.language)
    journal.record(event, *(shown[field] for field in event.fields))
    journal.close()
    return 1


def _fill_standard_streams() -> None:
    """Standard streams that are not there are made empty ones.

    Else a file of ours would get the number of one, and what is printed there be written into it.
    """
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:  # no event: there is no journal yet, and this mends it
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free


def _raise_file_limit() -> None:
    """Let the process open as many files, and so connections, as the system allows it.

    Raises StartupError when these are too few.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # no event: some systems allow less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    if soft != resource.RLIM_INFINITY and soft < LEAST_DESCRIPTORS:
        raise StartupError("server.few_descriptors", limit=soft, least=LEAST_DESCRIPTORS)
