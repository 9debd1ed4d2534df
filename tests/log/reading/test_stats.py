"""Counting."""

from pathlib import Path

from tests.support.pages import START, at, entry_of, record
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.stats import Stats, Tally

COUNTED = {"people": lambda facts: facts.get("account"), "places": lambda facts: facts.get("to")}


def test_everything_is_counted() -> None:
    """Levels, codes, hours, events and names, from JSON and from text; torn lines by themselves."""
    stats = Stats(COUNTED)
    records = [
        record(at(0), "message.delivered", "200: x", code=200, account="anna", to="#room"),
        record(at(3600), "message.delivered", "200: x", code=200, account="Anna", to="boris"),
        record(at(3601), "login.refused", "402: x", code=402, level="ERROR", account="boris"),
        record(at(-3600), "room.joined", code=200, account="anna", room="#ROOM"),
        record(at(5), "client.received", sender="carl"),
    ]
    for each in records:
        stats.add(entry_of(each))
    stats.add(entry_of(record(at(7200), message="402: y", level="ERROR"), "log"))
    stats.add(Entry(entry_of(records[0]).time, b"{torn", Source(Path("x"), "jsonl", "server")))
    found = stats.as_object(10)
    assert found == {
        "entries": 7,
        "torn": 1,
        "first": "2026-11-22T09:00:00.000000+00:00",
        "last": "2026-11-22T12:00:00.000000+00:00",
        "levels": {"INFO": 4, "ERROR": 2},
        "codes": {"200": 3, "402": 2},
        "hours": {f"{hour:02d}": {9: 1, 10: 2, 11: 2, 12: 1}.get(hour, 0) for hour in range(24)},
        "events": {"message.delivered": 2, "client.received": 1, "login.refused": 1, "room.joined": 1},
        "people": {"anna": 3, "boris": 1},
        "places": {"#room": 1, "boris": 1},
        "too_low_by_at_most": 0,
    }
    assert list(found["levels"]) == ["INFO", "ERROR"]


def test_nothing() -> None:
    """No entries have no first and last one."""
    found = Stats(COUNTED).as_object(10)
    assert (found["entries"], found["first"], found["last"], found["people"]) == (0, None, None, {})


def test_many_names_take_bounded_memory() -> None:
    """Of too many names the frequent ones are kept, and no count is wrong by more than is said."""
    tally = Tally(limit=100)
    true = {f"often{number}": 200 for number in range(10)}
    for turn in range(200):
        for name in true:
            tally.add(name)
        for number in range(20):
            tally.add(f"once{turn}-{number}")
    found = dict(tally.top(10))
    assert set(found) == set(true)
    assert all(true[name] - tally.error <= count <= true[name] for name, count in found.items())
    assert 0 < tally.error < 200
    assert len(tally.top()) <= 100


def test_what_is_no_name_is_not_counted() -> None:
    """Foreign fields may be anything."""
    stats = Stats(COUNTED)
    stats.add(entry_of(record(START, account=5, code="y", to={})))
    assert [tally.top() for tally in (*stats.tallies.values(), stats.codes)] == [[], [], []]
