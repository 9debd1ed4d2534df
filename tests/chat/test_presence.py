"""Who is online, away or offline, and what is announced of it: checked against a model that knows only the rules."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.chat.conftest import Ear
from vestnik.chat.presence import GRACE, MAX_ROUND, Presences
from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.session import NO_FEATURES, Session
from vestnik.chat.sessions import Sessions
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.people import Seen
from vestnik.protocol.events import Person

LISTENING = frozenset({"presence"})


class House:
    """Presences and sessions, with a clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.presences = Presences(lambda: self.now)
        self.sessions = Sessions(RoomDirectory(), self.presences)

    def login(self, number: int, features: frozenset[str] = NO_FEATURES, status: str = "") -> Session:
        """A new session of account `number`, whose saved status text is `status`."""
        session = Session(Ear())
        name = f"p{number}"
        self.sessions.attach(session, AccountRecord(number, name), name, features, status)
        return session

    def logout(self, session: Session) -> None:
        """End a session."""
        self.sessions.detach(session)

    def round(self) -> dict[str, str]:
        """End a round; the states announced, by name."""
        return {person.name: person.state for person in self.presences.next_round()}

    def rounds(self, count: int) -> list[dict[str, str]]:
        """End many rounds."""
        return [self.round() for _ in range(count)]


@pytest.fixture
def house() -> House:
    """A house where p0 is connected, listens, and was announced."""
    made = House()
    made.login(0, LISTENING)
    made.round()
    return made


def test_a_login_is_announced_once(house: House) -> None:
    """Who comes is announced as online in the next round, and in no other."""
    house.login(1)
    assert house.rounds(3) == [{"p1": "online"}, {}, {}]


def test_going_offline_has_a_grace(house: House) -> None:
    """Who has no session any more is online to others for five whole rounds, then offline, seen when they left."""
    session = house.login(1)
    house.round()
    house.now = 2000.0
    house.logout(session)
    house.now = 3000.0
    assert house.rounds(GRACE) == [{}] * GRACE
    assert house.presences.find(1) == Person("p1", "online")
    assert house.presences.next_round() == [Person("p1", "offline", "", 2000.0)]
    assert house.round() == {}


def test_a_reconnect_is_nothing(house: House) -> None:
    """Who comes back within the grace is not announced, and the next grace is a whole one again."""
    session = house.login(1)
    house.round()
    for _ in range(3):
        house.logout(session)
        assert house.rounds(GRACE) == [{}] * GRACE
        session = house.login(1)
    assert house.rounds(2 * GRACE) == [{}] * 2 * GRACE


def test_changes_within_a_round_that_end_where_they_began(house: House) -> None:
    """Away and back within one round is nothing."""
    session = house.login(1)
    house.round()
    house.presences.set_away(session, True)
    house.presences.set_away(session, False)
    assert house.round() == {}


def test_what_somebody_saw_meanwhile_is_corrected(house: House) -> None:
    """Who asked in between has seen them away: that they are back is announced, though it was never announced."""
    session = house.login(1)
    house.round()
    house.presences.set_away(session, True)
    assert house.presences.find(1) == Person("p1", "away")
    house.presences.set_away(session, False)
    assert house.rounds(2) == [{"p1": "online"}, {}]


def test_all_sessions_count(house: House) -> None:
    """Away only while every session is away; a session that ends takes its being away along."""
    one, other = house.login(1), house.login(1)
    assert house.round() == {"p1": "online"}
    house.presences.set_away(one, True)
    assert house.round() == {}
    house.presences.set_away(other, True)
    house.presences.set_away(other, True)
    assert house.round() == {"p1": "away"}
    third = house.login(1)
    assert house.round() == {"p1": "online"}
    house.logout(third)
    assert house.round() == {"p1": "away"}
    house.logout(one)
    house.presences.set_away(other, False)
    assert house.round() == {"p1": "online"}


def test_a_session_that_logs_in_as_another(house: House) -> None:
    """A connection that changes its account is a session of the new one only, and not away."""
    session = house.login(1)
    house.presences.set_away(session, True)
    house.sessions.attach(session, AccountRecord(2, "p2"), "p2", NO_FEATURES)
    assert house.round() == {"p1": "away", "p2": "online"}
    house.presences.set_away(session, True)
    assert house.round() == {"p2": "away"}
    assert house.rounds(GRACE - 1)[-1] == {"p1": "offline"}


def test_no_more_than_a_notice_holds(house: House) -> None:
    """A notice has at most `MAX_ROUND` people, each once; the others are in the next ones, going offline too."""
    people = [house.login(number) for number in range(1, 2 * MAX_ROUND + 11)]
    names = {session.name for session in people}
    coming = house.rounds(4)
    assert [len(notice) for notice in coming] == [MAX_ROUND, MAX_ROUND, 10, 0]
    assert {name for notice in coming for name in notice} == names
    for session in people:
        house.logout(session)
    going = house.rounds(GRACE + 4)[GRACE:]
    assert [len(notice) for notice in going] == [MAX_ROUND, MAX_ROUND, 10, 0]
    assert {name for notice in going for name in notice} == names


def test_nobody_is_remembered_for_ever(house: House) -> None:
    """Who is offline, announced and saved is forgotten, whichever of the two comes last."""
    house.logout(house.login(1))
    house.rounds(GRACE)
    for number in range(2, MAX_ROUND + 2):
        house.login(number)
    assert "p1" not in house.round()
    for _ in range(2):
        house.presences.take_unsaved()
        house.presences.saved(True)
    assert house.presences.find(1) is not None
    assert house.round() == {"p1": "offline"}
    assert house.presences.find(1) is None


def test_coming_back_before_the_status_is_saved(house: House) -> None:
    """A status text that is not saved yet holds for who comes back, whatever was saved before."""
    session = house.login(1, status="old")
    house.presences.set_status(session, "new")
    house.logout(session)
    house.rounds(GRACE + 1)
    session = house.login(1, status="old")
    assert house.presences.status(session) == "new"


def test_nothing_is_gathered_for_nobody() -> None:
    """What happened while nobody listened is not announced to who comes later, but can be asked."""
    house = House()
    house.login(1)
    listener = house.login(0, LISTENING)
    assert house.round() == {"p0": "online"}
    house.logout(listener)
    house.login(2)
    listener = house.login(0, LISTENING)
    assert house.rounds(2) == [{}, {}]
    assert {person.name for person in house.presences.present(10)[0]} == {"p0", "p1", "p2"}
    house.sessions.attach(listener, AccountRecord(0, "p0"), "p0", NO_FEATURES)  # does not want to hear any more
    house.login(3)
    assert (house.round(), house.presences.listeners) == ({}, set())


def test_present(house: House) -> None:
    """Those who are not offline are listed up to a limit, and it is said whether there are more."""
    for number in range(1, 4):
        house.login(number)
    people, more = house.presences.present(3)
    assert ([person.name for person in people], more) == (["p0", "p1", "p2"], True)
    assert [more for _, more in map(house.presences.present, (4, 5))] == [False, False]


def test_saving(house: House) -> None:
    """Coming, going offline and a new status are saved, once each; what could not be saved is taken again."""
    house.presences.take_unsaved()
    house.presences.saved(True)
    session = house.login(1, status="old")
    assert house.presences.take_unsaved() == [Seen(1, "old", 1000.0)]
    house.presences.set_status(session, "new")
    house.presences.saved(False)
    house.now = 1001.0
    assert house.presences.take_unsaved() == [Seen(1, "new", 1001.0)]
    house.presences.saved(True)
    house.presences.set_status(session, "new")
    assert house.presences.take_unsaved() == []
    house.presences.set_status(session, "")
    house.presences.set_status(session, "new")
    assert house.presences.take_unsaved() == [Seen(1, "new", 1001.0)]
    house.presences.saved(True)
    house.logout(session)
    house.now = 1010.0
    house.rounds(GRACE)
    assert house.presences.take_unsaved() == []
    house.round()
    assert house.presences.take_unsaved() == [Seen(1, "new", 1001.0)]
    assert house.presences.find(1) == Person("p1", "offline", "new", 1001.0)
    house.presences.saved(True)
    assert house.presences.find(1) is None


def test_everybody_is_saved_at_the_end(house: House) -> None:
    """At the end the connected are saved as seen now, those who have just left as seen when they left; in portions."""
    session = house.login(1)
    for number in range(2, MAX_ROUND + 2):
        house.login(number)
    house.logout(session)
    house.now = 1002.0
    taken: dict[int, Seen] = {}
    for _ in range(5):
        house.presences.save_all()
        taken |= {seen.account_id: seen for seen in house.presences.take_unsaved()}
        house.presences.saved(True)
    house.presences.save_all()
    sizes = []
    while seen := house.presences.take_unsaved():
        sizes.append(len(seen))
        taken |= {one.account_id: one for one in seen}
        house.presences.saved(True)
    assert sizes == [MAX_ROUND, 2]
    assert (taken[0], taken[1]) == (Seen(0, "", 1002.0), Seen(1, "", 1000.0))


@dataclass
class ModelPerson:
    """What the rules say of somebody: for each session whether it is away, and for how many rounds there is none."""

    sessions: list[bool] = field(default_factory=list)
    status: str = ""
    visible: str = "offline"
    without: int = 0

    def settle(self) -> None:
        """What others may see now."""
        if self.sessions:
            self.without = 0
            self.visible = "away" if all(self.sessions) else "online"


class Life(RuleBasedStateMachine):
    """Sessions come and go, are away, set texts; one listener keeps a view of what is announced, another asks."""

    @initialize()
    def begin(self) -> None:
        """A listener is there from the beginning."""
        self.house = House()
        self.people = {number: ModelPerson() for number in range(5)}
        self.open: list[tuple[int, Session]] = []
        self.view: dict[str, tuple[str, str]] = {}
        self.asked: set[str] = set()
        self.saved: dict[int, str] = {}
        self.login(0, LISTENING)

    def login(self, number: int, features: frozenset[str]) -> None:
        """A session of a person, whose status text is taken from what was saved."""
        self.open.append((number, self.house.login(number, features, self.saved.get(number, ""))))
        self.people[number].sessions.append(False)
        self.people[number].settle()

    @rule(number=st.integers(1, 4), listening=st.booleans())
    def come(self, number: int, listening: bool) -> None:
        """A new session."""
        self.login(number, LISTENING if listening else NO_FEATURES)

    @precondition(lambda self: len(self.open) > 1)
    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        """A session ends, but not the listener's."""
        number, session = self.open.pop(data.draw(st.integers(1, len(self.open) - 1)))
        self.people[number].sessions.remove(session.away)
        self.people[number].settle()
        self.house.logout(session)

    @rule(data=st.data(), away=st.booleans())
    def be_away(self, data: st.DataObject, away: bool) -> None:
        """A session says whether its user is away."""
        number, session = data.draw(st.sampled_from(self.open))
        self.people[number].sessions.remove(session.away)
        self.people[number].sessions.append(away)
        self.people[number].settle()
        self.house.presences.set_away(session, away)

    @rule(data=st.data(), status=st.sampled_from(["", "tea", "lunch"]))
    def say(self, data: st.DataObject, status: str) -> None:
        """A session sets a text."""
        number, session = data.draw(st.sampled_from(self.open))
        self.people[number].status = status
        self.house.presences.set_status(session, status)

    @rule(number=st.integers(0, 4))
    def ask(self, number: int) -> None:
        """Somebody asks for a person: what they see holds until something else is announced."""
        person = self.house.presences.find(number)
        if person is not None:
            model = self.people[number]
            assert (person.state, person.status) == (model.visible, model.status)
            if self.view.get(person.name, ("offline", "")) != (person.state, person.status):
                self.view[person.name] = (person.state, person.status)
                self.asked.add(person.name)

    @rule()
    def next_round(self) -> None:
        """A round ends: exactly what differs is announced; then everybody sees what the rules say."""
        for model in self.people.values():
            if not model.sessions:
                model.without += 1
                if model.without > GRACE:
                    model.visible = "offline"
        announced = self.house.presences.next_round()
        assert len({person.name for person in announced}) == len(announced)
        for person in announced:
            shown = person.state, person.status
            assert self.view.get(person.name, ("offline", "")) != shown or person.name in self.asked
            self.view[person.name] = shown
        self.asked.clear()
        for number, model in self.people.items():
            assert self.view.get(f"p{number}", ("offline", "")) == (model.visible, model.status)

    @rule(works=st.booleans())
    def save(self, works: bool) -> None:
        """What is unsaved goes to the disk, or does not."""
        taken = self.house.presences.take_unsaved()
        assert all(one.status == self.people[one.account_id].status for one in taken)
        if works:
            self.saved.update({one.account_id: one.status for one in taken})
        self.house.presences.saved(works)

    @invariant()
    def who_is_there(self) -> None:
        """Those who are listed are those whom the rules do not call offline; nobody else costs memory for long."""
        presences = self.house.presences
        there = {f"p{number}" for number, model in self.people.items() if model.visible != "offline"}
        assert {one.name for one in presences._here.values()} == there
        assert set(presences._gone) <= set(presences._unsaved) | set(presences._news) | set(presences._saving)


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
