"""Searching messages: which ones fit a question, page by page, each page in a bounded time.

Messages are looked at from the newest to the oldest, once for each rank: those with the words or forms of them, then
those with words that begin so, then those with the words as parts of others. So a page can end anywhere and the next
one goes on there, whatever is sent meanwhile: no message is found twice, none is skipped. When the time is up a page
ends with what was found, which may be nothing yet.

The index is asked for a window of numbers at a time, since nothing can stop it before it has found the next message. It
is filled later than messages are written: what it does not have yet is found by looking at the texts, and so is what
has words for which it cannot be asked (`vestnik.store.queries.meanings`).

What the asker may read is asked of the tables themselves; the marks in the index only make it quick.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from time import thread_time
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from vestnik.chat.storage.search import Question, SearchPage, SearchPosition
from vestnik.chat.storage.words import has_link
from vestnik.store import search_index
from vestnik.store.queries.history import WEIGHT, load_messages
from vestnik.store.queries.meanings import RANKS, Meaning, RunMeaning, WordMeaning, find_meaning, lowered, read
from vestnik.store.snippets import Fits, snippet

BUDGET: Final = 0.01
"""Seconds of the thread's own processor time after which a page ends with what was found."""
LOOK_UP: Final = 0.004
"""Seconds after which no more words of the index are looked for."""
PAGE_CHARACTERS: Final = 30_000
"""Characters of text in one page; longer ones end earlier, but never before their first message."""
LOOK: Final = 1_024
"""Numbers (`message.id`) in the first window."""
MAX_LOOK: Final = 262_144
"""Numbers in the largest window: where little is found it is doubled."""
QUICK: Final = 0.001
SLOW: Final = 0.003
"""Seconds of a window below which the next one is larger, and above which it is smaller."""
FEW_ROOMS: Final = 64
"""Rooms up to which the index is asked for messages of these rooms; of more, it is asked for all."""
FEW_MARKED: Final = 1_000
"""Pins, reactions or mentions up to which their messages are looked up one by one."""
MAX_STALE: Final = 2_000
"""Changes that are not in the index yet, among which are edits; with more of them, it is not asked at all."""

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
    "SELECT m.id FROM (SELECT conversation_id, seq FROM {table} LIMIT ?) AS b"
    " LEFT JOIN message AS m ON m.conversation_id = b.conversation_id AND m.seq = b.seq"
)
_STALE: Final = (
    "SELECT m.id FROM"
    " (SELECT conversation_id, seq, kind FROM change WHERE id > (SELECT indexed FROM search_state) LIMIT ?) AS c"
    " LEFT JOIN message AS m ON c.kind = 'edit' AND m.conversation_id = c.conversation_id AND m.seq = c.seq"
)
_MARKS: Final = {"link": search_index.LINK, "reply": search_index.REPLY, "forward": search_index.FORWARD}
_COLUMNS: Final = {"reply": "message.reply_to IS NOT NULL", "forward": "message.forwarded IS NOT NULL"}


def search(connection: Connection, question: Question) -> SearchPage:
    """A page of the messages that fit, and where the next page begins."""
    return search_within(connection, question, thread_time)


def search_within(connection: Connection, question: Question, clock: Callable[[], float]) -> SearchPage:
    """The same; `clock` counts the seconds of the budget."""
    began = clock()
    count = len(question.words)
    meanings = [find_meaning(connection, word, count, lambda: clock() > began + LOOK_UP) for word in question.words]
    finder = _Finder(connection, question, meanings)
    numbers, rest = _collect(finder, question, _steps(meanings), began + BUDGET, clock)
    messages = load_messages(connection, numbers, question.account_id)
    fits = _fits(meanings)
    for message in messages:
        message.snippet = snippet(message.message, fits)
    return SearchPage(messages, rest)


class _Step(NamedTuple):
    """What is asked for one rank: the `condition` on the index, and whether what it finds must be looked at.

    Without a condition only what is not in the index yet is in question.
    """

    rank: int
    condition: str | None
    looks: bool


def _steps(meanings: list[Meaning]) -> list[_Step]:
    """One for each rank; for no words one whose condition is empty."""
    if not meanings:
        return [_Step(0, "", looks=False)]
    steps: list[_Step] = []
    before = ""
    for rank in range(RANKS):
        asked = [condition for each in meanings if (condition := each.conditions[rank]) is not None]
        now = " AND ".join(asked)
        if any(each.conditions[rank] is None and isinstance(each, WordMeaning) for each in meanings):
            steps.append(_Step(rank, now, looks=True))
        elif rank and not any(isinstance(each, WordMeaning) for each in meanings):
            break  # a run fits or does not
        elif rank and now == before:
            steps.append(_Step(rank, None, looks=True))
        else:
            looks = any(each.looks(rank) for each in meanings)
            steps.append(_Step(rank, f"(({now}) NOT ({before}))" if before else now and f"({now})", looks))
        before = now
    return steps


def _fits(meanings: list[Meaning]) -> Fits:
    """What a snippet shows."""
    of_words = [each for each in meanings if isinstance(each, WordMeaning)]
    return Fits(
        {word for each in of_words for word in each.words},
        {each.run for each in meanings if isinstance(each, RunMeaning)},
        lambda word: any(each.has(word) for each in of_words),
    )


class _Finder:
    """Asks for messages that fit a question, of one rank and in one range of numbers."""

    def __init__(self, connection: Connection, question: Question, meanings: list[Meaning]) -> None:
        self._connection = connection
        self._meanings = meanings
        self._scope = _scope(connection, question)
        self._link = "link" in question.has
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
        conditions += [_COLUMNS[each] for each in sorted(question.has & _COLUMNS.keys())]
        conditions += [_EXISTS.format(table=table) for table in beside]
        self._fits = " AND ".join(conditions)
        # The messages of a table with so few rows that they can be looked up beforehand, or None.
        some = (self._some(_FEW.format(table=table), FEW_MARKED) for table in beside)
        self._few = next((few for few in some if few is not None), None)
        stale = self._some(_STALE, MAX_STALE)
        self._stale = stale or []
        self._indexed = 0 if stale is None else int(self._scalar("SELECT indexed FROM search_state"))

    def bounds(self) -> tuple[int, int]:
        """The range of numbers that can fit: the first, and the first behind the last."""
        last = self._scalar("SELECT coalesce(max(id), 0) FROM message")
        times = self._values.get("since"), self._values.get("until")
        return search_index.numbers_between(self._connection, *times, last + 1)

    def weight(self, number: int) -> int:
        """How much of a page a message takes."""
        query = f"SELECT {WEIGHT} FROM message WHERE message.id = ?"  # noqa: S608
        return int(self._connection.exec_driver_sql(query, (number,)).scalar_one())

    def find(self, step: _Step, low: int, high: int) -> Iterator[tuple[int, str | None]]:
        """Messages with numbers from `low` to below `high`, the newest first, with their texts.

        Now and then how far it has looked is told, without a text, so that the caller can stop.
        """
        size = LOOK
        if step.condition is None and self._few is None:
            low = max(low, min([self._indexed + 1, *self._stale]))
        while high > low:
            began = thread_time()
            first = max(low, high - size)
            for number, text, looks in self._find(step, first, high):
                if not looks or self._is_found(step.rank, text):
                    yield number, text
                else:
                    yield number, None
            yield first, None
            high = first
            took = thread_time() - began
            size = min(MAX_LOOK, size * 2) if took < QUICK else max(1, size // 2) if took > SLOW else size

    def _find(self, step: _Step, low: int, high: int) -> Iterator[tuple[int, str, bool]]:
        """Messages of a window with their texts, and whether these must be looked at."""
        few = self._few
        if few is not None:
            yield from self._among([number for number in few if low <= number < high])
            return
        if high > self._indexed + 1:
            yield from self._rows("message", "", max(low, self._indexed + 1), high, looks=True)
            high = self._indexed + 1
        stale = self._among([number for number in self._stale if low <= number < high])
        if step.condition is None:
            yield from stale
            return
        match = " AND ".join(filter(None, (step.condition, *self._scope)))
        if not match:
            yield from self._rows("message", "", low, high, looks=step.looks)
            return
        source = "search_index CROSS JOIN message ON message.id = search_index.rowid"
        fresh = f"search_index MATCH :match AND {search_index.FRESH} AND "
        hits = self._rows(source, fresh, low, high, looks=step.looks, match=match)
        yield from merge(stale, hits, key=lambda row: -row[0])

    def _rows(
        self, source: str, where: str, low: int, high: int, *, looks: bool, **values: str
    ) -> Iterator[tuple[int, str, bool]]:
        if high <= low:
            return
        number = "search_index.rowid" if values else "message.id"
        query = (
            f"SELECT {number}, message.text FROM {source} WHERE {where}{number} >= :low AND {number} < :high"  # noqa: S608
            f" AND {self._fits} ORDER BY {number} DESC"
        )
        for row in self._connection.exec_driver_sql(query, self._values | values | {"low": low, "high": high}):
            yield row[0], row[1], looks

    def _among(self, numbers: Sequence[int]) -> Iterator[tuple[int, str, bool]]:
        """Those of some messages that fit but for the words, with their texts, which must be looked at."""
        query = f"SELECT message.text FROM message WHERE message.id = :number AND {self._fits}"  # noqa: S608
        for number in numbers:
            for (text,) in self._connection.exec_driver_sql(query, self._values | {"number": number}):
                yield number, text, True

    def _is_found(self, rank: int, text: str) -> bool:
        """Whether a text has all words, the worst of them in this rank, and a link if there must be one."""
        if self._link and not has_link(text):
            return False
        if not self._meanings:
            return True
        plain = lowered(text)
        if plain is not None and not all(each.may_fit(plain) for each in self._meanings):
            return False
        said = read(text)
        worst = 0
        for meaning in self._meanings:
            fits = meaning.rank(said)
            if fits is None:
                return False
            worst = max(worst, fits)
        return worst == rank

    def _some(self, query: str, most: int) -> list[int] | None:
        """The messages that a query gives for up to `most` rows, in descending order; None if there are more rows."""
        found = self._connection.exec_driver_sql(query, (most + 1,)).scalars().all()
        return None if len(found) > most else sorted({each for each in found if each is not None}, reverse=True)

    def _scalar(self, query: str) -> int:
        return int(self._connection.exec_driver_sql(query).scalar_one())


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


def _collect(
    finder: _Finder, question: Question, steps: list[_Step], deadline: float, clock: Callable[[], float]
) -> tuple[list[int], SearchPosition | None]:
    """The numbers of the messages of this page, and where the next one begins."""
    first, top = finder.bounds()
    start = question.after or SearchPosition(0, top)
    numbers: list[int] = []
    characters = 0
    for step in steps:
        if step.rank < start.rank:
            continue
        high = min(top, start.number) if step.rank == start.rank else top
        for number, text in finder.find(step, first, high):
            if text is None:
                if clock() > deadline:
                    return numbers, SearchPosition(step.rank, number)
                continue
            characters += finder.weight(number)
            if len(numbers) == question.limit or (numbers and characters > PAGE_CHARACTERS):
                return numbers, SearchPosition(step.rank, number + 1)
            numbers.append(number)
            if clock() > deadline:
                return numbers, SearchPosition(step.rank, number)
        if step is not steps[-1] and clock() > deadline:
            return numbers, SearchPosition(step.rank + 1, top)
    return numbers, None
