"""What is in the index for searching, and how it follows the messages.

The index is filled later than messages are written, many at once (`catch_up`), in a file of its own. It can always be
made anew: it is thrown away and filled from the beginning when it belongs to another database, was made by other rules,
or knows more than the database has. Messages and changes are counted together in the order of their commits, so one
number says how far the index has followed both.
"""

import json
import math
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Connection, select

from vestnik.chat.storage.words import has_link, terms
from vestnik.store import search_index
from vestnik.store.queries.changes import last_number
from vestnik.store.schema import epoch
from vestnik.store.search_index import (
    BLOCK,
    FORWARD,
    LINK,
    REPLY,
    by_author,
    in_conversation,
    in_directs,
    stem,
)

AT_A_TIME: Final = 50
"""Messages, or changes, that are taken into the index together, before the clock is looked at."""
TERMS_AT_A_TIME: Final = 2000
"""Words of messages after which it is looked at in any case."""
ALTERING: Final = frozenset({"edit", "delete"})
"""Kinds of changes after which a message has other words."""
MERGED: Final = 32
"""Pages of the index that are merged with every slice: more than a slice writes on all levels together."""

_TABLES: Final = (
    # How far the index goes (`message.id` and `change.id`), by which rules it was made, and of which epoch it is.
    "CREATE TABLE search.search_state (indexed INTEGER NOT NULL, rules TEXT NOT NULL, epoch TEXT NOT NULL)",
    "INSERT INTO search.search_state (indexed, rules, epoch) VALUES (0, '', '')",
    "CREATE TABLE search.search_time (block INTEGER PRIMARY KEY, earliest REAL NOT NULL, latest REAL NOT NULL)",
    "CREATE TABLE search.search_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, stem TEXT NOT NULL)",
    "CREATE INDEX search.ix_search_word_stem ON search_word (stem)",
    "CREATE VIRTUAL TABLE search.search_part USING fts5(word, content = 'search_word', content_rowid = 'id',"
    " columnsize = 0, tokenize = 'trigram case_sensitive 1')",
    # With its content: what a message had is taken out when the message has changed, or is gone.
    "CREATE VIRTUAL TABLE search.search_index USING fts5(terms, columnsize = 0, tokenize = \"ascii tokenchars '='\")",
    # Its parts are merged a little with every slice, instead of much now and then.
    "INSERT INTO search.search_index (search_index, rank) VALUES ('automerge', 0)",
)
_ABOUT: Final = (
    "message.id, deleted, text, time, conversation_id, sender_id, reply_to, forwarded, low_id, high_id"
    " FROM message JOIN conversation ON conversation.id = conversation_id"
)
"""What is read of a message for the index."""
_NEW: Final = f"SELECT {_ABOUT} WHERE message.id > ? AND message.id <= ? ORDER BY message.id LIMIT ?"
_CHANGES: Final = "SELECT id, kind, conversation_id, seq FROM change WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
_CHANGED: Final = f"SELECT {_ABOUT} WHERE conversation_id = ? AND seq = ? AND message.id <= ?"
_EPOCH: Final = select(epoch.c.epoch).order_by(epoch.c.id.desc()).limit(1)


def make_tables(connection: Connection) -> None:
    """Make the tables of an empty index in the file that is attached as `search`, if it has none."""
    found = connection.exec_driver_sql("SELECT 1 FROM search.sqlite_master WHERE name = 'search_state'").first()
    if found is None:
        for statement in _TABLES:
            connection.exec_driver_sql(statement)


def catch_up(
    connection: Connection, limit: int, seconds: float = math.inf, clock: Callable[[], float] = perf_counter
) -> int:
    """Take up to `limit` messages and changes into the index, oldest first, until `seconds` of `clock` are over.

    About how many are left.
    """
    deadline = clock() + seconds
    last = last_number(connection)
    before = indexed = _begin(connection, last)
    while limit > 0 and indexed < last and clock() < deadline:
        indexed, done = _take(connection, indexed, last, min(limit, AT_A_TIME))
        limit -= done
    if indexed > before:
        connection.exec_driver_sql("UPDATE search_state SET indexed = ?", (indexed,))
        connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)", (MERGED,))
    return last - indexed


def take_out(connection: Connection, numbers: list[int]) -> None:
    """Leave nothing in the index of messages that are gone."""
    for number in numbers:
        _forget_words(connection, _remove(connection, number))


def fits(connection: Connection) -> bool:
    """Whether the index is one of this database: not of another one, made by other rules, or ahead of it."""
    return _position(connection, last_number(connection)) is not None


def _begin(connection: Connection, last: int) -> int:
    """How far the index goes; one that does not fit is begun anew."""
    indexed = _position(connection, last)
    if indexed is not None:
        return indexed
    for table in ("search_index", "search_part", "search_word", "search_time", "search_state"):
        connection.exec_driver_sql(f"DROP TABLE search.{table}")
    make_tables(connection)
    values = (search_index.RULES, _epoch(connection))
    connection.exec_driver_sql("UPDATE search_state SET rules = ?, epoch = ?", values)
    return 0


def _position(connection: Connection, last: int) -> int | None:
    """How far the index goes, if it fits a database whose last number is `last`."""
    indexed: int
    indexed, rules, name = connection.exec_driver_sql("SELECT indexed, rules, epoch FROM search_state").one()
    return indexed if (rules, name) == (search_index.RULES, _epoch(connection)) and indexed <= last else None


def _epoch(connection: Connection) -> str:
    return str(connection.execute(_EPOCH).scalar_one())


def _take(connection: Connection, indexed: int, last: int, limit: int) -> tuple[int, int]:
    """Take what comes next into the index: how far it goes then, and how much it was."""
    last, changed = _take_changes(connection, indexed, last, limit)
    new, size = [], 0
    for row in connection.exec_driver_sql(_NEW, (indexed, last, limit)):
        found = _message_terms(row)
        size += len(found)
        new.append((row, found))
        if len(new) == limit or size > TERMS_AT_A_TIME:
            last = row.id
            break
    _add(connection, [(row.id, found) for row, found in new if row.deleted is None])
    _note_times(connection, [(row.id, row.time) for row, _ in new])
    return last, len(new) + changed


def _take_changes(connection: Connection, indexed: int, last: int, limit: int) -> tuple[int, int]:
    """Have what was changed next in the index as it is now: up to which number, and how many changes it were.

    Those behind that number come again, which changes nothing.
    """
    changes = connection.exec_driver_sql(_CHANGES, (indexed, last, limit)).all()
    if len(changes) == limit:
        last = changes[-1].id
    seen: set[tuple[int, int]] = set()
    size = 0
    for count, each in enumerate(changes, 1):
        place = (each.conversation_id, each.seq)
        if each.kind in ALTERING and place not in seen:
            seen.add(place)
            row = connection.exec_driver_sql(_CHANGED, (*place, indexed)).first()
            size += 0 if row is None else _replace(connection, row)
            if size > TERMS_AT_A_TIME:
                return each.id, count
    return last, len(changes)


def _message_terms(row: Any) -> list[str]:
    """What the index has for a message."""
    text, low, high = row.text, row.low_id, row.high_id
    found = terms(text)
    found += (in_conversation(row.conversation_id), by_author(row.sender_id))
    if low is not None and high is not None:
        found += {in_directs(low), in_directs(high)}
    for mark, wanted in (
        (LINK, has_link(text)),
        (REPLY, row.reply_to is not None),
        (FORWARD, row.forwarded is not None),
    ):
        if wanted:
            found.append(mark)
    return found


def _replace(connection: Connection, row: Any) -> int:
    """Have in the index what a message says now, which was there with another text; how many words that concerned."""
    old = _remove(connection, row.id)
    new = [] if row.deleted is not None else _message_terms(row)
    if new:
        _add(connection, [(row.id, new)])
    _forget_words(connection, old - set(new))
    return len(old) + len(new)


def _add(connection: Connection, messages: list[tuple[int, list[str]]]) -> None:
    if not messages:
        return
    _add_words(connection, dict.fromkeys(word for _, found in messages for word in found if word[0] != "="))
    connection.exec_driver_sql(
        "INSERT INTO search_index (rowid, terms) VALUES (?, ?)",
        [(number, " ".join(found)) for number, found in messages],
    )


def _add_words(connection: Connection, found: dict[str, None]) -> None:
    """Keep those words that are new."""
    query = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT word FROM search_word)"
    encoded = json.dumps(list(found), ensure_ascii=False)
    unknown = connection.exec_driver_sql(query, (encoded,)).scalars().all()
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM search_word").scalar_one()
    new = list(enumerate(unknown, last + 1))
    if new:
        connection.exec_driver_sql(
            "INSERT INTO search_word (id, word, stem) VALUES (?, ?, ?)",
            [(number, word, stem(word)) for number, word in new],
        )
        connection.exec_driver_sql("INSERT INTO search_part (rowid, word) VALUES (?, ?)", new)


def _note_times(connection: Connection, messages: list[tuple[int, float]]) -> None:
    """Widen the times of the blocks that these messages are in."""
    blocks: dict[int, list[float]] = {}
    for number, moment in messages:
        blocks.setdefault(number // BLOCK, []).append(moment)
    for block, moments in blocks.items():
        connection.exec_driver_sql(
            "INSERT INTO search_time (block, earliest, latest) VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE"
            " SET earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)",
            (block, min(moments), max(moments)),
        )


def _remove(connection: Connection, number: int) -> set[str]:
    """Take a message out of the index; the words and marks that it had."""
    found = connection.exec_driver_sql("SELECT terms FROM search_index WHERE rowid = ?", (number,)).scalar()
    if found is None:
        return set()
    connection.exec_driver_sql("DELETE FROM search_index WHERE rowid = ?", (number,))
    return set(found.split(" "))


def _forget_words(connection: Connection, found: set[str]) -> None:
    """Remove those words that no message has any more: what was deleted must not be left here."""
    words = [word for word in found if word and word[0] != "="]
    if not words:
        return
    query = (
        "SELECT id, word FROM search_word WHERE word IN (SELECT value FROM json_each(?)) AND NOT EXISTS"
        " (SELECT 1 FROM search_index WHERE search_index MATCH '\"' || search_word.word || '\"')"
    )
    unused = connection.exec_driver_sql(query, (json.dumps(words, ensure_ascii=False),)).all()
    if unused:
        connection.exec_driver_sql(
            "INSERT INTO search_part (search_part, rowid, word) VALUES ('delete', ?, ?)",
            [(row.id, row.word) for row in unused],
        )
        connection.exec_driver_sql("DELETE FROM search_word WHERE id = ?", [(row.id,) for row in unused])
