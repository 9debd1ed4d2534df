"""The large store: filled once, with tokens for those who ask, and what may be asked."""

import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import Connection, case, func, insert, or_, select, update

from bench.fill import fill, token
from vestnik.chat.passwords import hash_token
from vestnik.secret import Secret
from vestnik.store.engine import open_engine
from vestnik.store.queries.accounts import token_login
from vestnik.store.schema import account, change, conversation, cursor, login, member, message, room
from vestnik.store.store import DATABASE

ALL, SOME, UNREAD = "all", "some", "unread"
"""Who asks: a member of all rooms, one of about a hundred, and one of nearly all who has read nothing."""
SOME_ROOMS = 100
SAMPLE = 4000
THREADS = 100
COMMON = 20
LONG = 6


class Size(NamedTuple):
    """How much is in the store."""

    messages: int
    rooms: int
    accounts: int


FULL = Size(1_000_000, 1000, 1000)
QUICK = Size(20_000, 50, 50)


class Place(NamedTuple):
    """A conversation as an account calls it, and how far it goes: the last `seq` and the last `change`."""

    name: str
    seq: int
    change: int


class Sample(NamedTuple):
    """A message of a room. `time` in UNIX seconds."""

    text: str
    author: str
    room: str
    time: float


@dataclass(frozen=True, slots=True)
class Filled:
    """The store in the directory `data`: who asks, their conversations, threads, some messages, their words."""

    data: Path
    names: dict[str, str]
    places: dict[str, list[Place]]
    threads: list[tuple[str, int]]
    samples: list[Sample]
    common: list[str]
    rare: list[str]
    russian: list[str]
    long: list[str]
    asian: list[str]


def filled(data: Path, size: Size) -> Filled:
    """Fill the store in the directory `data`, unless it is there already, and say what is in it."""
    if not (data / DATABASE).exists():
        fill(data, messages=size.messages, rooms=size.rooms, accounts=size.accounts)
    engine = open_engine(data / DATABASE, connections=1, writing=True)
    try:
        with engine.begin() as connection:
            return _prepare(data, connection)
    finally:
        engine.dispose()


def _prepare(data: Path, connection: Connection) -> Filled:
    people = _people(connection)
    for number, name in people.values():
        if token_login(connection, hash_token(Secret(token(name))), 0.0) is None:
            now = time.time()
            kept = {
                "account_id": number,
                "token_hash": hash_token(Secret(token(name))),
                "created": now,
                "used": now,
            }
            connection.execute(insert(login).values(kept))
    connection.execute(update(cursor).where(cursor.c.account_id == people[UNREAD][0]).values(read=0))
    samples = _samples(connection)
    words = Counter(word for sample in samples for word in set(words_of(sample.text)))
    return Filled(
        data,
        {who: name for who, (_, name) in people.items()},
        _places(connection, people),
        _threads(connection),
        samples,
        common=[word for word, _ in words.most_common(COMMON)],
        rare=[word for word, count in words.items() if count == 1],
        russian=[word for word in words if "а" <= word[0].lower() <= "я"],
        long=[word for word in words if len(word) >= LONG],
        asian=[pair for sample in samples for pair in pairs_of(sample.text)],
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text that are long enough to be searched for."""
    return re.findall(r"[^\W\d_]{3,}", text)


def pairs_of(text: str) -> list[str]:
    """Return what one may search for in Chinese, Japanese and Korean: two characters."""
    return re.findall(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{2}", text)


def _people(connection: Connection) -> dict[str, tuple[int, str]]:
    """Number and name of each account that asks."""
    found = connection.execute(
        select(account.c.id, account.c.name, func.count().label("rooms"))
        .join(member, member.c.account_id == account.c.id)
        .group_by(account.c.id)
        .order_by(func.count().desc(), account.c.id)
    ).all()
    some = [row for row in found[2:] if row.rooms >= SOME_ROOMS] or found[2:]
    return {who: (row.id, row.name) for who, row in ((ALL, found[0]), (UNREAD, found[1]), (SOME, some[-1]))}


def _places(connection: Connection, people: dict[str, tuple[int, str]]) -> dict[str, list[Place]]:
    seqs, changes = (
        dict(map(tuple, connection.execute(select(of, func.max(what)).group_by(of))))
        for of, what in ((message.c.conversation_id, message.c.seq), (change.c.conversation_id, change.c.change))
    )
    places = {}
    for who, (number, _) in people.items():
        rooms = select(room.c.id, room.c.name).join(member).where(member.c.account_id == number)
        other = case((conversation.c.low_id == number, conversation.c.high_id), else_=conversation.c.low_id)
        directs = (
            select(conversation.c.id, account.c.name)
            .join(account, account.c.id == other)
            .where(or_(conversation.c.low_id == number, conversation.c.high_id == number))
        )
        named = [*connection.execute(rooms), *connection.execute(directs)]
        places[who] = [Place(row.name, seqs[row.id], changes.get(row.id, 0)) for row in named if row.id in seqs]
    return places


def _threads(connection: Connection) -> list[tuple[str, int]]:
    """The longest threads of the longest room: its name, and the `seq` of their first messages."""
    seqs = select(message.c.conversation_id).group_by(message.c.conversation_id).order_by(func.count().desc())
    longest = connection.execute(seqs.where(message.c.conversation_id.in_(select(room.c.id))).limit(1)).scalar()
    found = connection.execute(
        select(room.c.name, message.c.thread)
        .join(room, room.c.id == message.c.conversation_id)
        .where(message.c.conversation_id == longest, message.c.thread.is_not(None))
        .group_by(message.c.thread)
        .order_by(func.count().desc())
        .limit(THREADS)
    )
    return [(row.name, row.thread) for row in found]


def _samples(connection: Connection) -> list[Sample]:
    last = connection.execute(select(func.max(message.c.id))).scalar_one()
    numbers = Random(last).sample(range(1, last + 1), min(SAMPLE, last))
    found = connection.execute(
        select(message.c.text, account.c.name, room.c.name.label("room"), message.c.time)
        .join(account, account.c.id == message.c.sender_id)
        .join(room, room.c.id == message.c.conversation_id)
        .where(message.c.id.in_(numbers), message.c.deleted.is_(None))
    )
    return [Sample(row.text, row.name, row.room, row.time) for row in found]
