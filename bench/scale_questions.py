"""What the large store is asked: pages of history, lists of conversations, searches."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

from bench.scale_store import ALL, SOME, UNREAD, Filled, Sample, words_of

PAGE = 100
DAY = 86_400.0
HAS = ("link", "reaction", "pin", "reply", "forward", "mention")

Request = Mapping[str, Any]


class NothingError(Exception):
    """There is nothing like it in this store."""


class Question(NamedTuple):
    """Something to ask as `who`. `request` makes one; it raises NothingError."""

    label: str
    request: Callable[[Filled, Random], Request]
    who: str = ALL


class Missed(NamedTuple):
    """A client that is `behind` so many messages in each conversation of `who`."""

    label: str
    behind: int
    who: str = SOME


def _one(things: Sequence[Any], rng: Random) -> Any:
    if not things:
        raise NothingError("there is nothing like it in the store")
    return rng.choice(things)


def _contacts(_filled: Filled, _rng: Random) -> Request:
    return {"action": "get_contacts"}


def _conversations(_filled: Filled, _rng: Random) -> Request:
    return {"action": "conversations"}


def _newest(filled: Filled, rng: Random) -> Request:
    return {"action": "history", "to": rng.choice(filled.places[ALL]).name, "limit": PAGE}


def _oldest(filled: Filled, _rng: Random) -> Request:
    longest = max(filled.places[ALL], key=lambda place: place.seq)
    return {"action": "history", "to": longest.name, "limit": PAGE, "after": 0}


def _thread(filled: Filled, rng: Random) -> Request:
    name, first = _one(filled.threads, rng)
    return {"action": "history", "to": name, "limit": PAGE, "thread": first}


def _near(where: str) -> Callable[[Filled, Random], Request]:
    def request(filled: Filled, rng: Random) -> Request:
        place = rng.choice(filled.places[ALL])
        return {"action": "history", "to": place.name, "limit": PAGE, where: rng.randint(1, place.seq)}

    return request


def _search(query: str, **filters: object) -> Request:
    return {"action": "search", "query": query, **filters}


def _common(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.common, rng))


def _two(filled: Filled, rng: Random) -> Request:
    return _search(" ".join(rng.sample(filled.common, 2)))


def _rare(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.rare, rng))


def _russian(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.russian, rng))


def _part(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.long, rng)[1:-1])


def _asian(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.asian, rng))


def _has(filled: Filled, rng: Random) -> Request:
    return _search(_one(filled.common, rng), has=[rng.choice(HAS)])


def _beside(filters: Callable[[Sample], Mapping[str, object]]) -> Callable[[Filled, Random], Request]:
    """A word of a message, with filters that this message passes."""

    def request(filled: Filled, rng: Random) -> Request:
        sample = _one(filled.samples, rng)
        return _search(_one(words_of(sample.text) or filled.common, rng), **filters(sample))

    return request


def _around(sample: Sample) -> Mapping[str, object]:
    return {"since": sample.time - DAY / 2, "until": sample.time + DAY / 2}


BASE: Final = "contacts"
BASE_QUESTION: Final = Question("contacts: a question for one row", _contacts)
"""What everything else is compared with."""
HISTORY, RESUME, LIST, SEARCH = "history", "resume", "conversations", "search"
QUESTIONS: Final[Mapping[str, Mapping[str, Question]]] = {
    HISTORY: {
        "history-newest": Question("newest page", _newest),
        "history-before": Question("page before a random message", _near("before")),
        "history-after": Question("page after a random message", _near("after")),
        "history-around": Question("page around a random message", _near("around")),
        "history-oldest": Question("oldest page of the longest conversation", _oldest),
        "history-thread": Question("thread of the longest room", _thread),
    },
    LIST: {
        "list-some": Question("conversations of a member of 100 rooms", _conversations, SOME),
        "list-all": Question("conversations of a member of all rooms", _conversations),
        "list-unread": Question("conversations of a member of most rooms, nothing read", _conversations, UNREAD),
    },
    SEARCH: {
        "search-common": Question("common word", _common),
        "search-some": Question("common word, for a member of 100 rooms", _common, SOME),
        "search-two": Question("two common words", _two),
        "search-rare": Question("rare word", _rare),
        "search-russian": Question("Russian word", _russian),
        "search-asian": Question("two characters of Chinese, Japanese, Korean", _asian),
        "search-part": Question("part of a word", _part),
        "search-from": Question("word, from", _beside(lambda sample: {"from": sample.author})),
        "search-in": Question("word, in", _beside(lambda sample: {"in": sample.room})),
        "search-since": Question("word, on a day", _beside(_around)),
        "search-has": Question("common word, has", _has),
    },
}
"""What is asked and answered with one line, by part and name."""
MISSED: Final[Mapping[str, Missed]] = {
    "resume-nothing": Missed("resume, nothing missed", 0),
    "resume": Missed("resume, 3 missed in each", 3),
    "resume-all": Missed("resume of all rooms, 3 missed in each", 3, ALL),
}
