"""The index that messages are searched by, in SQLite's full-text search (FTS5): how it is asked.

`search_index` knows for each message its words (`vestnik.chat.storage.words.terms`) and marks: its conversation, its
author, the two people of a direct conversation, whether it has a link, answers another one, or was forwarded.
`search_word` has every word once, with its stem, and `search_part` finds words by three or more of their characters.
So a word of a query is first looked up among the words, in its forms or as a part, and then the messages are found by
whole words, which is fast.

The tables are in a file of their own, attached as `search` to the connection that asks. They are filled later than the
messages are written (`vestnik.store.indexing`), so what the index says of a message may be of yesterday: a message that
it finds counts if it is there, is not deleted, and is `FRESH`.
"""

import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from typing import Final, NamedTuple

import snowballstemmer  # type: ignore[import-untyped]
from sqlalchemy import Connection

from vestnik.chat.storage.words import pairs

RULES: Final = f"2, Unicode {unicodedata.unidata_version}, snowballstemmer {version('snowballstemmer')}"
"""How words are made. Where it is not what an index was made with, the index is made anew. The number counts the
changes of `vestnik.chat.storage.words`."""
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

FRESH: Final = (
    "(message.edited IS NULL OR NOT EXISTS (SELECT 1 FROM change WHERE change.conversation_id = message.conversation_id"
    " AND change.seq = message.seq AND change.before IS NOT NULL AND change.kind = 'edit'"
    " AND change.id > (SELECT indexed FROM search_state)))"
)
"""The condition that the index has the text which `message` has now."""
BLOCK: Final = 1024
"""Numbers of messages (`message.id`) of which the earliest and the latest time are known together."""
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


def numbers_between(connection: Connection, since: float | None, until: float | None, top: int) -> tuple[int, int]:
    """A range that has the numbers of all messages of these times: the first, and the first behind the last.

    `top` is behind all numbers. Clocks are set forward and back, so times are in no order; the range may have others.
    """
    first, end = 0, top
    if since is not None:
        query = "SELECT min(block) FROM search_time WHERE latest >= ?"
        block = connection.exec_driver_sql(query, (since,)).scalar()
        first = _behind_index(connection) if block is None else block * BLOCK
    if until is not None:
        query = "SELECT max(block) FROM search_time WHERE earliest <= ?"
        block = connection.exec_driver_sql(query, (until,)).scalar()
        newest = "SELECT 1 FROM message WHERE id > (SELECT indexed FROM search_state) LIMIT 1"
        if connection.exec_driver_sql(newest).first() is None:
            end = 0 if block is None else min(top, (block + 1) * BLOCK)
    return first, end


def _behind_index(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT indexed + 1 FROM search_state").scalar_one())
