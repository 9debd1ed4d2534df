"""A messenger as plain as it can be: what a server must answer to each request, and what must come of it.

Nothing here is concurrent, kept on disk or fast. The rules are written from the protocol's page, not from the server.
"""

import pickle
from typing import Any

from tests.scenarios.model.state import RANK, Conversation, Message, Refused, Room

SETTINGS = ("name", "topic", "description", "private", "archived", "edits")
FOR_MODERATORS = {"topic", "description"}


class World:
    """All that a server knows. `do` is one request."""

    def __init__(self, accounts: tuple[str, ...]) -> None:
        self.accounts = accounts
        self.rooms: list[Room] = []
        self.names: dict[str, Room] = {}
        """Also by the names that rooms had before."""
        self.directs: dict[frozenset[str], Conversation] = {}
        self.ids: dict[tuple[str, str], tuple[int, int]] = {}
        """By author and id of a message the number of its conversation and its seq."""

    def copy(self) -> "World":
        """Another world like this one."""
        same: World = pickle.loads(pickle.dumps(self))
        return same

    def do(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer that must come, and what comes of the request. A code may be a tuple of those that are right."""
        serve = getattr(self, f"_{request['action']}")
        try:
            return {"response": 200} | (serve(account, device, request) or {})
        except Refused as refused:
            return {"response": refused.code}

    def of(self, account: str) -> dict[str, Conversation]:
        """The conversations of an account, by the names that it gives them."""
        found: dict[str, Conversation] = {room.name: room for room in self.rooms if account in room.people}
        for people, direct in self.directs.items():
            if account in people and (direct.messages or direct.changes):
                found[direct.name_for(account)] = direct
        return found

    def alike(self, name: str) -> list[str]:
        """All names of the room that is or was called so."""
        room = self.names.get(name)
        return [] if room is None else [each for each, found in self.names.items() if found is room]

    def find(self, account: str, name: str) -> Conversation:
        """The conversation that an account calls so. Raises Refused."""
        if name.startswith("#"):
            return self._room(account, name)
        if name not in self.accounts:
            raise Refused(404)
        people = sorted({account, name})
        found = self.directs.get(frozenset(people))
        if found is None:
            found = self.directs[frozenset(people)] = Conversation(people, self._number())
        return found

    def places(self) -> list[Conversation]:
        """All conversations."""
        return [*self.rooms, *self.directs.values()]

    def _number(self) -> int:
        return len(self.rooms) + len(self.directs)

    def _room(self, account: str, name: str) -> Room:
        room = self._visible(account, name)
        if account not in room.people:
            raise Refused(403)
        return room

    def _visible(self, account: str, name: str) -> Room:
        room = self.names.get(name)
        if room is None or (room.private and account not in room.people):
            raise Refused(404)
        return room

    def _writable(self, account: str, name: str) -> Conversation:
        found = self.find(account, name)
        if isinstance(found, Room):
            muted = account in found.muted
            if found.archived or muted:
                raise Refused(403)
        return found

    @staticmethod
    def _change(place: Conversation, account: str, kind: str, **fields: Any) -> dict[str, int]:
        place.changes.append({"from": account, "kind": kind} | fields)
        return {"change": len(place.changes)}

    # Messages.

    def _msg(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        place = self.find(account, request["to"])
        answered = request.get("reply_to")
        if answered is not None and not 0 < answered <= len(place.messages):
            raise Refused(404)
        self._writable(account, request["to"])
        name = request.get("id")
        before = None if name is None else self.ids.get((account, name))
        codes = 200 if isinstance(place, Room) else (200, 202)
        if before is not None:
            if before[0] != place.number:
                raise Refused(409)
            if place.messages[before[1] - 1].deleted:  # nobody knows any more what it said
                raise Refused(409)
            return {"response": codes, "seq": before[1]}
        thread = None if answered is None else place.messages[answered - 1].thread or answered
        place.messages.append(Message(account, [request["message"]], name, answered, thread))
        seq = len(place.messages)
        if name is not None:
            self.ids[account, name] = place.number, seq
        return {"response": codes, "seq": seq}

    def _message(self, place: Conversation, seq: int, *, deleted: bool = False) -> Message:
        if not 0 < seq <= len(place.messages) or (place.messages[seq - 1].deleted and not deleted):
            raise Refused(404)
        return place.messages[seq - 1]

    def _edit(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        place = self._writable(account, request["to"])
        message = self._message(place, request["seq"])
        if message.author != account:
            raise Refused(403)
        if message.text == request["message"]:
            return None
        message.texts.append(request["message"])
        message.edited = True
        seq, text = request["seq"], request["message"]
        return self._change(place, account, "edit", seq=seq, message=text)

    def _delete(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        place = self.find(account, request["to"])
        message = self._message(place, request["seq"], deleted=True)
        moderates = isinstance(place, Room) and RANK[place.roles[account]] >= RANK["moderator"]
        if message.author != account and not moderates:
            raise Refused(403)
        if message.deleted:
            return None
        message.deleted = True
        message.gone, message.texts = message.texts, ["", ""]  # that it was deleted is listed, but no text
        message.pinned = False
        message.reactions.clear()
        return self._change(place, account, "delete", seq=request["seq"])

    def _react(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        place = self._writable(account, request["to"])
        message = self._message(place, request["seq"])
        reaction = request["emoji"], account
        if reaction in message.reactions:
            return None
        message.reactions.add(reaction)
        return self._change(place, account, "react", seq=request["seq"], emoji=request["emoji"])

    def _unreact(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        place = self.find(account, request["to"])
        message = self._message(place, request["seq"])
        reaction = request["emoji"], account
        if reaction not in message.reactions:
            return None
        message.reactions.remove(reaction)
        return self._change(place, account, "unreact", seq=request["seq"], emoji=request["emoji"])

    def _pin(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        place = self._writable(account, request["to"])
        message = self._message(place, request["seq"])
        wanted = request["action"] == "pin"
        if message.pinned == wanted:
            return None
        message.pinned = wanted
        return self._change(place, account, request["action"], seq=request["seq"])

    _unpin = _pin

    def _read(self, account: str, device: str, request: dict[str, Any]) -> None:
        place = self.find(account, request["to"])
        reached = min(request["seq"], len(place.messages))
        if reached > place.read.get(account, 0):
            place.read[account] = reached
            place.reader[account] = device

    # Rooms.

    def _join(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room = self.names.get(request["room"])
        if room is None:
            return self._make(account, request["room"], {})
        if account in room.people:
            return None
        if account in room.banned or room.private or room.archived:
            raise Refused(403)
        role = "member" if room.people else "owner"
        room.add(account, role)
        return self._change(room, account, "join", **({} if role == "member" else {"role": role}))

    def _create_room(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        if request["room"] in self.names:
            raise Refused(409)
        settings = {key: request[key] for key in SETTINGS if key in request}
        return {"response": 201} | self._make(account, request["room"], settings)

    def _make(self, account: str, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        room = Room([], self._number(), name=name, **settings)
        room.add(account, "owner")
        self.rooms.append(room)
        self.names[name] = room
        told = {key: value for key, value in settings.items() if value != getattr(Room([]), key)}
        return {"room": name} | self._change(room, account, "create_room", **told)

    def _leave(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        room = self.names.get(request["room"])
        if room is None or (room.private and account not in room.people):
            raise Refused(400)
        if account not in room.people:
            raise Refused(403)
        last_owner = [name for name, role in room.roles.items() if role == "owner"] == [account]
        room.drop(account)
        made = self._change(room, account, "leave")
        if last_owner and room.people:
            # The first of the highest.
            heir = max(room.people, key=lambda person: (person not in room.muted, RANK[room.roles[person]]))
            room.roles[heir] = "owner"
            self._change(room, account, "set_role", name=heir, role="owner")
        return made

    def _set_room(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room = self._room(account, request["room"])
        wanted = {key: request[key] for key in SETTINGS if key in request}
        for key in wanted:
            needed = "moderator" if key in FOR_MODERATORS else "owner"
            allowed = key == "topic" if room.group else RANK[room.roles[account]] >= RANK[needed]
            if not allowed:
                raise Refused(403)
        changed = {key: value for key, value in wanted.items() if getattr(room, key) != value}
        if not changed:
            return None
        if "name" in changed:
            if self.names.get(changed["name"], room) is not room:
                raise Refused(409)
            self.names[changed["name"]] = room
        for key, value in changed.items():
            setattr(room, key, value)
        return self._change(room, account, "set_room", **changed)

    def _group(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        people = sorted({account, *request["members"]})
        if len(people) < 3:
            raise Refused(400)
        if not set(people) <= set(self.accounts):
            raise Refused(404)
        for room in self.rooms:
            if room.group and room.founders == people:
                if account in room.people:
                    return {"room": room.name}
                room.add(account, "member")
                return {"room": room.name} | self._change(room, account, "join")
        room = Room([], self._number(), private=True, group=True, founders=people)
        for person in people:
            room.add(person, "member")
        self.rooms.append(room)
        return {"response": 201, "room": None} | self._change(room, account, "create_room")

    def name_group(self, name: str) -> None:
        """The server has named the group that was made last."""
        self.rooms[-1].name = name
        self.names[name] = self.rooms[-1]

    # Members.

    def _power(self, account: str, request: dict[str, Any], needed: str, *, others: bool = False) -> tuple[Room, str]:
        """The room and the person of a request that takes a role, and only to `others` may be done."""
        room, person = self._room(account, request["room"]), str(request["name"])
        if person not in self.accounts:
            raise Refused(404)
        if others and person == account:
            raise Refused(400)
        if room.group or RANK[room.roles[account]] < RANK[needed]:
            raise Refused(403)
        return room, person

    def _invite(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "member")
        if room.private and RANK[room.roles[account]] < RANK["moderator"]:
            raise Refused(403)
        if room.archived or person in room.banned:
            raise Refused(403)
        if person in room.people:
            return None
        room.add(person, "member")
        return self._change(room, account, "invite", name=person)

    def _remove(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        room, person = self._power(account, request, "moderator", others=True)
        if person not in room.people:
            raise Refused(404)
        if RANK[room.roles[person]] >= RANK[room.roles[account]]:
            raise Refused(403)
        room.drop(person)
        return self._change(room, account, "remove", name=person)

    def _ban(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "moderator", others=True)
        if RANK[room.roles.get(person)] >= RANK[room.roles[account]]:
            raise Refused(403)
        if person in room.banned:
            return None
        room.banned.add(person)
        room.drop(person)
        return self._change(room, account, "ban", name=person)

    def _unban(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "moderator")
        if person not in room.banned:
            return None
        room.banned.remove(person)
        return self._change(room, account, "unban", name=person)

    def _mute(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "moderator", others=True)
        if person not in room.people:
            raise Refused(404)
        if RANK[room.roles[person]] >= RANK["moderator"]:
            raise Refused(403)
        if person in room.muted:
            return None
        room.muted.add(person)
        return self._change(room, account, "mute", name=person)

    def _unmute(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "moderator")
        if person not in room.muted:
            return None
        if person == account:
            raise Refused(403)
        room.muted.remove(person)
        return self._change(room, account, "unmute", name=person)

    def _set_role(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any] | None:
        room, person = self._power(account, request, "owner")
        if person not in room.people:
            raise Refused(404)
        role = request["role"]
        if [name for name, each in room.roles.items() if each == "owner"] == [person] and role != "owner":
            raise Refused(409)
        if room.roles[person] == role:
            return None
        room.roles[person] = role
        if role != "member":
            room.muted.discard(person)
        return self._change(room, account, "set_role", name=person, role=role)

    # Questions.

    def _presence(self, account: str, device: str, request: dict[str, Any]) -> None:
        return None

    def _history(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        place = self.find(account, request["to"])
        limit = request.get("limit", 100)
        if limit == 0:
            raise Refused(400)
        last = len(place.messages)
        first, end = 1, last + 1  # the half-open range of what is asked for
        if "after" in request:
            first = min(request["after"], last) + 1
            cut = min(end, first + limit)
            more = cut < end
            end = cut
        elif "around" in request:
            middle = min(request["around"], last + 1) if request["around"] else 1
            first = max(1, middle - limit // 2)
            end = min(last + 1, middle + limit - (middle - first))
            more = first > 1 or end < last + 1
        else:
            end = min(request.get("before", end), end)
            first = max(1, end - limit)
            more = first > 1
        shown = [self.shown(place, seq) for seq in range(first, end)]
        return {"messages": shown, "more": more}

    @staticmethod
    def shown(place: Conversation, seq: int) -> dict[str, Any]:
        """A message as a list has it."""
        message = place.messages[seq - 1]
        found = {
            "seq": seq,
            "from": message.author,
            "to": place.name_for(message.author),
            "message": message.text,
            "id": message.id,
            "reply_to": message.reply_to,
            "thread": message.thread,
            "edited": message.edited,
            "deleted": message.deleted,
            "pinned": message.pinned,
            "reactions": message.reactions,
            "replies": sum(each.thread == seq and not each.deleted for each in place.messages),
        }
        return {key: value for key, value in found.items() if value or key == "message"}

    def _conversations(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "conversations": {
                name: (len(place.messages), len(place.changes), place.read.get(account, 0), place.unread(account))
                for name, place in self.of(account).items()
            }
        }

    def _members(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        room = self._visible(account, request["room"])
        return {"members": [(person, room.roles[person], person in room.muted) for person in sorted(room.people)]}

    def _pins(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        place = self.find(account, request["to"])
        return {"pins": {seq for seq, message in enumerate(place.messages, 1) if message.pinned}}

    def _edits(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        place = self.find(account, request["to"])
        if isinstance(place, Room) and not place.group:
            needed = {"members": "member", "moderators": "moderator", "nobody": ""}[place.edits]
            if not needed or RANK[place.roles[account]] < RANK[needed]:
                raise Refused(403)
        message = self._message(place, request["seq"], deleted=True)
        return {"edits": message.texts[:-1]}

    def _get_room(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        room = self._visible(account, request["room"])
        return {"rooms": [self._state(account, room)]}

    def _rooms(self, account: str, device: str, request: dict[str, Any]) -> dict[str, Any]:
        seen = [room for room in self.rooms if not room.private or account in room.people]
        return {"rooms": [self._state(account, room) for room in sorted(seen, key=lambda room: room.name)]}

    @staticmethod
    def _state(account: str, room: Room) -> tuple[Any, ...]:
        role = room.roles.get(account)
        return (room.name, len(room.people), room.private, room.archived, room.group, room.topic, room.edits, role)
