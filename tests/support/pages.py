"""Files of journals made by hand, as `docs/journal.md` describes them: the same records as text and as JSON."""

import gzip
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from vestnik.log.days.names import DayFile
from vestnik.log.escape import escape_at_most
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.stamps import SECOND, Stamps

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
Record = dict[str, Any]


def at(seconds: float, start: datetime = START) -> datetime:
    """A moment some seconds after `start`."""
    return start + timedelta(seconds=seconds)


def micros(moment: datetime) -> int:
    """A moment as journals are read: microseconds since 1970."""
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond


def record(moment: datetime, event: str | None = None, message: str = "Something", **fields: object) -> Record:
    """A record as its JSON has it; `level`, `logger`, `traceback` and whatever else may be among `fields`."""
    head = {"time": moment.isoformat(timespec="microseconds"), "level": fields.pop("level", "INFO")}
    head |= {"logger": fields.pop("logger", "server"), "event": event, "code": fields.pop("code", None)}
    head |= {"message": message, "connection": fields.pop("connection", None), "request": fields.pop("request", None)}
    return {key: value for key, value in (head | fields).items() if value is not None}


def json_of(made: Record) -> bytes:
    """The line of JSON of a record, without its newline."""
    return msgspec.json.encode(made)


def text_of(made: Record) -> bytes:
    """The line of text of a record, without its newline."""
    time, traceback = made["time"], made.get("traceback")
    said = made["message"] if traceback is None else f"{made['message']}\n{traceback}"
    label = f"{made['level']:<8} {made['logger']:<10}"
    return f"{time[:10]} {time[11:19]},{time[20:23]} {label} {escape_at_most(said, 16_384)}".encode()


def entry_of(made: Record, kind: str = "jsonl") -> Entry:
    """A record as it is read from a file of this kind."""
    raw = json_of(made) if kind == "jsonl" else text_of(made)
    time = Stamps(kind).read(raw)  # type: ignore[arg-type]  # a kind of lines
    assert time is not None
    return Entry(time, raw, Source(Path("server"), kind, "server"))  # type: ignore[arg-type]  # the same


def write(
    directory: Path,
    records: Iterable[Record],
    name: str = "server",
    kinds: Sequence[str] = ("log", "jsonl"),
    *,
    packed: bool = False,
) -> list[Path]:
    """Appends records to the files of their days, plain or as a member of the compressed ones; the files."""
    days: dict[Path, list[bytes]] = {}
    for made in records:
        for kind in kinds:
            path = directory / f"{name}.{kind}.{made['time'][:10]}{'.gz' if packed else ''}"
            days.setdefault(path, []).append(text_of(made) if kind == "log" else json_of(made))
    directory.mkdir(parents=True, exist_ok=True)
    for path, lines in days.items():
        data = b"".join(line + b"\n" for line in lines)
        with path.open("ab") as file:
            file.write(gzip.compress(data) if packed else data)
    return list(days)


def day(path: Path) -> DayFile:
    """What the name of a file says."""
    parts = path.name.removesuffix(".gz").split(".")
    return DayFile(path, parts[0], parts[1], parts[2], path.name.endswith(".gz"))  # type: ignore[arg-type]  # a kind
