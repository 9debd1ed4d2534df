"""Options that several commands share. Each has an environment variable."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from vestnik.language import LANGUAGES

PASSWORD_VARIABLE: Final = "VESTNIK_PASSWORD"  # noqa: S105  # the name of a variable

data = click.option(
    "--data",
    envvar="VESTNIK_DATA",
    show_envvar=True,
    metavar="DIR",
    help="Directory of the database and the journal (default: the platform's user data directory).",
)
lang = click.option(
    "--lang",
    envvar="VESTNIK_LANG",
    show_envvar=True,
    type=click.Choice(LANGUAGES),
    help="Language of texts and journal (default: ru).",
)
log_dir = click.option(
    "--log-dir", envvar="VESTNIK_LOG_DIR", show_envvar=True, metavar="DIR", help="Directory of the journal."
)
log_level = click.option(
    "--log-level",
    envvar="VESTNIK_LOG_LEVEL",
    show_envvar=True,
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], case_sensitive=False),
    help="Lowest level that is journaled (default: INFO).",
)
trace = click.option(
    "--trace",
    envvar="VESTNIK_TRACE",
    show_envvar=True,
    is_flag=True,
    default=None,
    help="Journal calls of functions from the start; SIGUSR1 turns it on and off.",
)
config = click.option(
    "--config",
    envvar="VESTNIK_CONFIG",
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings file (default: vestnik.toml in the current directory, then in the data directory).",
)


def port(help_text: str, least: int = 0) -> Callable[[Any], Any]:
    """The option -p, with a help text of the command's own, and the `least` number that it takes."""
    return click.option(
        "-p",
        "--port",
        envvar="VESTNIK_PORT",
        show_envvar=True,
        type=click.IntRange(least, 65_535),
        metavar="PORT",
        help=help_text,
    )


_SERVER: Final = (
    click.option(
        "-a",
        "--address",
        envvar="VESTNIK_SERVER",
        show_envvar=True,
        metavar="ADDR[:PORT]",
        help="Address of the server (default: 127.0.0.1).",
    ),
    port("Port of the server (default: 7777).", least=1),
    click.option(
        "--tls/--no-tls",
        envvar="VESTNIK_ENCRYPT",
        show_envvar=True,
        default=None,
        help="Whether the connection is encrypted (default: yes, unless the server is on this machine).",
    ),
    click.option(
        "--ca",
        envvar="VESTNIK_CA",
        show_envvar=True,
        metavar="FILE",
        help="Authorities that vouch for the server, a PEM file (default: the system's).",
    ),
    click.option(
        "--pin",
        envvar="VESTNIK_PIN",
        show_envvar=True,
        metavar="SHA256",
        help="Fingerprint of the certificate that the server must have; it is remembered.",
    ),
    click.option("-u", "--user", envvar="VESTNIK_USER", show_envvar=True, metavar="NAME", help="Account."),
)


def server(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which server a client talks to, how, and as whom."""
    for option in reversed(_SERVER):
        function = option(function)
    return function
