"""The index that messages are searched by, in SQLite's full-text search (FTS5). All SQL of its own is in this module.

`search_index` knows for each message its words (`vestnik.chat.storage.words.terms`) and marks: its conversation, its
author, the two people of a direct conversation, whether it has a link, answers another one, or was forwarded.
`search_word` has every word once, with its stem, and `search_part` finds words by three or more of their characters.
So a word of a query is first looked up among the words, in its forms or as a part, and then the messages are found by
whole words, which is fast.

The index is not kept up while messages are written, but later, many at once (`catch_up`). What is changed or removed
before that is not in it yet; what is changed later leaves the index in the same transaction.
"""

import json
import math
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from time import perf_counter
from typing import Final, NamedTuple

import snowballstemmer  # type: ignore[import-untyped]
from sqlalchemy import Connection

from vestnik.chat.storage.words import has_link, pairs, terms

RULES: Final = f"1, Unicode {unicodedata.unidata_version}, snowballstemmer {version('snowballstemmer')}"
"""How words are made. Where it is not what an index was made with, the index is made anew. The number counts the
changes of `vestnik.chat.storage.words`."""
AT_A_TIME: Final = 50
"""Messages that are taken into the index together, before the clock is looked at."""
MERGED: Final = 32
"""Pages of the index that are merged with every slice: more than a slice writes on all levels together."""
MOST_WORDS: Final = 128
"""Words of the index that are looked for as forms of the words of a query, for all of them together; and as many again
that have them as beginnings or parts. Of more, those that came up first are taken: they are the most frequent ones."""
LEAST_WORDS: Final = 8
"""How many are looked for for each word of a query in any case."""
SHORTEST_START: Final = 2
"""Characters with which a word that is looked for may begin, if the query has no other word."""
SHORTEST_PART: Final = 3
"""Characters that are found inside of words: SQLite looks for three at a time."""
LINK: Final = "=l"
"""Marks a message with a link. A mark is no word, for it has a sign in it."""
REPLY: Final = "=r"
"""Marks a message that answers another one."""
FORWARD: Final = "=f"
"""Marks a message that was forwarded."""

_ABOUT: Final = (
    "conversation_id, sender_id, reply_to, forwarded, low_id, high_id"
    " FROM message JOIN conversation ON conversation.id = conversation_id"
)
"""What the marks of a message are made of."""
# A stemmer works in its own attributes, and words come from several threads.
_STEMMING: Final = threading.Lock()
_RUSSIAN: Final = snowballstemmer.stemmer("russian")
_ENGLISH: Final = snowballstemmer.stemmer("english")


def in_conversation(conversation_id: int) -> str:
    """The mark of the messages of a conversation."""
    return f"=c{conversation_id}"


def by_author(account_id: int) -> str:
    """The mark of the messages of an account."""
    return f"=a{account_id}"


def in_directs(account_id: int) -> str:
    """The mark of all messages of an account's direct conversations."""
    return f"=d{account_id}"


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What all forms of a Russian or English word have in common; of others the word itself."""
    english = word.isascii() and word.isalpha()
    if not english and not "а" <= word[0] <= "я":
        return word
    with _STEMMING:
        return str((_ENGLISH if english else _RUSSIAN).stemWord(word))


def catch_up(connection: Connection, limit: int, seconds: float = math.inf) -> int:
    """Take up to `limit` messages into the index, oldest first, until `seconds` are over; about how many are left."""
    deadline = perf_counter() + seconds
    done: int
    done, rules = connection.exec_driver_sql("SELECT indexed, rules FROM search_state").one()
    if rules != RULES:
        _clear(connection)
        done = 0
    indexed = done
    while limit > 0 and perf_counter() < deadline:
        rows = connection.exec_driver_sql(
            f"SELECT message.id, deleted, text, {_ABOUT} WHERE message.id > ? ORDER BY message.id LIMIT ?",
            (indexed, min(limit, AT_A_TIME)),
        ).fetchall()
        if not rows:
            break
        _add(connection, [(row[0], _message_terms(row[2], *row[3:])) for row in rows if row[1] is None])
        indexed = rows[-1][0]
        limit -= len(rows)
    if indexed > done:
        connection.exec_driver_sql("UPDATE search_state SET indexed = ?", (indexed,))
        connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)", (MERGED,))
    # Changes are counted with the messages: it may be fewer.
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM message").scalar_one()
    return max(0, int(last - indexed))


def unindex(connection: Connection, number: int, text: str) -> None:
    """Take a message out of the index. Call this before its row is deleted, with the text that it has had until now.

    Nothing happens if it is not in the index yet. Not for messages that were deleted before: they have left it.
    """
    found = _indexed_terms(connection, number, text)
    if found is not None:
        _remove(connection, number, found)
        _forget_words(connection, set(found))


def reindex(connection: Connection, number: int, before: str, after: str) -> None:
    """Give a message whose text was `before` another place in the index, for its text is `after` now.

    Nothing happens if it is not in the index yet.
    """
    old, new = _indexed_terms(connection, number, before), _indexed_terms(connection, number, after)
    if old is not None and new is not None:
        _remove(connection, number, old)
        _add(connection, [(number, new)])
        _forget_words(connection, set(old) - set(new))


class Words(NamedTuple):
    """What the index has for a word of a query: the word in its `forms`, words that begin with it, with it inside."""

    forms: list[str]
    starts: list[str]
    parts: list[str]


def limit_for(count: int) -> int:
    """How many words of the index are looked for for each of `count` words of a query, in each of the two ways."""
    return max(LEAST_WORDS, MOST_WORDS // count)


def look_up(connection: Connection, word: str, limit: int, *, alone: bool = True) -> Words:
    """The words of the index that a word of a query may mean: up to `limit` forms, and as many with it inside.

    `alone` says that the query has no other word: beside others, very short ones are whole words.
    """
    root = stem(word)
    query = "SELECT word FROM search_word WHERE stem = ? AND word <> ? ORDER BY id LIMIT ?"
    forms = [word, *_words(connection, query, (root, word, limit))]
    part = _common_start(word, root)
    if len(part) < SHORTEST_PART:
        part = word
    starts: list[str] = []
    parts: list[str] = []
    if len(part) >= (SHORTEST_START if alone else SHORTEST_PART):
        query = "SELECT word FROM search_word WHERE word > ? AND word < ? ORDER BY id LIMIT ?"
        # Of what begins so, forms may be the most.
        found = _words(connection, query, (part, part + chr(0x10FFFF), limit + len(forms)))
        starts = _without(found, forms)[:limit]
    if len(part) >= SHORTEST_PART and len(starts) < limit:
        query = "SELECT word FROM search_part WHERE search_part MATCH ? ORDER BY rowid LIMIT ?"
        found = _words(connection, query, (f'"{part}"', limit + len(forms) + len(starts)))
        parts = _without(found, forms + starts)[: limit - len(starts)]
    return Words(forms, starts, parts)


def starting_with(connection: Connection, character: str, limit: int) -> list[str]:
    """A character of a script without blanks, and up to `limit` pairs of characters that begin with it."""
    query = "SELECT word FROM search_word WHERE word > ? AND word < ? ORDER BY id LIMIT ?"
    return [character, *_words(connection, query, (character, character + chr(0x10FFFF), limit))]


def any_of(found: Iterable[str]) -> str:
    """The condition that a message has one of these words or marks."""
    return "(" + " OR ".join(f'"{word}"' for word in found) + ")"


def neighbours(run: str) -> str:
    """The condition that a message has these characters, of a script without blanks, side by side."""
    return '"' + " ".join(pairs(run)) + '"'


def _words(connection: Connection, query: str, values: tuple[str | int, ...]) -> list[str]:
    return list(connection.exec_driver_sql(query, values).scalars())


def _without(found: list[str], known: list[str]) -> list[str]:
    seen = set(known)
    return [word for word in found if word not in seen]


def _common_start(one: str, other: str) -> str:
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return one[:at]


def _message_terms(
    text: str,
    conversation_id: int,
    sender_id: int,
    reply_to: int | None,
    forwarded: str | None,
    low: int | None,
    high: int | None,
) -> list[str]:
    """What the index has for a message."""
    found = terms(text)
    found += (in_conversation(conversation_id), by_author(sender_id))
    if low is not None and high is not None:
        found += {in_directs(low), in_directs(high)}
    for mark, wanted in ((LINK, has_link(text)), (REPLY, reply_to is not None), (FORWARD, forwarded is not None)):
        if wanted:
            found.append(mark)
    return found


def _indexed_terms(connection: Connection, number: int, text: str) -> list[str] | None:
    """What the index has for a message with this text; None when it has nothing yet."""
    row = connection.exec_driver_sql(
        f"SELECT {_ABOUT} WHERE message.id = ? AND message.id <= (SELECT indexed FROM search_state)",  # noqa: S608
        (number,),
    ).first()
    return None if row is None else _message_terms(text, *row)


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
    unknown = _words(connection, query, (json.dumps(list(found), ensure_ascii=False),))
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM search_word").scalar_one()
    new = list(enumerate(unknown, last + 1))
    if new:
        connection.exec_driver_sql(
            "INSERT INTO search_word (id, word, stem) VALUES (?, ?, ?)",
            [(number, word, stem(word)) for number, word in new],
        )
        connection.exec_driver_sql("INSERT INTO search_part (rowid, word) VALUES (?, ?)", new)


def _remove(connection: Connection, number: int, found: list[str]) -> None:
    connection.exec_driver_sql(
        "INSERT INTO search_index (search_index, rowid, terms) VALUES ('delete', ?, ?)", (number, " ".join(found))
    )


def _forget_words(connection: Connection, found: set[str]) -> None:
    """Remove those words that no message has any more: what was deleted must not be left here."""
    for word in found:
        if word[0] == "=":
            continue
        used = connection.exec_driver_sql(
            "SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT 1", (f'"{word}"',)
        ).first()
        row = connection.exec_driver_sql("SELECT id FROM search_word WHERE word = ?", (word,)).first()
        if used is None and row is not None:
            connection.exec_driver_sql(
                "INSERT INTO search_part (search_part, rowid, word) VALUES ('delete', ?, ?)", (row.id, word)
            )
            connection.exec_driver_sql("DELETE FROM search_word WHERE id = ?", (row.id,))


def _clear(connection: Connection) -> None:
    """Empty the index, so that it is made anew."""
    for statement in (
        "INSERT INTO search_index (search_index) VALUES ('delete-all')",
        "INSERT INTO search_part (search_part) VALUES ('delete-all')",
        "DELETE FROM search_word",
    ):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("UPDATE search_state SET indexed = 0, rules = ?", (RULES,))
