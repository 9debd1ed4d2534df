"""What the user has chosen: by options, else by variables, else in the file of settings, else what is usual."""

from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from click.core import ParameterSource

from vestnik.cli.client.address import NoAddress, parse_address
from vestnik.cli.client.settings import ClientSettings, ClientSettingsBad, load_client_settings, settings_path
from vestnik.client.trust import is_this_machine
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.texts import say

DEFAULT_ADDRESS: Final = "127.0.0.1"
DEFAULT_PORT: Final = 7777

_STRENGTHS: Final = {ParameterSource.COMMANDLINE: 3, ParameterSource.ENVIRONMENT: 2}
_IN_FILE: Final = 1


class Choice(NamedTuple):
    """Which server, as whom, and how. `user` is empty if nobody has said it, `log_dir` None for the usual place."""

    host: str
    port: int
    user: str
    lang: str
    log_dir: Path | None
    log_level: str | None
    trace: bool
    journal_text: bool
    remember: bool
    tls: bool
    ca: Path | None
    pin: str | None


def choose(context: click.Context, given: dict[str, Any]) -> Choice:
    """What holds, where the options `given` are None if nobody gave them. Raises UsageError."""
    path = settings_path()
    try:
        settings = load_client_settings(path)
    except ClientSettingsBad as error:
        lang = given["lang"] or error.lang or DEFAULT_LANGUAGE
        raise click.UsageError(error.text(lang, path)) from None
    found = {name: getattr(settings, name) if value is None else value for name, value in given.items()}
    lang = found["lang"] or DEFAULT_LANGUAGE
    host, port = _server(context, settings, found, lang)
    return Choice(
        host=host,
        port=port,
        user=found["user"] or "",
        lang=lang,
        log_dir=Path(found["log_dir"]).expanduser() if found["log_dir"] else None,
        log_level=found["log_level"],
        trace=bool(found["trace"]),
        journal_text=found["journal_text"] is not False,
        remember=found["remember"] is not False,
        tls=not is_this_machine(host) if found["tls"] is None else found["tls"],
        ca=Path(found["ca"]).expanduser() if found["ca"] else None,
        pin=found["pin"] or None,
    )


def _server(context: click.Context, settings: ClientSettings, found: dict[str, Any], lang: str) -> tuple[str, int]:
    """The host, and the port that was said by whichever is stronger: the address or the port."""
    text = found["address"] or DEFAULT_ADDRESS
    try:
        host, in_address = parse_address(text)
    except NoAddress:
        raise click.UsageError(say(lang, "cli.address_bad", value=text)) from None
    port = found["port"]
    if in_address is None or port is None:
        return host, in_address or port or DEFAULT_PORT
    strengths = [
        _STRENGTHS.get(context.get_parameter_source(name) or ParameterSource.DEFAULT, _IN_FILE)
        for name in ("address", "port")
    ]
    if strengths[0] == strengths[1] and in_address != port:
        raise click.UsageError(say(lang, "cli.two_ports", one=in_address, other=port))
    return host, port if strengths[1] > strengths[0] else in_address
