"""The benchmark of a large store: what it asks a real server, what it takes for an answer, and what it concludes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bench.findings import Rounds
from bench.journal_load import LOADS
from bench.peers import NOBODY, Running, serving
from bench.process import ROOT
from bench.profiles import Result
from bench.scale import ENGLISH, about, ask_part, servers
from bench.scale_questions import HISTORY, LIST, PAGE, QUESTIONS, RESUME, SEARCH, Missed, NothingError, Question
from bench.scale_report import EMPTY, LARGE, PARTS, asked_table, goals, labels, load_table, start_table
from bench.scale_store import ALL, SOME, UNREAD, Filled, Size, filled
from bench.scale_wire import QUICK, Answers, AskError, Times, ask, logged_in, resume, turns
from tests.support.store import kept
from tests.support.waiting import DEADLINE

SIZE = Size(messages=2500, rooms=6, accounts=8)
TIMES = Times(started=1, warm_up=1, asked=4, resumed=2)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A store that is filled."""
    return filled(tmp_path_factory.mktemp("large"), SIZE)


@pytest.fixture(scope="module")
def server(store: Filled) -> Iterator[Running]:
    """A server with this store."""
    with serving(store.data, ENGLISH) as running:
        yield running


def test_who_asks(store: Filled) -> None:
    """Three different accounts ask: the first is in all rooms; they and what they are in are found again."""
    assert len(set(store.names.values())) == len({ALL, SOME, UNREAD})
    rooms = [place for place in store.places[ALL] if place.name.startswith("#")]
    assert len(rooms) == SIZE.rooms
    assert len(store.places[SOME]) < len(store.places[ALL])
    again = filled(store.data, SIZE)
    assert (again.names, again.places) == (store.names, store.places)


@pytest.mark.parametrize("name", QUESTIONS[HISTORY])
def test_pages(store: Filled, server: Running, name: str) -> None:
    """Every question about history is answered with messages, as often as it is asked."""
    answers = ask(QUESTIONS[HISTORY][name], store, server, TIMES, Random(1))
    assert len(answers.seconds) == TIMES.asked
    assert answers.cpu > 0
    assert TIMES.asked <= answers.things <= TIMES.asked * PAGE


@pytest.mark.parametrize(("name", "who"), [("list-some", SOME), ("list-all", ALL), ("list-unread", UNREAD)])
def test_lists(store: Filled, server: Running, name: str, who: str) -> None:
    """An account's list has all its conversations."""
    answers = ask(QUESTIONS[LIST][name], store, server, TIMES, Random(1))
    assert answers.things == TIMES.asked * len(store.places[who])


def test_unread(store: Filled, server: Running) -> None:
    """The one who has read nothing has something unread in each conversation."""
    with logged_in(server.port, store.names[UNREAD]) as wire:
        _, come = wire.ask({"action": "conversations"})
    assert come.count(b'"unread":') == len(store.places[UNREAD])


def test_refused(store: Filled, server: Running) -> None:
    """What the server refuses is an error that says why; it is no answer."""
    nowhere = Question("", lambda _filled, _rng: {"action": "history", "to": "#nowhere"})
    with pytest.raises(AskError, match="`history`: 404"):
        ask(nowhere, store, server, TIMES, Random(1))


@pytest.mark.parametrize("behind", [0, 3])
def test_resume(store: Filled, server: Running, behind: int) -> None:
    """A client that resumes gets what it misses in each conversation."""
    answers = resume(Missed("", behind), store, server, TIMES)
    assert len(answers.seconds) == TIMES.resumed
    assert answers.things == TIMES.resumed * behind * len(store.places[SOME])


def test_resume_has_to_be_complete(store: Filled, server: Running) -> None:
    """A resume that brings less or more than is owed is an error."""
    wrong = {who: [place._replace(seq=place.seq + 5) for place in places] for who, places in store.places.items()}
    more = Filled(**{name: getattr(store, name) for name in Filled.__slots__} | {"places": wrong})
    with pytest.raises(AskError, match=r"`resume`: \d+ of \d+ messages"):
        resume(Missed("", 3), more, server, TIMES)


def test_a_copy_is_loaded(store: Filled) -> None:
    """The loads run on a copy of the large store, which knows its accounts, and on an empty one, which does not."""
    before = len(kept(store.data))
    empty, large = servers(store.data)
    assert (empty.name, large.name) == (EMPTY, LARGE)
    with large.start(1, NOBODY) as copy, logged_in(copy.port, store.names[ALL]) as wire:
        wire.ask({"action": "msg", "to": store.places[ALL][0].name, "message": "new"})
    with (
        pytest.raises(AskError, match="`authenticate`: 402"),
        empty.start(1, NOBODY) as other,
        logged_in(other.port, store.names[ALL]),
    ):
        pass
    assert before == len(kept(store.data))


@pytest.mark.parametrize("name", QUESTIONS[SEARCH])
def test_searches(store: Filled, name: str) -> None:
    """Every search asks for something that is not empty, and that differs from time to time."""
    rng = Random(1)
    asked = [QUESTIONS[SEARCH][name].request(store, rng) for _ in range(50)]
    assert all(request["action"] == "search" and request["query"].strip() for request in asked)
    assert len({str(request) for request in asked}) > 1


def test_nothing_to_ask_for(store: Filled) -> None:
    """A store without a text of the kind is not asked for it."""
    without = Filled(**{name: getattr(store, name) for name in Filled.__slots__} | {"asian": []})
    with pytest.raises(NothingError):
        QUESTIONS[SEARCH]["search-asian"].request(without, Random(1))


def test_a_part_with_a_refused_question(store: Filled, server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one question is refused, all of its part together is not measured; the other questions are."""
    nowhere = Question("", lambda _filled, _rng: {"action": "history", "to": "#nowhere"})
    nothing = Question("", QUESTIONS[SEARCH]["search-asian"].request)
    without = Filled(**{name: getattr(store, name) for name in Filled.__slots__} | {"asian": []})
    newest = QUESTIONS[HISTORY]["history-newest"]
    for asked, kind in (({"a": newest, "b": nothing}, "p99"), ({"a": newest, "b": nowhere}, "problem")):
        monkeypatch.setattr("bench.scale.QUESTIONS", {HISTORY: asked})
        found = dict(ask_part(HISTORY, without, server, TIMES, 1))
        assert set(found) == {"a", "b", HISTORY}
        assert "p99" in found["a"]
        assert kind in found[HISTORY]


def test_percentiles() -> None:
    """The figures of answers: median, the time that one of a hundred exceeds, processor time and length of each."""
    answers = Answers([number / 1000 for number in range(1, 101)], cpu=0.2, things=500)
    assert answers.figures() == pytest.approx({"p50": 51.0, "p99": 100.0, "cpu": 2.0, "things": 5.0})
    answers.add(Answers([0.0] * 100, cpu=0.2))
    assert answers.figures() == pytest.approx({"p50": 1.0, "p99": 99.0, "cpu": 2.0, "things": 2.5})


def measured() -> Rounds:
    """Rounds in which everything was measured and within its goals."""
    good = {"p50": 1.0, "p99": 2.0, "cpu": 1.0, "things": 100.0}
    names = [name for part in (HISTORY, RESUME, LIST, SEARCH) for name in labels(part)]
    start = {"seconds": 1.0, "cpu": 0.5, "rest_mb": 60.0, "file_mb": 200.0}
    copies = {"copies_per_s": 100.0, "cpu_us": 2.0, "p50_us": 900.0, "p99_us": 950.0}
    return Rounds(
        {name: [good] for name in names} | {name: [start] for name in (EMPTY, LARGE)},
        {(name, load.name): Result([copies]) for name in (EMPTY, LARGE) for load in LOADS},
    )


def test_goals() -> None:
    """All goals are met when everything is fast; each is missed when its figure is beyond the limit or missing."""
    findings = measured()
    assert all(goal.met for goal in goals(findings, PARTS))
    findings.rounds[HISTORY] = [{"p50": 1.0, "p99": 10.1, "cpu": 1.0, "things": 100.0}]
    findings.rounds[RESUME] = [{"p50": 1.0, "p99": 50.1, "cpu": 1.0, "things": 100.0}]
    findings.rounds[SEARCH] = [{"problem": "`search`: 400 no"}]
    findings.rounds[LARGE] = [{"seconds": 2.1, "cpu": 1.0, "rest_mb": 1.0, "file_mb": 1.0}]
    findings.loads[LARGE, "room"] = Result([{"copies_per_s": 94.0, "cpu_us": 2.0}])
    missed = [goal.name for goal in goals(findings, PARTS) if not goal.met]
    assert missed == [
        "start-up",
        "page of history, p99",
        "resume of 100 conversations, p99",
        "search, p99",
        "speed large / empty, one room, 1 → 100",
    ]


def test_tables() -> None:
    """What was refused has a dash, and one sentence for all questions with the same trouble."""
    findings = measured()
    for name in labels(SEARCH):
        findings.rounds[name] = [{"problem": "`search`: 400 no"}]
    del findings.rounds["search-asian"]
    findings.left_out["search-asian"] = "there is nothing like it in the store"
    table = asked_table(findings, (HISTORY, SEARCH))
    assert ["newest page", "100", "1.00 ms", "2.00 ms", "1.00 ms"] in table.rows
    assert ["rare word", "–", "–", "–", "–"] in table.rows
    assert sum("`search`: 400 no" in note for note in table.notes) == 1
    assert any(note.endswith("there is nothing like it in the store.") for note in table.notes)
    assert start_table(findings).rows[2] == ["large store", "1.00 s", "0.50 s", "60 MB", "200 MB"]
    assert load_table(findings).rows[1][-2:] == ["1.00 ×", "1.00 ×"]
    assert findings.broken(findings.rounds)
    assert not measured().broken(measured().rounds)


def test_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thing is done as often as wanted, and only a few times where it takes long."""
    assert [*turns(2, 5)] == [False, False, True, True, True, True, True]
    monkeypatch.setattr("bench.scale_wire.MOST_SECONDS", 0.0)
    assert [*turns(2, 5)] == [True, True, True]


def test_about() -> None:
    """The page says how large the store was."""
    assert "holds 2,500 messages, 6 rooms, 8 accounts" in about(SIZE, 1, QUICK)


def test_command(tmp_path: Path) -> None:
    """The command fills a store, measures what is wanted and ends well."""
    command = [sys.executable, "-m", "bench.scale", "--quick", "--only", LIST, "--store", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=True)
    assert "filled in " in done.stdout
    assert all(label in done.stdout for label in labels(LIST).values())
    assert (tmp_path / "vestnik.db").exists()
