"""How far a client has each conversation."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.client import cursors as module
from vestnik.client.cursors import Count, Cursors, Fit, SequenceGap
from vestnik.protocol.events import Change, ConversationState, Delivery, Response
from vestnik.protocol.requests import Ban, Group, Join, Leave, Msg, Position, React, SetRoom


def delivery(seq: int, to: str = "#tea", sender: str = "boris") -> Delivery:
    """A message."""
    return Delivery(0, sender, to, str(seq), seq)


def change(number: int, kind: str = "edit", to: str = "#tea", sender: str = "boris", **more: str) -> Change:
    """A change."""
    return Change(0, sender, to, number, kind, **more)  # type: ignore[arg-type]  # all of them are texts


def take(cursors: Cursors, event: Delivery | Change) -> Fit:
    """Judge an event, and take it if it is the next one; the application has it at once."""
    cursor, fit, _ = cursors.judge(event)
    if fit is Fit.NEXT:
        cursors.take(cursor, event)
        cursors.read(cursor, event)
    return fit


def test_fits() -> None:
    """The next number fits, one that is there already is known, one behind others is a gap."""
    count = Count(5)
    assert [count.fit(number) for number in (1, 5, 6, 7)] == [Fit.KNOWN, Fit.KNOWN, Fit.NEXT, Fit.GAP]
    unknown = Count(None)
    assert unknown.fit(9) is Fit.NEXT
    unknown.take(9)
    assert unknown.last == 9


@given(st.lists(st.booleans(), max_size=30), st.randoms(use_true_random=False))
def test_own_numbers_come_early(own: list[bool], random: object) -> None:
    """However far one's own numbers are ahead of the others': each number counts once, and all count in the end."""
    count = Count(0)
    others = [number for number, is_own in enumerate(own, 1) if not is_own]
    early = [number for number, is_own in enumerate(own, 1) if is_own]
    taken = []
    while others or early:
        if early and (not others or random.random() < 0.5):  # type: ignore[attr-defined]
            count.own(early.pop(0))
        else:
            number = others.pop(0)
            while count.fit(number) is Fit.GAP:  # an answer comes before what was done behind it
                count.own(early.pop(0))
            assert count.fit(number) is Fit.NEXT
            count.take(number)
            taken.append(number)
    assert count.last == len(own)
    assert taken == sorted(taken)


def test_what_the_server_has() -> None:
    """What retention has removed is skipped; numbers that the server has lost count anew."""
    count = Count(3)
    count.own(9)
    count.align(first=8, last=12)
    assert count.last == 7
    assert [count.fit(number) for number in (8, 9)] == [Fit.NEXT, Fit.KNOWN]
    count.align(first=1, last=5)
    assert count.last == 5
    assert [count.fit(number) for number in (5, 6, 9)] == [Fit.KNOWN, Fit.NEXT, Fit.GAP]


def test_conversations_of_events() -> None:
    """A direct message is counted with the other person, whoever sent it, and whatever the case of the names."""
    cursors = Cursors("Anna", {})
    assert take(cursors, delivery(1, "anna", "boris")) is Fit.NEXT
    assert take(cursors, delivery(2, "BORIS", "Anna")) is Fit.NEXT
    assert take(cursors, delivery(1, "ANNA", "anna")) is Fit.NEXT
    assert cursors.saved() == {"boris": {"seq": 2, "change": 0}, "anna": {"seq": 1, "change": 0}}


def test_a_new_client() -> None:
    """A new client begins where the list says, and with direct messages at those that were kept."""
    cursors = Cursors("anna")
    assert cursors.positions() is None
    assert cursors.saved() is None
    cursors.begin([ConversationState("#tea", 7, 3), ConversationState("boris", 9, 1, kept=8)])
    assert cursors.positions() == {"#tea": Position(7, 3), "boris": Position(7, 1)}
    assert [take(cursors, delivery(seq, "anna")) for seq in (8, 9)] == [Fit.NEXT, Fit.NEXT]
    assert cursors.end(complete=True) is None
    assert [take(cursors, delivery(seq)) for seq in (7, 8, 10)] == [Fit.KNOWN, Fit.NEXT, Fit.GAP]


def test_a_client_that_comes_back() -> None:
    """Saved cursors are numbers or positions; conversations that are not listed any more are forgotten."""
    cursors = Cursors("anna", {"#Tea": {"seq": 4, "change": 2}, "boris": 3, "#gone": 5})
    assert cursors.positions() == {"#Tea": Position(4, 2), "boris": Position(3), "#gone": Position(5)}
    cursors.begin([ConversationState("#tea", 5, 2), ConversationState("boris", 3, 0), ConversationState("#new", 9, 4)])
    assert take(cursors, delivery(5)) is Fit.NEXT
    assert take(cursors, delivery(8, "#new")) is Fit.NEXT  # from where the membership began
    assert take(cursors, delivery(9, "#new")) is Fit.NEXT
    assert cursors.end(complete=True) is None
    assert json.loads(json.dumps(cursors.saved())) == {
        "#tea": {"seq": 5, "change": 2},
        "boris": {"seq": 3, "change": 0},
        "#new": {"seq": 9, "change": 4},
    }


def test_a_name_that_is_not_listed() -> None:
    """Until everything missed has come, a room that is not on the list must be asked for again; a person need not."""
    cursors = Cursors("anna", {"#tea": 4})
    cursors.begin([ConversationState("#tea", 4, 0)])
    for event in (delivery(5, "#chai"), change(1, to="#chai")):
        assert take(cursors, event) is Fit.GAP
    assert take(cursors, delivery(1, "anna")) is Fit.NEXT
    assert cursors.end(complete=True) is None
    assert cursors.positions() == {"#tea": Position(4), "boris": Position(1)}
    assert take(cursors, delivery(7, "#new")) is Fit.NEXT


def test_bad_cursors() -> None:
    """What cannot be cursors is an error at once."""
    with pytest.raises(ValueError, match="these are no cursors"):
        Cursors("anna", {"#tea": -1})


def test_what_did_not_come() -> None:
    """When the server says that everything has come and it has not, that is noticed; unless it was not taken."""
    for complete, missing in ((True, SequenceGap("#tea", 5, 6)), (False, None)):
        cursors = Cursors("anna", {"#tea": 4})
        cursors.begin([ConversationState("#tea", 6, 0)])
        assert cursors.end(complete=complete) == missing
    cursors = Cursors("anna", {"#tea": {"seq": 6, "change": 1}})
    cursors.begin([ConversationState("#tea", 6, 2)])
    assert cursors.end(complete=True) == SequenceGap("#tea", 2, 2)


def test_a_room_that_was_joined() -> None:
    """In a room that one has just joined the first message is the next one, whatever its number."""
    cursors = Cursors("anna", {})
    cursors.acknowledge(Join(room="#tea"), Response(200, change=4))
    cursors.acknowledge(Msg(to="#tea", message="x"), Response(200, seq=8))
    assert cursors.positions() == {}
    assert take(cursors, change(5)) is Fit.NEXT
    assert take(cursors, delivery(7)) is Fit.NEXT
    assert cursors.positions() == {"#tea": Position(8, 5)}
    assert take(cursors, delivery(9)) is Fit.NEXT


def test_where_a_room_begins() -> None:
    """An answer that says where the room is lets nothing be missed from there on."""
    cursors = Cursors("anna", {})
    cursors.acknowledge(Join(room="#tea"), Response(200, change=4, seq=6))
    cursors.acknowledge(Group(members=["boris"]), Response(201, room="#@1", change=1, seq=0))
    assert cursors.positions() == {"#tea": Position(6, 4), "#@1": Position(0, 1)}


def test_own_changes() -> None:
    """The number of one's own change comes with its answer; one that changed nothing has none."""
    cursors = Cursors("anna", {"#tea": {"seq": 4, "change": 2}})
    cursors.acknowledge(React(to="#TEA", seq=1, emoji="x"), Response(200, change=4))
    cursors.acknowledge(React(to="#tea", seq=1, emoji="x"), Response(200))
    assert [take(cursors, change(number)) for number in (3, 4, 5)] == [Fit.NEXT, Fit.KNOWN, Fit.NEXT]


def test_what_the_application_has_read() -> None:
    """Saved is what the application has read, though more has come."""
    cursors = Cursors("anna", {"#tea": {"seq": 4, "change": 2}})
    waiting = [delivery(5), change(3), delivery(6)]
    cursor = cursors.cursor("#tea")
    for event in waiting:
        assert cursors.judge(event).fit is Fit.NEXT
        cursors.take(cursor, event)
    cursors.acknowledge(Msg(to="#tea", message="x"), Response(200, seq=7))
    seen = []
    for event in waiting:
        seen.append((cursors.saved() or {})["#tea"])
        cursors.read(cursor, event)
    assert [(at["seq"], at["change"]) for at in seen] == [(4, 2), (5, 2), (5, 3)]
    assert cursors.saved() == {"#tea": {"seq": 7, "change": 3}}


def test_what_is_older_than_the_list() -> None:
    """A change that the list knows of already moves no room and ends no membership."""
    cursors = Cursors("anna", {"#a": {"seq": 4, "change": 2}})
    cursors.begin([ConversationState("#c", 4, 5, as_="#a")])
    assert take(cursors, change(3, "set_room", "#a", name="#b")) is Fit.NEXT
    assert take(cursors, change(4, "remove", "#c", name="anna")) is Fit.NEXT
    assert take(cursors, change(5, "invite", "#c", name="anna")) is Fit.NEXT
    assert cursors.end(complete=True) is None
    assert cursors.saved() == {"#c": {"seq": 4, "change": 5}}


def test_a_room_gets_another_name() -> None:
    """A room that is called otherwise keeps its cursor, told by a change, an answer or the list."""
    cursors = Cursors("anna", {"#a": {"seq": 4, "change": 2}})
    assert take(cursors, change(3, "set_room", "#a", name="#b")) is Fit.NEXT
    assert take(cursors, delivery(5, "#b")) is Fit.NEXT
    assert take(cursors, change(4, "pin", "#a")) is Fit.NEXT
    cursors.acknowledge(SetRoom(room="#b", name="#c"), Response(200, change=5))
    assert take(cursors, delivery(6, "#c")) is Fit.NEXT
    assert cursors.positions() == {"#c": Position(6, 5)}
    cursors.begin([ConversationState("#a", 7, 5, as_="#c")])
    assert take(cursors, delivery(7, "#a")) is Fit.NEXT
    assert cursors.end(complete=True) is None
    assert take(cursors, delivery(7, "#b")) is Fit.KNOWN
    assert cursors.saved() == {"#a": {"seq": 7, "change": 5}}


def test_the_end_of_a_membership() -> None:
    """A room that one has left is forgotten, and begins anew when one comes back; others' ends change nothing."""
    ways = (
        change(3, "leave", sender="Anna"),
        change(3, "remove", name="anna"),
        change(9, "ban", name="ANNA"),  # of a room that one has left already: what was before is not told
    )
    for event in ways:
        cursors = Cursors("anna", {"#tea": {"seq": 4, "change": 2}})
        assert take(cursors, event) is Fit.NEXT
        assert cursors.positions() == {}
        assert take(cursors, delivery(20)) is Fit.NEXT
    for request in (Leave(room="#tea"), Ban(room="#tea", name="anna")):
        cursors = Cursors("anna", {"#tea": 4})
        cursors.acknowledge(request, Response(200))
        assert cursors.positions() == {}
    cursors = Cursors("anna", {"#tea": {"seq": 4, "change": 2}})
    assert take(cursors, change(3, "remove", name="clara")) is Fit.NEXT
    assert take(cursors, change(9, "leave")) is Fit.GAP
    assert cursors.positions() == {"#tea": Position(4, 3)}


def test_saved_cursors_name_their_epoch() -> None:
    """What is saved says of which epoch it is, and is taken back with it; older programs did not say so."""
    cursors = Cursors("anna")
    assert cursors.begin([ConversationState("#tea", 7, 3)], "1f0c") == []
    saved = json.loads(json.dumps(cursors.saved()))
    assert saved == {"#tea": {"seq": 7, "change": 3, "epoch": "1f0c"}}
    again = Cursors("anna", saved)
    assert (again.epoch, again.positions()) == ("1f0c", {"#tea": Position(7, 3)})
    older = Cursors("anna", {"#tea": Position(7, 3), "boris": 4})
    assert (older.epoch, older.positions()) == (None, {"#tea": Position(7, 3), "boris": Position(4)})


def test_saved_cursors_of_two_epochs() -> None:
    """Cursors of another epoch than the first one's are left out, so that these begin anew."""
    saved = {"#tea": 4, "boris": {"seq": 2, "epoch": "1f0c"}, "#cake": {"seq": 9, "epoch": "f00d"}}
    cursors = Cursors("anna", saved)
    assert (cursors.epoch, cursors.positions()) == ("1f0c", {"#tea": Position(4), "boris": Position(2)})


def test_what_begins_anew() -> None:
    """Conversations that begin anew are counted from their beginning, once; the others go on."""
    cursors = Cursors("anna", {name: {"seq": 6, "change": 2, "epoch": "1f0c"} for name in ("#tea", "boris", "#cake")})
    cursors.acknowledge(Msg(to="#tea", message="x"), Response(200, seq=9))
    states = [
        ConversationState("#chai", 3, 1, as_="#tea", anew=True),
        ConversationState("boris", 2, 1, anew=True),
        ConversationState("#cake", 7, 2),
    ]
    assert cursors.begin(states, "f00d") == ["#chai", "boris"]
    assert cursors.epoch == "f00d"
    assert [take(cursors, delivery(seq, "#chai")) for seq in (2, 3, 2)] == [Fit.NEXT, Fit.NEXT, Fit.KNOWN]
    assert take(cursors, delivery(1, "anna")) is Fit.NEXT
    assert cursors.positions() == {"#chai": Position(3, 1), "boris": Position(1, 1), "#cake": Position(6, 2)}
    assert take(cursors, delivery(2, "anna")) is Fit.NEXT
    assert take(cursors, delivery(7, "#cake")) is Fit.NEXT
    assert cursors.end(complete=True) is None
    assert take(cursors, delivery(4, "#chai")) is Fit.NEXT
    assert take(cursors, change(2, to="#chai")) is Fit.NEXT


def test_what_is_not_read_when_it_begins_anew() -> None:
    """What the application has not read yet is of the old numbers, and does not count among the new ones."""
    cursors = Cursors("anna", {"#tea": {"seq": 4, "change": 2, "epoch": "1f0c"}})
    old, event = cursors.cursor("#tea"), delivery(5)
    cursors.take(old, event)
    cursors.begin([ConversationState("#tea", 2, 1, anew=True)], "f00d")
    assert cursors.saved() == {}
    new, first = cursors.cursor("#tea"), delivery(1)
    cursors.take(new, first)
    cursors.read(old, event)
    assert cursors.saved() == {"#tea": {"seq": 0, "change": 1, "epoch": "f00d"}}
    cursors.read(new, first)
    assert cursors.saved() == {"#tea": {"seq": 1, "change": 1, "epoch": "f00d"}}


def test_names_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who invents conversations is not followed beyond a bound; those that are known go on."""
    monkeypatch.setattr(module, "MAX_CONVERSATIONS", 3)
    cursors = Cursors("anna")
    cursors.begin([ConversationState("#tea", 0, 0)])
    assert cursors.end(complete=True) is None
    assert [take(cursors, delivery(1, "anna", name)) for name in "abcd"] == [Fit.NEXT, Fit.NEXT, Fit.GAP, Fit.GAP]
    assert take(cursors, delivery(1)) is Fit.NEXT
    assert take(cursors, delivery(2, "anna", "a")) is Fit.NEXT


def test_former_names_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a room that is renamed all the time the latest names are remembered."""
    monkeypatch.setattr(module, "MAX_ALIASES", 3)
    cursors = Cursors("anna")
    cursors.begin([ConversationState("#0", 0, 0)])
    assert cursors.end(complete=True) is None
    for number in range(10):
        assert take(cursors, change(number + 1, "set_room", f"#{number}", name=f"#{number + 1}")) is Fit.NEXT
    assert take(cursors, delivery(1, "#10")) is Fit.NEXT
    assert take(cursors, delivery(2, "#9")) is Fit.NEXT
    assert cursors.saved() == {"#10": {"seq": 2, "change": 10}}
