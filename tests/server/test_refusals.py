"""Refusals, and the coming and going of strangers: what has a line of its own, and what is only counted."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from vestnik.chat.outcome import Reply
from vestnik.cli.journal.facts import repeats
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.server import catalogue
from vestnik.server.networks import network_of
from vestnik.server.refusals import (
    MAX_NETWORKS,
    OF_ALL,
    OF_ANSWERS,
    OF_CONNECTION,
    OF_LOGINS,
    OF_NETWORK,
    Caller,
    Refusals,
)

LOGIN = Reply(answers.LOGIN_RESUMED, ("anna",))
NOT_OBJECT, NOT_JSON = Reply(answers.VALUE_NOT_OBJECT), Reply(answers.VALUE_MALFORMED, (5,))


def caller(name: str, account: str | None = None, address: str = "192.0.2.1") -> Caller:
    """Somebody with a connection."""
    known = None if account is None else SimpleNamespace(name=account)
    recipient = SimpleNamespace(name=name)
    session = SimpleNamespace(account=known, name=account or "", recipient=recipient, closed=False)
    return cast(
        Caller, SimpleNamespace(name=name, network=network_of(address), session=session, address=(address, 4711))
    )


class Desk:
    """Refusals with clocks to turn, and what they have journaled."""

    def __init__(self, directory: Path) -> None:
        self.now = 1000.0
        self.directory = directory
        self.journal = Journal("server", directory, json=True)
        self.refusals = Refusals(self.journal, lambda: self.now, lambda: self.now)

    def refuse(self, who: Caller, count: int, *replies: Reply) -> None:
        """Refuse so many requests."""
        for number in range(count):
            self.refusals.refuse(who, replies[number % len(replies)], number + 1, {})

    def look(self, seconds: float) -> None:
        """Let time pass, and counts be told."""
        self.now += seconds
        self.refusals._look()

    def objects(self) -> list[dict[str, Any]]:
        """What is in the journal."""
        assert self.journal.flush()
        path = self.directory / "server.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def events(self) -> Counter[str]:
        """How often each event is in the journal."""
        return Counter(found["event"] for found in self.objects())

    def told(self) -> Counter[str]:
        """How often each event has happened, by what the journal says: lines and counts."""
        happened = self.events()
        for event in ("request.repeated", "request.counted", "session.repeated", "connection.repeated"):
            del happened[event]
        for found in self.objects():
            for _, event, times in repeats(found):
                happened[event] += times
        return happened


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """One with an empty journal."""
    made = Desk(tmp_path)
    yield made
    made.refusals.flush()
    made.journal.close()


async def test_a_few(desk: Desk) -> None:
    """Who is refused now and then has a line for each refusal, with its request."""
    for _ in range(50):
        desk.refuse(caller("7"), 1, NOT_OBJECT)
        desk.look(1.0)
    assert desk.events() == Counter({"value.not_object": 50})
    assert desk.objects()[0] | {"time": ""} == {
        "time": "",
        "level": "ERROR",
        "logger": "server",
        "event": "value.not_object",
        "code": 400,
        "message": desk.objects()[0]["message"],
        "connection": "7",
        "request": 1,
    }


@pytest.mark.parametrize("account", [None, "anna"])
async def test_the_rest_is_counted(desk: Desk, account: str | None) -> None:
    """A flood has some lines of its own, then one line with the number of each kind and the account."""
    desk.refuse(caller("7", account), 1000, NOT_OBJECT, NOT_JSON)
    assert desk.events().total() == OF_CONNECTION.most
    desk.look(0.5)
    assert desk.events().total() == OF_CONNECTION.most
    desk.look(0.6)
    count = desk.objects()[-1]
    assert (count["event"], count["connection"], count.get("account")) == ("request.repeated", "7", account)
    assert count["count"] == 1000 - OF_CONNECTION.most
    half = (1000 - OF_CONNECTION.most) // 2
    assert count["kinds"] == f"400 value.malformed {half}, 400 value.not_object {half}"
    assert desk.told() == Counter({"value.not_object": 500, "value.malformed": 500})


async def test_counts_come_before_the_end(desk: Desk) -> None:
    """What was counted is told when the connection ends, or the server, before the line that says so."""
    for name in ("7", "8"):
        desk.refusals.opened(caller(name))
        desk.refuse(caller(name), 100, NOT_OBJECT)
    desk.refusals.closed(caller("7"))
    assert [found["event"] for found in desk.objects()[-2:]] == ["request.repeated", "connection.closed"]
    desk.refusals.flush()
    assert desk.objects()[-1]["connection"] == "8"
    assert desk.told()["value.not_object"] == 200
    assert not desk.refusals._connections.keys() - {"8"}


async def test_many_connections(desk: Desk) -> None:
    """Strangers of one network have a bounded number of lines together, and one count; others are not affected."""
    for name in range(3000):
        desk.refusals.opened(caller(str(name), address=f"2001:db8::{name:x}"))
        desk.refuse(caller(str(name), address=f"2001:db8::{name:x}"), 20, NOT_OBJECT)
        desk.refusals.closed(caller(str(name), address=f"2001:db8::{name:x}"))
    desk.refusals.opened(caller("a", address="192.0.2.7"))
    desk.refuse(caller("b", "anna", address="2001:db8::1"), 1, NOT_JSON)
    desk.look(1.1)
    lines = desk.objects()
    assert len(lines) < OF_NETWORK.most + 100
    assert lines[-1]["event"] == "connection.repeated"
    assert lines[-1]["network"] == "2001:db8::/64"
    assert [found["event"] for found in lines[-3:-1]] == ["connection.opened", "value.malformed"]
    told = desk.told()
    assert (told["value.not_object"], told["connection.opened"]) == (60_000, 3_001)


async def test_many_networks(desk: Desk) -> None:
    """Strangers of all networks have a bounded number of lines together, too, and there is one count of all."""
    count = 2 * MAX_NETWORKS
    for name in range(count):
        who = caller(str(name), address=f"10.0.{name >> 8}.{name & 255}")
        desk.refusals.opened(who)
        desk.refuse(who, 20, NOT_OBJECT)
        desk.refusals.closed(who)
    assert len(desk.refusals._networks) == MAX_NETWORKS
    desk.look(1.1)
    assert len(desk.objects()) < 1.2 * OF_ALL.most
    assert desk.objects()[-1]["network"] == "*"
    told = desk.told()
    assert (told["value.not_object"], told["connection.opened"]) == (20 * count, count)


async def test_who_logs_in_was_seen(desk: Desk) -> None:
    """Of a connection that logs in it is said where it came from, though its network had no lines left."""
    for name in range(OF_NETWORK.most + 2):
        desk.refusals.opened(caller(str(name)))
    late = caller(str(OF_NETWORK.most), "anna")
    assert desk.events().total() == OF_NETWORK.most
    for number in (1, 2):
        desk.refusals.login(late, LOGIN, number, {})
    desk.refusals.closed(late)
    desk.refusals.closed(caller(str(OF_NETWORK.most + 1)))
    assert [(found["event"], found["connection"]) for found in desk.objects()[OF_NETWORK.most :]] == [
        ("connection.opened", late.name),
        ("login.resumed", late.name),
        ("login.resumed", late.name),
        ("connection.closed", late.name),
    ]


async def test_logins_of_one_account(desk: Desk) -> None:
    """Who logs in all day has a bounded number of lines, and a count that is promised; others are not affected."""
    count = 2 * OF_LOGINS.most
    for name in range(count):
        anna = caller(str(name), "anna", address=f"10.0.{name >> 8}.{name & 255}")
        desk.refusals.login(anna, LOGIN, 1, {})
        desk.refusals.login(anna, Reply(answers.LOGIN_ENDED, ("anna",)), 2, {})
    desk.refusals.login(caller("b", "boris"), Reply(answers.LOGIN_ACCEPTED, ("boris",)), 1, {})
    desk.look(1.1)
    assert catalogue.SESSION_REPEATED.promised
    assert desk.objects()[-1]["account"] == "anna"
    assert len(desk.objects()) == OF_LOGINS.most + 2
    told = desk.told()
    assert (told["login.resumed"], told["login.ended"], told["login.accepted"]) == (count, count, 1)


async def test_many_accounts(desk: Desk) -> None:
    """Of accounts that were not seen for long nothing is kept, and what was counted is told."""
    for number in range(2 * OF_LOGINS.most):
        desk.refusals.login(caller("1", "anna"), LOGIN, number, {})
    for name in range(MAX_NETWORKS):
        desk.refusals.login(caller("2", str(name)), Reply(answers.LOGIN_RESUMED, (str(name),)), 1, {})
    assert len(desk.refusals._accounts) == MAX_NETWORKS
    assert desk.objects()[-1]["event"] == "login.resumed"
    assert desk.told()["login.resumed"] == 2 * OF_LOGINS.most + MAX_NETWORKS


async def test_strangers_who_say_goodbye(desk: Desk) -> None:
    """To end a login that there was not is a stranger's line like others, and is not promised."""
    for name in range(2 * OF_NETWORK.most):
        desk.refusals.login(caller(str(name)), Reply(answers.LOGIN_NONE), 1, {})
    assert desk.events() == Counter({"login.none": OF_NETWORK.most})


async def test_turned_away(desk: Desk) -> None:
    """So are connections that cannot be taken."""
    for name in range(1000):
        who = caller(str(name))
        desk.refusals.turned_away(who, catalogue.CONNECTION_REFUSED, 5)
        desk.refuse(who, 1, Reply(answers.SERVER_FULL, (5,)))
        desk.refusals.closed(who)
    desk.refusals.flush()
    assert len(desk.objects()) <= 2 * OF_NETWORK.most
    assert desk.told()["connection.refused"] == desk.told()["server.full"] == 1000
    assert not desk.refusals._unseen


async def test_what_changes_nothing(desk: Desk) -> None:
    """A member who asks for a lot has some lines for the answers, then a count; refusals stand by themselves."""
    anna = caller("7", "anna")
    history = catalogue.of_answer(answers.HISTORY_LISTED)
    for number in range(3 * OF_ANSWERS.most):
        desk.refusals.answer(anna.session, history, ("anna", "#tea", 5), number)
    desk.refuse(anna, 1, NOT_OBJECT)
    desk.look(1.1)
    assert desk.events() == Counter(
        {"history.listed": OF_ANSWERS.most, "value.not_object": 1, "request.counted": 1},
    )
    assert desk.told()["history.listed"] == 3 * OF_ANSWERS.most
    (count,) = (found for found in desk.objects() if found["event"] == "request.counted")
    assert (count["account"], count["level"]) == ("anna", "INFO")


async def test_what_is_sent_again(desk: Desk) -> None:
    """A message that is sent again is not promised another line, and one with another text is a refusal like others."""
    anna = caller("7", "anna")
    for answer, most in ((answers.MESSAGE_KEPT, OF_ANSWERS.most), (answers.MESSAGE_CONFLICT, OF_CONNECTION.most)):
        event = catalogue.of_repeated(answer)
        assert not event.promised
        for number in range(2 * OF_ANSWERS.most):
            desk.refusals.answer(anna.session, event, ("anna", "boris", 5, "id", 7, "1f0c", None, 0.5), number)
        assert desk.events()[answer.name] == most


@pytest.mark.parametrize("account", [None, "anna"])
async def test_late_answers(desk: Desk, account: str | None) -> None:
    """What is answered when a connection has gone is counted with all others, and nothing is kept of it."""
    for name in range(1000):
        late = caller(str(name), account)
        desk.refusals.opened(late)
        late.session.closed = True
        desk.refusals.closed(late)
        desk.refuse(late, 5, NOT_OBJECT)
    desk.refusals.flush()
    assert not desk.refusals._connections
    assert not desk.refusals._answers
    assert desk.told()["value.not_object"] == 5000
    assert desk.events()["value.not_object"] <= OF_ALL.most


@pytest.mark.parametrize("account", [None, "anna"])
async def test_the_last_refusal(desk: Desk, account: str | None) -> None:
    """Why a connection is ended is in a line of its own, behind the count of what came before."""
    desk.refuse(caller("7", account), 100, NOT_OBJECT)
    desk.refuse(caller("7", account), 1, Reply(answers.REFUSED_TOO_OFTEN, (100,)))
    desk.refusals.closed(caller("7", account))
    events = [found["event"] for found in desk.objects()[OF_CONNECTION.most :]]
    assert events == ["request.repeated", "refused.too_often", "connection.closed"]


@pytest.mark.parametrize("account", [None, "anna"])
async def test_what_fails_again_and_again(desk: Desk, account: str | None) -> None:
    """Requests that fail as they should not have their tracebacks at first, and then a count."""
    for number in range(100):
        desk.refusals.fail(caller("7", account), "join", number, ValueError("oops"))
    desk.look(1.1)
    assert desk.events() == Counter({"request.failed": OF_CONNECTION.most, "request.repeated": 1})
    assert "oops" in desk.objects()[0]["error"]
    assert desk.told()["request.failed"] == 100
