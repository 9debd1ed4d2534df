"""Names that are there and would be refused today: made before their like was, and perhaps taken for others."""

from vestnik.chat.limits import MAX_NAME
from vestnik.chat.names import ROOM_SIGN, check_new_account_name, check_new_room_name
from vestnik.chat.storage.likeness import room_skeleton, skeleton
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, VestnikError
from vestnik.protocol.events import DoubtfulName


class NameReport:
    """Takes the names of all accounts and rooms, the oldest first; `found` are those that are doubtful."""

    def __init__(self) -> None:
        self.found: list[DoubtfulName] = []
        self._seen: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Look at the name of an account, or of a room."""
        room = name.startswith(ROOM_SIGN)
        looks = room_skeleton(name) if room else skeleton(name)
        other = self._seen.setdefault(ROOM_SIGN * room + looks, name)
        if other != name:
            self._note(name, Conflict(answers.ROOM_SIMILAR if room else answers.ACCOUNT_SIMILAR, name, other))
        try:
            check_new_room_name("room", name, MAX_NAME) if room else check_new_account_name(name, MAX_NAME)
        except BadRequest as error:  # no event: it is reported
            self._note(name, error)

    def _note(self, name: str, error: VestnikError) -> None:
        self.found.append(DoubtfulName(name, error.answer.name, list(map(str, error.values))))
