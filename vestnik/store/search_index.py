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
from typing import Final

import snowballstemmer  # type: ignore[import-untyped]
from sqlalchemy import Connection

RULES: Final = f"2, Unicode {unicodedata.unidata_version}, snowballstemmer {version('snowballstemmer')}"
"""How words are made. Where it is not what an index was made with, the index is made anew. The number counts the
changes of `vestnik.chat.storage.words`."""
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


@lru_cache(maxsize=8_192)  # of words with MAX_WORD characters, so that it is 6 MiB at most
def stem(word: str) -> str:
    """What all forms of a Russian or English word have in common; of others the word itself."""
    english = word.isascii() and word.isalpha()
    if not english and not "а" <= word[0] <= "я":
        return word
    with _STEMMING:
        return str((_ENGLISH if english else _RUSSIAN).stemWord(word))


def any_of(found: Iterable[str]) -> str:
    """The condition that a message has one of these words or marks."""
    return "(" + " OR ".join(f'"{word}"' for word in found) + ")"


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
