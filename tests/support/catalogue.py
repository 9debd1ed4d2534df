"""What the docs take from the code: the tables of events and settings, and the examples in docs/examples.

python -m tests.support.catalogue            says which page is out of date, and ends with 1 if one is
python -m tests.support.catalogue --write    brings them up to date
"""

import logging
import re
import sys
import typing
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from tests.support.reference import library_reference
from vestnik.chat.limits import Limits
from vestnik.chat.rules.matrix import MATRIX
from vestnik.client import catalogue as of_client
from vestnik.log import events as of_journal
from vestnik.log.events import EventType
from vestnik.server import catalogue as of_server
from vestnik.server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOT_THERE = "–"
DATA_DEFAULT = "the user's data directory, see below"
CATALOGUES = (of_server, of_client, of_journal)
EVENTS: dict[str, EventType] = {name: event for module in CATALOGUES for name, event in module.ALL.items()}
SERVER_SIDE = {
    "server",
    "store",
    "connection",
    "control",
    "probe",
    "guest",
    "presence",
    "change",
    "backlog",
    "delivery",
    "message",
    "session",
    "retention",
    "request",
    "task",
}
UNHANDLED = {"function", "program", "thread", "unraisable", "warning"}
EVENT_GROUPS: tuple[tuple[str, Callable[[EventType], bool]], ...] = (
    ("Answers of the server", lambda event: event.code is not None),
    ("The server, its store and its connections", lambda event: event.name.split(".")[0] in SERVER_SIDE),
    ("Administration of accounts (`admin.log`)", lambda event: event.name.startswith("admin.")),
    ("The client", lambda event: event.name.startswith("client.")),
    ("Functions, and failures that nobody handled", lambda event: event.name.split(".")[0] in UNHANDLED),
    ("The journal about itself", lambda event: event.name.startswith("journal.")),
)


def event_tables() -> str:
    """A table for each group of events: name, level, code, sentence in both languages, fields."""
    groups: dict[str, list[EventType]] = {title: [] for title, _ in EVENT_GROUPS}
    for event in EVENTS.values():
        title = next(title for title, belongs in EVENT_GROUPS if belongs(event))
        groups[title].append(event)
    parts = []
    for title, found in groups.items():
        rows = [
            (
                f"`{event.name}`",
                logging.getLevelName(event.level),
                str(event.code or "–"),
                "<br>".join(sentence.rstrip().replace("|", "\\|") for sentence in reversed(event.sentences)),
                ", ".join(f"`{field}`" for field in event.fields) or "–",
            )
            for event in found
        ]
        parts.append(f"### {title}\n\n{_table(('event', 'level', 'code', 'sentence', 'fields'), rows)}")
    return "\n".join(parts)


def setting_tables() -> str:
    """A table of the top level of the settings file and one of its section `[limits]`."""
    top = [row for row in _setting_rows(Settings) if row[0] != "`limits`"]
    heading = ("key", "default", "bounds", "meaning")
    return f"{_table(heading, top)}\nThe section `[limits]`:\n\n{_table(heading, _setting_rows(Limits))}"


def _setting_rows(settings: type[msgspec.Struct]) -> list[tuple[str, ...]]:
    hints = typing.get_type_hints(settings, include_extras=True)
    rows: list[tuple[str, ...]] = []
    for field in msgspec.structs.fields(settings):
        kind, meta = typing.get_args(hints[field.name])
        default = DATA_DEFAULT if field.name == "data" else f"`{msgspec.json.encode(field.default).decode()}`"
        rows.append((f"`{field.name}`", default, _bounds(kind, meta), str(meta.description)))
    return rows


def _bounds(kind: object, meta: msgspec.Meta) -> str:
    if typing.get_origin(kind) is typing.Literal:
        return ", ".join(f"`{value}`" for value in typing.get_args(kind))
    if meta.min_length is not None:
        return "not empty"
    if meta.le is not None:
        return f"{meta.ge:,} – {meta.le:,}"
    if meta.ge is not None:
        return f"≥ {meta.ge:,}"
    return f"> {meta.gt:,}" if meta.gt is not None else "–"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def matrix_table() -> str:
    """Who may do what: a row for each line of `vestnik.chat.rules.matrix`."""
    rows = [
        (
            f"`{action}`" + (f" ({about})" if about else ""),
            *(NOT_THERE if level == "nobody" else level for level in permission[:4]),
            f"`{permission.setting}`" if permission.setting else NOT_THERE,
            "yes" if permission.muted else "no",
            "yes" if permission.archived else "no",
        )
        for (action, about), permission in MATRIX.items()
    ]
    return _table(("action", "public room", "private room", "group", "direct", "setting", "muted", "archived"), rows)


TABLES = {"matrix": matrix_table, "events": event_tables, "settings": setting_tables, "library": library_reference}
EXAMPLES = ROOT / "docs" / "examples"
PAGES = (ROOT / "README.md", ROOT / "README.ru.md", *sorted((ROOT / "docs").glob("*.md")))
_TABLE = re.compile(r"(<!-- (\w+):start -->).*?(<!-- \2:end -->)", re.DOTALL)
_EXAMPLE = re.compile(r"<!-- example: (\S+) -->(?:\n\n```\w*\n.*?```)?", re.DOTALL)


def updated(text: str) -> str:
    """A page with its tables and examples as they are today; tables that others make stay."""

    def table(found: re.Match[str]) -> str:
        make = TABLES.get(found[2])
        return f"{found[1]}\n\n{make()}\n{found[3]}" if make else found[0]

    def example(found: re.Match[str]) -> str:
        kind = "python" if found[1].endswith(".py") else "text"
        content = (EXAMPLES / found[1]).read_text("utf-8")
        return f"<!-- example: {found[1]} -->\n\n```{kind}\n{content}```"

    return _EXAMPLE.sub(example, _TABLE.sub(table, text))


def main() -> int:
    """Compare or write every page; the exit code."""
    stale = [page for page in PAGES if page.read_text("utf-8") != updated(page.read_text("utf-8"))]
    for page in stale:
        if "--write" in sys.argv[1:]:
            page.write_text(updated(page.read_text("utf-8")), "utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)}\n")
    return 1 if stale and "--write" not in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
