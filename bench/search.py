"""How long searching takes in a large store: `python -m bench.search`.

Fills a temporary store (`bench.fill`), has the program build its index, and asks: every kind of query as people who are
in all rooms, in some, and in few. A figure is the time of `Store.search` without waiting for the writer: wall
clock, and in brackets the processor's time of the reader thread.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from bench.fill import FEWEST, HAN, SPAN, START, fill
from vestnik.chat.storage.search import Question
from vestnik.chat.storage.words import normal, words
from vestnik.store.engine import attach_index, open_engine
from vestnik.store.index_file import INDEX, IndexFile
from vestnik.store.indexer import SLICE, SLICE_SECONDS
from vestnik.store.indexing import catch_up
from vestnik.store.queries.search import search
from vestnik.store.store import DATABASE

CHECKPOINT_AFTER: Final = 16
"""Slices after which the file is brought up to date with its log."""
GOAL: Final = 50.0
"""Milliseconds that p99 may have."""


class Ask(NamedTuple):
    """A search: the kind it belongs to, its query, its filters."""

    kind: str
    query: str
    filters: dict[str, Any]


def asks(chance: random.Random, some: list[str], rooms: list[int]) -> Iterator[Ask]:
    """One search of each kind by a member of `rooms`; `some` are words of the store, each as likely as frequent."""
    first, second, third = chance.sample(some, 3)
    yield Ask("a word", first, {})
    yield Ask("two words", f"{first} {second}", {})
    yield Ask("three words", f"{first} {second} {third}", {})
    yield Ask("a very common word", chance.choice(("и", "в", "не", "the", "to", "and")), {})
    yield Ask("common words", "и в не на", {})
    yield Ask("common, never together", "и the", {})
    yield Ask("another form", chance.choice(("ключом", "отчётами", "встречей", "documents", "deploys", "testing")), {})
    yield Ask("part of a word", first[1:5] if len(first) > 5 else "чател", {})
    yield Ask("beginning of a word", first[:4], {})
    yield Ask("two letters", first[:2], {})
    yield Ask("no such word", "щщщщ", {})
    yield Ask("two Han characters", "".join(chance.choices(HAN[:80], k=2)), {})
    yield Ask("one Han character", chance.choice(HAN), {})
    yield Ask("three Han characters", "".join(chance.choices(HAN[:80], k=3)), {})
    author = chance.randrange(1, 1000)
    since = START + SPAN * chance.random()
    day = {"since": since, "until": since + 86_400}
    yield Ask("author", "", {"author_id": author})
    yield Ask("author, word", first, {"author_id": author})
    yield Ask("conversation", "", {"conversation_id": chance.choice(rooms)})
    yield Ask("conversation, word", first, {"conversation_id": chance.choice(rooms)})
    yield Ask("a day", "", day)
    yield Ask("a day, word", first, day)
    for each in ("link", "reaction", "pin", "reply", "forward", "mention"):
        yield Ask(f"has {each}", "", {"has": frozenset([each])})
    yield Ask("has pin, common word", "в", {"has": frozenset(["pin"])})


def build(path: Path) -> None:
    """Build the index as the indexer does, but without pauses, and tell what it cost."""
    file = IndexFile(path, 1, print)
    file.open()
    slices: list[float] = []
    began, used = time.perf_counter(), time.process_time()
    left = 1
    while left:
        start = time.perf_counter()
        with file.writing() as connection:
            left = catch_up(connection, SLICE, SLICE_SECONDS)
        slices.append(time.perf_counter() - start)
        if len(slices) % CHECKPOINT_AFTER == 0:
            file.checkpoint()
    file.checkpoint()
    wall, used = time.perf_counter() - began, time.process_time() - used
    with file.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM message").scalar_one()
        blocks = connection.exec_driver_sql(
            "SELECT (SELECT sum(length(block)) FROM search_index_data)"
            " + (SELECT sum(length(CAST(c0 AS BLOB))) FROM search_index_content),"
            " (SELECT sum(length(block)) FROM search_part_data),"
            " (SELECT sum(2 * length(CAST(word AS BLOB)) + 2 * length(CAST(stem AS BLOB)) + 20) FROM search_word),"
            " (SELECT sum(length(CAST(text AS BLOB))) FROM message), (SELECT count(*) FROM search_word)"
        ).one()
    file.close()
    slices.sort()
    index, parts, dictionary, texts, distinct = blocks
    print(f"index built: {wall:.0f} s, {used / count * 1e6:.0f} µs of processor time for each of {count:,} messages")
    print(
        f"slices of {SLICE_SECONDS * 1e3:.0f} ms: p50 {at(slices, 0.5) * 1e3:.1f}, p99 {at(slices, 0.99) * 1e3:.1f},"
        f" longest {slices[-1] * 1e3:.0f} ms"
    )
    print(
        f"size: {(index + parts + dictionary) / 1e6:.0f} MB for {texts / 1e6:.0f} MB of texts"
        f" (messages {index / 1e6:.0f}, {distinct:,} words {(parts + dictionary) / 1e6:.0f})"
    )


def at(ordered: list[float], share: float) -> float:
    """The value that a share of all do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def some_words(connection: Connection, chance: random.Random) -> list[str]:
    """Words of random messages."""
    last = connection.exec_driver_sql("SELECT max(id) FROM message").scalar_one()
    found: list[str] = []
    while len(found) < 2000:
        query = "SELECT text FROM message WHERE id >= ? LIMIT 1"
        text = connection.exec_driver_sql(query, (chance.randrange(last),)).scalar()
        found += [word.text for word in words(normal(text or "")) if not word.run]
    return found


def people(connection: Connection) -> dict[str, list[int]]:
    """Accounts in all rooms, in some, in few, by what they are called in the table."""
    query = "SELECT account_id, count(*) FROM member GROUP BY account_id"
    counts = dict(tuple(row) for row in connection.exec_driver_sql(query))
    most = max(counts.values())
    return {
        "in all rooms": [number for number, count in counts.items() if count == most][:1],
        "in some": [number for number, count in counts.items() if most // 20 <= count <= most // 5],
        "in few": [number for number, count in counts.items() if count <= FEWEST + 1],
    }


def measure(path: Path, rounds: int) -> bool:
    """Ask everything, print the table, and tell whether the goal was reached."""
    chance = random.Random(5)
    engine = open_engine(path, connections=1, writing=False)
    attach_index(engine, path.with_name(INDEX))
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    short: dict[str, int] = {}
    with engine.connect() as connection:
        some, askers = some_words(connection, chance), people(connection)
        for _ in range(rounds):
            for name, numbers in askers.items():
                asker = chance.choice(numbers)
                query = "SELECT room_id FROM member WHERE account_id = ? ORDER BY room_id LIMIT 20"
                rooms = list(connection.exec_driver_sql(query, (asker,)).scalars())
                for ask in asks(chance, some, rooms):
                    question = Question(asker, tuple(words(normal(ask.query))), 20, **ask.filters)
                    began, used = time.perf_counter(), time.thread_time()
                    found = search(connection, question)
                    cost = time.perf_counter() - began, time.thread_time() - used
                    connection.rollback()
                    taken.setdefault((ask.kind, name), []).append(cost)
                    short[ask.kind] = short.get(ask.kind, 0) + (found.next is not None and len(found.messages) < 20)
    engine.dispose()
    return report(taken, short, list(askers), rounds)


def report(
    taken: dict[tuple[str, str], list[tuple[float, float]]], short: dict[str, int], names: list[str], rounds: int
) -> bool:
    """Print a table of what searches of each kind have taken; whether p99 of all is within the goal."""
    print(
        f"\np50 / p99 in ms, wall clock (processor), {rounds} of each; page ends early: out of {rounds * len(names)}\n"
    )
    print("| search | " + " | ".join(names) + " | ends early |\n| --- |" + " --- |" * (len(names) + 1))
    for kind, early in short.items():
        cells = []
        for name in names:
            wall, used = (sorted(cost[which] * 1e3 for cost in taken[kind, name]) for which in (0, 1))
            cells.append(f"{at(wall, 0.5):.1f} / {at(wall, 0.99):.1f} ({at(used, 0.5):.1f} / {at(used, 0.99):.1f})")
        print(f"| {kind} | " + " | ".join(cells) + f" | {early or '–'} |")
    every = [cost for costs in taken.values() for cost in costs]
    wall, used = (sorted(cost[which] * 1e3 for cost in every) for which in (0, 1))
    print(f"\nall together: p50 {at(wall, 0.5):.1f}, p99 {at(wall, 0.99):.1f} ms (processor: {at(used, 0.99):.1f})")
    return at(wall, 0.99) <= GOAL


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40, help="searches of each kind for each asker")
    parser.add_argument("--data", type=Path, help="keep the store here, and use it if it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vestnik-search-") as temporary:
        data = options.data or Path(temporary)
        if not (data / DATABASE).exists():
            began = time.perf_counter()
            fill(data, messages=options.messages, rooms=1000, accounts=1000)
            print(f"filled: {time.perf_counter() - began:.0f} s, {(data / DATABASE).stat().st_size / 1e6:.0f} MB")
            build(data / DATABASE)
        if not measure(data / DATABASE, options.rounds):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
