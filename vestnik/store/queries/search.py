"""Searching messages: which ones fit a question, page by page, each page in a bounded time.

Messages are looked at from the newest to the oldest, once for each rank: those with the words or forms of them, then
those with words that begin so, then those with the words as parts of others. So a page can end anywhere and the next
one goes on there, whatever is sent meanwhile: no message is found twice, none is skipped. When the time is up a page
ends with what was found, which may be nothing yet.

What the asker may read is asked of the tables themselves; the marks in the index only make it quick.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from time import thread_time
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from vestnik.chat.storage.search import Question, SearchPage, SearchPosition
from vestnik.chat.storage.words import Word
from vestnik.store import search_index
from vestnik.store.queries.history import PAGE_CHARACTERS, load_messages
from vestnik.store.snippets import Fits, snippet

BUDGET: Final = 0.03
"""Seconds of the thread's own processor time after which a page ends with what was found."""
LOOK: Final = 256
"""Numbers (`message.id`) after which the clock is looked at."""
FEW_ROOMS: Final = 64
"""Rooms up to which the index is asked for messages of these rooms; of more, it is asked for all."""
FEW_MARKED: Final = 5_000
"""Pins, reactions or mentions up to which their messages are looked up one by one."""

_MINE: Final = (
    "SELECT room_id FROM member WHERE account_id = :me UNION ALL SELECT id FROM conversation WHERE low_id = :me"
    " UNION ALL SELECT id FROM conversation WHERE high_id = :me"
)
# The plus keeps SQLite from taking an index, which would mean to sort.
_READABLE: Final = f"message.deleted IS NULL AND +message.conversation_id IN ({_MINE})"
_BESIDE: Final = frozenset({"reaction", "pin", "mention"})
"""What a message may have that is in a table of its own, which is called the same."""
_EXISTS: Final = (
    "EXISTS (SELECT 1 FROM {table} AS b WHERE b.conversation_id = message.conversation_id AND b.seq = message.seq)"
)
_FEW: Final = (
    "SELECT m.id FROM {table} AS b CROSS JOIN message AS m ON m.conversation_id = b.conversation_id AND m.seq = b.seq"
)
_MARKS: Final = {"link": search_index.LINK, "reply": search_index.REPLY, "forward": search_index.FORWARD}


def search(connection: Connection, question: Question) -> SearchPage:
    """A page of the messages that fit, and where the next page begins."""
    return search_within(connection, question, thread_time)


def search_within(connection: Connection, question: Question, clock: Callable[[], float]) -> SearchPage:
    """The same; `clock` counts the seconds of the budget."""
    deadline = clock() + BUDGET
    meanings = [_meaning(connection, word, len(question.words)) for word in question.words]
    finder = _Finder(connection, question, _scope(connection, question))
    numbers, rest = _collect(finder, question, _ranks(meanings), deadline, clock)
    messages = load_messages(connection, numbers, question.account_id)
    fits = Fits(
        {word for meaning in meanings for word in meaning.words}, {meaning.run for meaning in meanings if meaning.run}
    )
    for message in messages:
        message.snippet = snippet(message.message, fits)
    return SearchPage(messages, rest)


class _Meaning(NamedTuple):
    """A word of the query: the condition of each rank, and what fits it: `words` of the index, or the `run` itself."""

    conditions: tuple[str, str, str]
    words: list[str]
    run: str


def _meaning(connection: Connection, word: Word, count: int) -> _Meaning:
    """What a word means, which is one of `count`."""
    limit = search_index.limit_for(count)
    if not word.run:
        forms, starts, parts = search_index.look_up(connection, word.text, limit, alone=count == 1)
        each = search_index.any_of
        conditions = (each(forms), each(forms + starts), each(forms + starts + parts))
        return _Meaning(conditions, forms + starts + parts, "")
    if len(word.text) == 1:
        condition = search_index.any_of(search_index.starting_with(connection, word.text, limit))
    else:
        condition = search_index.neighbours(word.text)
    return _Meaning((condition, condition, condition), [], word.text)


def _ranks(meanings: list[_Meaning]) -> list[str | None]:
    """The condition of each rank; None where it is that of the one before. One without a condition for no words."""
    if not meanings:
        return [""]
    ranks: list[str | None] = []
    before = ""
    for rank in range(3):
        now = " AND ".join(meaning.conditions[rank] for meaning in meanings)
        if now == before:
            ranks.append(None)
        else:
            ranks.append(f"(({now}) NOT ({before}))" if before else f"({now})")
        before = now
    return ranks


def _scope(connection: Connection, question: Question) -> list[str]:
    """The conditions on the index beside the words."""
    conditions = [search_index.any_of([_MARKS[each]]) for each in sorted(question.has & _MARKS.keys())]
    if question.author_id is not None:
        conditions.append(search_index.any_of([search_index.by_author(question.author_id)]))
    if question.conversation_id is not None:
        conditions.append(search_index.any_of([search_index.in_conversation(question.conversation_id)]))
        return conditions
    query = "SELECT room_id FROM member WHERE account_id = ? LIMIT ?"
    rooms = connection.exec_driver_sql(query, (question.account_id, FEW_ROOMS + 1)).scalars().all()
    if len(rooms) <= FEW_ROOMS:
        mine = [search_index.in_directs(question.account_id), *map(search_index.in_conversation, rooms)]
        conditions.append(search_index.any_of(mine))
    return conditions


class _Finder:
    """Asks for messages that fit a question, of one rank and in one range of numbers."""

    def __init__(self, connection: Connection, question: Question, scope: list[str]) -> None:
        self._connection = connection
        self._scope = scope
        self._values: dict[str, Any] = {"me": question.account_id}
        conditions = [_READABLE]
        for name, condition in (
            ("conversation_id", "+message.conversation_id = :conversation_id"),
            ("author_id", "+message.sender_id = :author_id"),
            ("since", "message.time >= :since"),
            ("until", "message.time <= :until"),
        ):
            value = getattr(question, name)
            if value is not None:
                conditions.append(condition)
                self._values[name] = value
        beside = sorted(question.has & _BESIDE)
        conditions += [_EXISTS.format(table=table) for table in beside]
        self._fits = f"({' AND '.join(conditions)})"
        # A table with so few rows that their messages can be looked up beforehand.
        self._few = next(filter(self._is_few, beside), None)
        self._by_few = not question.words and question.author_id is None and not question.has & _MARKS.keys()

    def bounds(self) -> tuple[int, int]:
        """The range of numbers that can fit: the first, and the first behind the last."""
        last = self._connection.exec_driver_sql("SELECT max(id) FROM message").scalar() or 0
        times = self._values.get("since"), self._values.get("until")
        return search_index.numbers_between(self._connection, *times, last + 1)

    def find(self, condition: str, low: int, high: int) -> Iterator[tuple[int, int | None]]:
        """Messages with numbers from `low` to below `high`, the newest first, with the length of their texts.

        Now and then one that does not fit is told, without a length, so that the caller can stop.
        """
        values = self._values | {"low": low, "high": high}
        match = " AND ".join(filter(None, (condition, *self._scope)))
        few = _FEW.format(table=self._few)
        if self._few and self._by_few:
            source, number, where = "message", "message.id", f"message.id IN ({few}) AND "
        elif match:
            source, number = "search_index CROSS JOIN message ON message.id = search_index.rowid", "search_index.rowid"
            where = f"search_index MATCH :match AND {search_index.FRESH} AND "
            values["match"] = match
            if self._few:
                where += f"({number} % {LOOK} = 0 OR +{number} IN ({few})) AND "
        else:
            source, number, where = "message", "message.id", ""
        what = f"{number}, CASE WHEN {self._fits} THEN length(message.text) END"
        where += f"{number} >= :low AND {number} < :high AND ({number} % {LOOK} = 0 OR {self._fits})"
        query = f"SELECT {what} FROM {source} WHERE {where} ORDER BY {number} DESC"  # noqa: S608
        with closing(self._connection.exec_driver_sql(query, values)) as rows:
            yield from rows

    def _is_few(self, table: str) -> bool:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT ?)"  # noqa: S608
        return int(self._connection.exec_driver_sql(query, (FEW_MARKED + 1,)).scalar_one()) <= FEW_MARKED


def _collect(
    finder: _Finder, question: Question, ranks: list[str | None], deadline: float, clock: Callable[[], float]
) -> tuple[list[int], SearchPosition | None]:
    """The numbers of the messages of this page, and where the next one begins."""
    first, top = finder.bounds()
    start = question.after or SearchPosition(0, top)
    numbers: list[int] = []
    characters = 0
    for rank in range(start.rank, len(ranks)):
        condition = ranks[rank]
        if condition is None:
            continue
        high = min(top, start.number) if rank == start.rank else top
        for number, length in finder.find(condition, first, high):
            if length is None:
                if clock() > deadline:
                    return numbers, SearchPosition(rank, number)
                continue
            characters += length
            if len(numbers) == question.limit or (numbers and characters > PAGE_CHARACTERS):
                return numbers, SearchPosition(rank, number + 1)
            numbers.append(number)
        if rank + 1 < len(ranks) and clock() > deadline:
            return numbers, SearchPosition(rank + 1, top)
    return numbers, None
