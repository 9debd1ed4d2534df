"""Names that are there and would be refused today."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.actions import administration
from vestnik.chat.doubtful_names import NameReport
from vestnik.protocol.administration import DoubtfulNames
from vestnik.protocol.events import DoubtfulName
from vestnik.store.schema import account, conversation, room


def doubts(*names: str) -> list[tuple[str, str, list[str]]]:
    """What is said of names, the oldest first."""
    report = NameReport()
    for name in names:
        report.add(name)
    return [(found.name, found.answer, found.values) for found in report.found]


def test_nothing_to_say() -> None:
    """Names that can be told apart are not reported, and those of rooms and accounts are no matter to each other."""
    assert doubts("anna", "Anna B", "Вера Павловна", "#anna", "#c", "#c#", "#чай", "#tea") == []


def test_alike() -> None:
    """Of names that look alike all are reported but the oldest, with that."""
    assert doubts("cope", "соре", "СОРЕ", "#cocoa", "#сосоа") == [
        ("соре", "account.similar", ["соре", "cope"]),
        ("СОРЕ", "account.similar", ["СОРЕ", "cope"]),
        ("#сосоа", "room.similar", ["#сосоа", "#cocoa"]),
    ]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("all", "name.for_all"),
        ("раypal", "name.mixed"),
        ("an\u200bna", "name.invalid"),
        ("an\u202ena", "name.invalid"),
        ("#te\u2066a", "name.sign"),
        ("#раypal", "name.mixed"),
        ("#@7", "name.group"),
    ],
)
def test_what_nobody_gets_today(name: str, answer: str) -> None:
    """Names with what names do not have are reported with the reason."""
    assert [found[:2] for found in doubts(name)] == [(name, answer)]


async def test_of_a_server(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator is told of all accounts and rooms, however many pages they are; it leaves its record."""
    monkeypatch.setattr(administration, "SLICE", 2)

    def from_before(connection):  # type: ignore[no-untyped-def]
        for number in range(8):
            values = {"name": f"n{number}", "key": f"n{number}", "password_hash": "", "disabled": False, "created": 1.0}
            connection.execute(account.insert().values(values))
        values = {"name": "аnnа", "key": "аnnа", "password_hash": "", "disabled": True, "created": 1.0}
        connection.execute(account.insert().values(values))
        for number, name, people in ((9, "#cocoa", None), (10, "#сосоа", None), (11, "#@11", "1,2")):
            connection.execute(conversation.insert().values(id=number, created=1.0))
            connection.execute(room.insert().values(id=number, name=name, key=name, people=people))

    await house.store._change(from_before)
    reply = await house.administer(DoubtfulNames())
    found = reply.more["names"]
    assert DoubtfulName("аnnа", "account.similar", ["аnnа", "anna"]) in found
    assert [each.name for each in found if each.name.startswith("#")] == ["#сосоа"]
    assert house.acts == [("admin.names", (len(found),))]
    assert "more" not in reply.more
