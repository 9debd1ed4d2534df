"""`report`, `reports`, `resolve`."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.actions import reports as module
from vestnik.chat.outcome import Telling
from vestnik.chat.session import Session
from vestnik.protocol.administration import SetAccountRole
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.events import ReportNotice, ReportState
from vestnik.protocol.reports import ReportMessage, Reports, Resolve
from vestnik.protocol.requests import AnyRequest, Delete, Edit, Group, Join, Leave, Msg, SetRole

VERA = "Вера Павловна"


async def refused(house: House, session: Session, request: AnyRequest) -> str:
    """With what a request is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.do(session, request)
    return caught.value.answer.name


async def listed(house: House, session: Session, **asked: object) -> list[ReportState]:
    """The reports that somebody is to act on."""
    found: list[ReportState] = (await house.reply(session, Reports(**asked))).more["reports"]  # type: ignore[arg-type]
    return found


async def audience(house: House, session: Session, request: AnyRequest) -> set[int]:
    """Who is told of what becomes of a request."""
    found: set[int] = set()
    for told in (await house.reply(session, request)).told:
        assert isinstance(told.to, frozenset)
        found |= told.to
    return found


@pytest.fixture
async def people(house: House) -> tuple[Session, Session, Session]:
    """Anna, who owns #tea, boris, who moderates it, and vera; nobody of them administers the server."""
    for name in ("anna", "boris", VERA):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vestnik.chat.rules.accounts.MayHaveRole.__call__", lambda _rule, _standing: None)
            await house.administer(SetAccountRole(name=name, role="member"))
    anna, boris, vera = [await house.login(name) for name in ("anna", "boris", VERA)]
    for session in (anna, boris, vera):
        await house.do(session, Join(room="#tea"))
    await house.do(anna, SetRole(room="#tea", name="boris", role="moderator"))
    return anna, boris, vera


async def test_a_report(house: House, people: tuple[Session, Session, Session]) -> None:
    """Moderators see what a message said when it was reported, whatever became of it; until one has acted on it."""
    anna, boris, vera = people
    await house.keep(vera, Msg(to="#tea", message="Bad tea"))
    reply = await house.reply(anna, ReportMessage(to="#tea", seq=1, reason="Rude"))
    assert reply.values == ("anna", "#tea", 1, 1)
    both = frozenset({anna.speaker.id, boris.speaker.id})
    assert reply.told == (Telling(ReportNotice(house.now, 1, "#tea", 1), "changes", both),)
    assert (await house.reply(anna, ReportMessage(to="#tea", seq=1, reason="Very"))).told == ()
    await house.do(vera, Edit(to="#tea", seq=1, message="Good tea"))
    await house.do(vera, Delete(to="#tea", seq=1))
    state = ReportState(1, house.now, "anna", "#tea", 1, VERA, "Bad tea", "Rude")
    assert await listed(house, anna) == await listed(house, boris, room="#tea") == [state]
    assert await listed(house, vera) == []
    assert await refused(house, vera, Resolve(report=1)) == "report.unknown"
    reply = await house.reply(boris, Resolve(report=1, outcome="dismissed"))
    assert reply.values == ("boris", 1, "dismissed")
    notice = ReportNotice(house.now, 1, "#tea", 1, "dismissed")
    told = (frozenset({boris.speaker.id}), frozenset({anna.speaker.id}))
    assert reply.told == tuple(Telling(notice, "changes", each) for each in told)
    assert await refused(house, anna, Resolve(report=1)) == "report.unknown"
    assert await listed(house, anna) == []


async def test_who_outranks_the_author(house: House, people: tuple[Session, Session, Session]) -> None:
    """On a moderator's message owners act, on an owner's administrators of the server; nobody on their own."""
    anna, boris, vera = people
    await house.keep(boris, Msg(to="#tea", message="1"))
    await house.keep(anna, Msg(to="#tea", message="2"))
    assert await audience(house, vera, ReportMessage(to="#tea", seq=1)) == {anna.speaker.id}
    assert await audience(house, vera, ReportMessage(to="#tea", seq=2)) == set()
    assert await refused(house, anna, ReportMessage(to="#tea", seq=2)) == "report.own"
    assert [report.seq for report in await listed(house, anna)] == [1]
    assert await listed(house, boris) == []
    await house.administer(SetAccountRole(name="boris", role="administrator"))
    assert [report.seq for report in await listed(house, boris)] == [2]
    assert await refused(house, boris, Resolve(report=1)) == "report.unknown"
    assert vera.speaker.id in await audience(house, boris, Resolve(report=2))


async def test_without_a_room(house: House, people: tuple[Session, Session, Session]) -> None:
    """Administrators of the server act on what is reported of direct and group conversations, their own not."""
    anna, boris, vera = people
    await house.administer(SetAccountRole(name="anna", role="administrator"))
    await house.keep(vera, Msg(to="boris", message="1"))
    group = (await house.reply(vera, Group(members=["boris", "anna"]))).more["room"]
    await house.keep(vera, Msg(to=group, message="2"))
    await house.keep(anna, Msg(to="boris", message="3"))
    for to, told in ((VERA, {anna.speaker.id}), (group, {anna.speaker.id}), ("anna", set())):
        assert await audience(house, boris, ReportMessage(to=to, seq=1)) == told
    assert [(report.to, report.message) for report in await listed(house, anna)] == [("boris", "1"), (group, "2")]
    await house.do(anna, Leave(room=group))
    assert len(await listed(house, anna)) == 2
    assert await listed(house, boris) == []
    told = (await house.reply(anna, Resolve(report=1))).told
    notice = ReportNotice(house.now, 1, VERA, 1, "settled")  # who made it calls the conversation so
    assert told[1] == Telling(notice, "changes", frozenset({boris.speaker.id}))


async def test_limits(house: House, people: tuple[Session, Session, Session], monkeypatch: pytest.MonkeyPatch) -> None:
    """So many of an account may wait; a page has so many."""
    anna, boris, vera = people
    monkeypatch.setattr(module, "MAX_REPORTS", 2)
    for text in ("1", "2", "3"):
        await house.keep(vera, Msg(to="#tea", message=text))
    for seq in (1, 2, 1):
        await house.do(boris, ReportMessage(to="#tea", seq=seq))
    assert await refused(house, boris, ReportMessage(to="#tea", seq=3)) == "report.limit"
    await house.do(anna, ReportMessage(to="#tea", seq=3))
    page = (await house.reply(anna, Reports(limit=2))).more
    assert ([report.seq for report in page["reports"]], page["more"], page["next"]) == ([1, 2], True, "2")
    assert [report.seq for report in await listed(house, anna, after=2)] == [3]
    assert await refused(house, boris, ReportMessage(to="#tea", seq=9)) == "message.unknown"
    assert await refused(house, boris, ReportMessage(to="#tea", seq=1, reason="x" * 501)) == "field.too_long"
