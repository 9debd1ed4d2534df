"""Which journals a command reads, and the notes about what it could not read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import click

from vestnik.cli import options
from vestnik.cli.failure import Failure
from vestnik.cli.language import set_language
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.days.names import DayFile, day_file
from vestnik.log.escape import escape
from vestnik.log.reading.reader import Reader
from vestnik.protocol.errors import StartupError
from vestnik.server.settings import Settings, load_settings
from vestnik.texts import say
from vestnik.texts.system import system_reason

F = TypeVar("F", bound=Callable[..., Any])

SERVER: Final = "server"
CLIENT: Final = "client"
NAMES: Final = (SERVER, CLIENT, "admin")


class LabelledReader(NamedTuple):
    """A journal to read; `label` tells it apart from the others of a call."""

    label: str
    reader: Reader


def location(function: F) -> F:
    """The options that say where journals are and what language to speak: `data`, `log_dir`, `config`, `lang`."""
    for option in (options.lang, options.config, options.log_dir, options.data):
        function = option(function)
    return function


class Journals:
    """Finds the journals of one call and tells what could not be read. `language` is that of what it says."""

    def __init__(self, config: Path | None, data: str | None, log_dir: str | None, lang: str | None) -> None:
        self.language = lang or DEFAULT_LANGUAGE
        try:
            self.settings: Settings = load_settings(config, {"data": data, "log_dir": log_dir, "lang": lang})
            self.server_directory = self.settings.log_path
        except StartupError as error:
            raise Failure(error.text(self.language)) from None
        self.language = self.settings.lang
        set_language(self.language)
        self._client_directory = Path(log_dir).expanduser() if log_dir else None
        self.incomplete = False
        self._told: set[str] = set()
        self._found: list[LabelledReader] = []

    def say(self, key: str, /, **values: object) -> str:
        """A sentence; nothing in its values can harm a terminal."""
        shown = {field: escape(value) if isinstance(value, str) else value for field, value in values.items()}
        return say(self.language, key, **shown)

    def note(self, sentence: str) -> None:
        """Says something on standard error, once."""
        if sentence not in self._told:
            self._told.add(sentence)
            click.echo(sentence, err=True)

    def report(self, path: Path, error: Exception) -> None:
        """Notes what could not be read, or not all of it."""
        self.incomplete = True
        if isinstance(error, OSError) and error.strerror:
            reason = system_reason(error, self.language)
            self.note(self.say("cli.journal_unreadable", path=str(path), reason=reason))
        else:
            self.note(self.say("cli.journal_damaged", path=str(path), reason=str(error).removeprefix(f"{path}: ")))

    def one(self, name: str | None) -> LabelledReader:
        """The journal that `name` says; the server's if it is None. Raises Failure if there is none, or several."""
        found = self.all([SERVER if name is None else name])
        if len(found) > 1:
            names = ", ".join(journal.reader.name for journal in found)
            raise Failure(self.say("cli.journal_several", path=str(name), names=names))
        return found[0]

    def all(self, names: Sequence[str]) -> list[LabelledReader]:
        """The journals with these names; without any, those of NAMES that there are. Failure says which is missing."""
        readers = [reader for name in names for reader in self._readers(name)]
        if not names:
            readers = [self._known(name) for name in NAMES]
            missing = self._missing(readers[0])
            readers = [reader for reader in readers if self._is_there(reader)]
            if not readers:
                raise Failure(missing)
            if readers[0].name != SERVER:
                self.note(missing)
        for reader in readers:
            if not self._is_there(reader):
                raise Failure(self._missing(reader))
        labels = [reader.name for reader in readers]
        self._found = [
            LabelledReader(label if labels.count(label) == 1 else str(reader.directory / label), reader)
            for label, reader in zip(labels, readers, strict=True)
        ]
        return self._found

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Around everything that reads: notes a directory that cannot be read."""
        try:
            yield
        except OSError as error:
            self.report(Path(str(error.filename or "")), error)

    def finish(self) -> None:
        """Says what was left out; raises SystemExit with 1 if anything could not be read."""
        for _, reader in self._found:
            if dates := ", ".join(sorted(reader.text_only)):
                self.note(self.say("cli.journal_text_only", name=reader.name, dates=dates))
        if self.incomplete:
            raise SystemExit(1)

    def find(self, name: str) -> tuple[Path, str]:
        """The directory and the name of a journal, which need not be there."""
        if name in NAMES:
            return self._directory(name), name
        path = Path(name)
        day = day_file(path)
        return path.parent, path.name if day is None else day.name

    def placed(self, name: str) -> tuple[Path, str]:
        """As `find`, where the directory must be there. Raises Failure otherwise."""
        directory, journal = self.find(name)
        try:
            there = directory.is_dir()
        except OSError as error:
            reason = system_reason(error, self.language)
            raise Failure(self.say("cli.journal_unreadable", path=str(directory), reason=reason)) from None
        if not there:
            raise Failure(self._missing(Reader(directory, journal, self.report)))
        return directory, journal

    def _known(self, name: str) -> Reader:
        return Reader(self._directory(name), name, self.report)

    def _directory(self, name: str) -> Path:
        if name != CLIENT:
            return self.server_directory
        if self._client_directory is None:
            from vestnik.log.setup import default_directory  # imports all that writes journals

            self._client_directory = default_directory()
        return self._client_directory

    def _readers(self, name: str) -> list[Reader]:
        """What a name or a path stands for."""
        path = Path(name)
        if name in NAMES:
            return [self._known(name)]
        if path.is_dir():
            found = sorted({file.name for each in path.iterdir() if (file := day_file(each)) and file.kind != "seals"})
            if not found:
                raise Failure(self.say("cli.journal_empty", path=name))
            return [Reader(path, each, self.report) for each in found]
        if path.is_file():
            return [_lone(path, self.report)]
        return [Reader(path.parent, path.name, self.report)]

    def _is_there(self, reader: Reader) -> bool:
        try:
            return bool(reader.files())
        except OSError as error:
            reason = system_reason(error, self.language)
            raise Failure(self.say("cli.journal_unreadable", path=str(reader.directory), reason=reason)) from None

    def _missing(self, reader: Reader) -> str:
        return self.say("cli.journal_none", name=reader.name, path=str(reader.directory.absolute()))


def _lone(path: Path, report: Callable[[Path, Exception], None]) -> Reader:
    """A reader of one file, whatever it is called."""
    file = day_file(path)
    if file is None:
        name = path.name.removesuffix(".gz")
        kind = "jsonl" if name.endswith(".jsonl") else "log"
        file = DayFile(path, name.partition(".")[0], kind, "", path.name.endswith(".gz"))  # type: ignore[arg-type]
    return Reader(path.parent, file.name, report, file=file)
