"""Whether an answer, and what a device has, are as the reference says."""

from typing import Any

from tests.scenarios.model.clients import Device
from tests.scenarios.model.reference import World
from tests.scenarios.model.state import Conversation, Room

LISTS = frozenset({"history", "conversations", "members", "pins", "edits", "get_room", "rooms"})


def fits(expected: dict[str, Any], request: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether an answer to a request is the expected one. Numbers are compared where the answer has them."""
    codes = expected["response"]
    if answer["response"] not in (codes if isinstance(codes, tuple) else (codes,)):
        return False
    if answer["response"] >= 400:
        return isinstance(answer.get("error"), str)
    if request["action"] in LISTS:
        return simplified(request, answer) == {k: v for k, v in expected.items() if k != "response"}
    if answer.get("change", expected.get("change")) != expected.get("change"):
        return False
    wrong_room = expected.get("room") and answer.get("room", expected["room"]) != expected["room"]
    return not wrong_room and ("seq" not in answer or "seq" not in expected or answer["seq"] == expected["seq"])


def simplified(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The part of a list that the reference knows."""
    action = request["action"]
    if answer["response"] >= 400:
        return answer
    if action == "history":
        return {"messages": [shown(message) for message in answer["messages"]], "more": answer.get("more", False)}
    if action == "pins":
        return {"pins": {message["seq"] for message in answer["messages"]}}
    if action == "edits":
        return {"edits": [version["message"] for version in answer["edits"]]}
    if action == "members":
        return {"members": [(each["name"], each.get("role", "member"), "muted" in each) for each in answer["members"]]}
    if action == "conversations":
        return {
            "conversations": {
                each["to"]: (each["seq"], each["change"], each.get("read", 0), each.get("unread", 0))
                for each in answer["conversations"]
            }
        }
    return {"rooms": [_room(each) for each in answer["rooms"]]}


def _room(state: dict[str, Any]) -> tuple[Any, ...]:
    flags = (state.get("private", False), state.get("archived", False), state.get("group", False))
    return (
        state["room"],
        state["members"],
        *flags,
        state.get("topic", ""),
        state.get("edits", "members"),
        state.get("role"),
    )


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """A message as `World.shown` has it."""
    known = ("seq", "from", "to", "message", "id", "reply_to", "thread", "pinned", "replies")
    found = {key: message[key] for key in known if message.get(key) or key == "message"}
    found |= {key: True for key in ("edited", "deleted") if message.get(key)}
    reactions = {(emoji, name) for emoji, names in message.get("reactions", {}).items() for name in names}
    return found | ({"reactions": reactions} if reactions else {})


def check_device(world: World, device: Device) -> None:
    """Whether a rich device that has heard everything has what the reference says. Raises AssertionError."""
    places = world.of(device.account)
    where = f"{device.name} has of"
    rooms = {name for name in device.held if name.startswith("#")}
    assert rooms <= set(places), f"{device.name} has {rooms - set(places)}, where it is no member"
    for name, place in places.items():
        held = device.held.get(name)
        if held is None:
            assert not place.messages or isinstance(place, Room), f"{device.name} has not heard of {name}"
            since = place.since[device.account] if isinstance(place, Room) else 0
            assert since == len(place.messages), f"{device.name} has not heard of {name}"
            continue
        if held.base is None:
            held.base = held.seq = place.since[device.account] if isinstance(place, Room) else len(place.messages)
            while held.base in held.own:
                held.base -= 1
            held.seq = held.base
        last = len(place.messages)
        got = {seq for seq in held.messages if seq > held.base}
        assert got == set(range(held.base + 1, last + 1)), f"{where} {name} {sorted(got)}, not {held.base + 1}..{last}"
        _check_changes(device, name, place)
        for seq, message in held.messages.items():
            _check_message(device, world.shown(place, seq), message)
        if place.reader.get(device.account) not in {None, device.name}:
            assert held.read == place.read[device.account], f"{where} {name} read {held.read}"


def _check_changes(device: Device, name: str, place: Conversation) -> None:
    held = device.held[name]
    if held.first is None:
        return
    last = len(place.changes)
    missing = set(range(held.first + 1, last + 1)) - set(held.changes) - held.own_changes
    assert not missing, f"{device.name} has not heard of changes {sorted(missing)} of {name}"
    for number, event in held.changes.items():
        expected = place.changes[number - 1]
        told = {key: value for key, value in event.items() if key not in {"time", "to", "change", "until", "mentions"}}
        if expected["kind"] == "edit":  # one that was missed has the text that the message has by now
            texts = place.messages[expected["seq"] - 1].said
            if told["message"] in texts[texts.index(expected["message"]) :]:
                expected = expected | {"message": told["message"]}
        elif "emoji" in expected and "emoji" not in told and place.messages[expected["seq"] - 1].deleted:
            expected = {key: value for key, value in expected.items() if key != "emoji"}
        assert told == expected, f"{device.name}: change {number} of {name} is {told}, not {expected}"


def _check_message(device: Device, expected: dict[str, Any], message: dict[str, Any]) -> None:
    got = shown(message)
    # The name of the room was another one then, replies come without a word, and who writes is not told the thread.
    ignored = {"to", "replies", "id"} | ({"reply_to", "thread"} if "response" in message else set())
    expected, got = ({k: v for k, v in each.items() if k not in ignored} for each in (expected, got))
    assert got == expected, f"{device.name} has {got}, not {expected}"


def missing(world: World, device: Device, due: dict[int, set[int]]) -> dict[int, set[int]]:
    """What of that which is `due` (by number of the conversation) a plain device has not heard."""
    heard = _heard(world, device)
    deleted = {
        place.number: {seq for seq, message in enumerate(place.messages, 1) if message.deleted}
        for place in world.places()
    }
    lacking = {number: seqs - set(heard.get(number, ())) - deleted[number] for number, seqs in due.items()}
    return {number: seqs for number, seqs in lacking.items() if seqs}


def _heard(world: World, device: Device) -> dict[int, list[int]]:
    """What a plain device has heard: the seqs in each conversation, by its number."""
    found: dict[str, tuple[Conversation, int]] = {}
    for place in world.places():
        for seq, message in enumerate(place.messages, 1):
            found |= {text: (place, seq) for text in message.said if text}
    heard: dict[int, list[int]] = {}
    for message in device.heard:
        if not message["message"]:
            continue  # it was kept, and deleted meanwhile
        place, seq = found[message["message"]]
        assert message["from"] == place.messages[seq - 1].author, message
        assert message["to"] in {place.name_for(message["from"]), *world.alike(message["to"])}, message
        heard.setdefault(place.number, []).append(seq)
    return heard


def check_plain(world: World, device: Device, due: dict[int, set[int]], before: dict[int, int]) -> None:
    """Whether a plain device has heard what was `due`, each once, in order, and nothing else. Raises AssertionError.

    Both by the number of the conversation: `before` is its last seq at the login, up to which direct messages that
    were kept may be heard.
    """
    assert not missing(world, device, due)
    heard = _heard(world, device)
    for place in world.places():
        seqs = heard.get(place.number, [])
        assert seqs == sorted(set(seqs)), f"{device.name} has heard {seqs} of {place.people}"
        own = {seq for seq in seqs if (place.messages[seq - 1].id or "").startswith(f"{device.name}-")}
        kept = set(seqs) - due.get(place.number, set()) - own  # its own were sent by a connection before
        allowed = 0 if isinstance(place, Room) else before.get(place.number, 0)
        assert all(seq <= allowed for seq in kept), f"{device.name} has heard {sorted(kept)} of {place.people}"
