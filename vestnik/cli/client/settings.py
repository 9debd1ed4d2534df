"""What a user has settled for their client: `client.toml` in the user's directory of settings.

Options win over variables, variables over the file.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta
from platformdirs import user_config_path

from vestnik.language import LANGUAGES
from vestnik.texts import say
from vestnik.texts.system import system_reason

CLIENT_FILE: Final = "client.toml"


class ClientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file may hold; what it does not say is None."""

    address: Annotated[str, Meta(min_length=1)] | None = None
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = None
    tls: bool | None = None
    ca: Annotated[str, Meta(min_length=1)] | None = None
    pin: Annotated[str, Meta(min_length=1)] | None = None
    user: Annotated[str, Meta(min_length=1)] | None = None
    lang: Literal["ru", "en"] | None = None
    log_dir: Annotated[str, Meta(min_length=1)] | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = None
    trace: bool | None = None
    journal_text: bool | None = None
    remember: bool | None = None


WANTED: Final = {
    "address": "cli.setting_address",
    "port": "cli.setting_port",
    "tls": "cli.setting_switch",
    "ca": "cli.setting_text",
    "pin": "cli.setting_text",
    "user": "cli.setting_text",
    "lang": "cli.setting_lang",
    "log_dir": "cli.setting_text",
    "log_level": "cli.setting_level",
    "trace": "cli.setting_switch",
    "journal_text": "cli.setting_switch",
    "remember": "cli.setting_switch",
}
"""The sentence that says what a setting has to be."""


class ClientSettingsBad(Exception):
    """The file cannot be used: the sentence `name` with its `values` says why. `lang` is the file's, if it says one."""

    def __init__(self, name: str, lang: str | None = None, **values: str | OSError) -> None:
        super().__init__(name, values)
        self.lang = lang
        self._name = name
        self._values = values

    def text(self, language: str, path: Path) -> str:
        """The sentence, about the file at `path`."""
        values = {
            name: system_reason(value, language) if isinstance(value, OSError) else value
            for name, value in self._values.items()
        }
        return say(language, self._name, path=path, **values)


_KEY: Final = re.compile(r" - at `\$\.(\w+)`$")
_UNKNOWN: Final = re.compile(r"unknown field `(.*)`", re.DOTALL)
_PLACE: Final = re.compile(r"line (\d+), column (\d+)")


def settings_path() -> Path:
    """Where the file is: `~/.config/vestnik/client.toml` on Linux."""
    return user_config_path("vestnik", appauthor=False) / CLIENT_FILE


def load_client_settings(path: Path) -> ClientSettings:
    """The settings in a file, none if it is not there. Raises ClientSettingsBad."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:  # no event: nobody has to have one
        return ClientSettings()
    except OSError as error:
        raise ClientSettingsBad("cli.settings_unread", reason=error) from None
    except UnicodeDecodeError:
        raise ClientSettingsBad("cli.settings_not_text") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = place[1] if (place := _PLACE.search(str(error))) else str(text.count("\n") + 1)
        raise ClientSettingsBad("cli.settings_not_toml", line=line) from None
    try:
        return msgspec.convert(found, ClientSettings)
    except msgspec.ValidationError as error:
        raise _bad(str(error), found) from None


def _bad(error: str, found: dict[str, Any]) -> ClientSettingsBad:
    lang = found.get("lang")
    lang = lang if lang in LANGUAGES else None
    if unknown := _UNKNOWN.search(error):
        return ClientSettingsBad("cli.setting_unknown", lang, key=unknown[1], keys=", ".join(WANTED))
    at = _KEY.search(error)
    key = at[1] if at else ""
    return ClientSettingsBad(WANTED[key], lang, key=key)
