"""Changes that are on disk and have no record in the journal yet, so that none is left without one."""

from collections.abc import Iterable

from vestnik.chat.storage.changes import ChangeEvent


class Unrecorded:
    """Numbers of changes, between their commit and the record of the answer to whoever asked for them.

    Nobody answers when the request was cancelled, has failed, or came from an administrator. There are no more than
    requests that are being served, and what `take_overdue` has not seen yet.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, None] = {}
        self._seen: frozenset[int] = frozenset()

    @property
    def numbers(self) -> list[int]:
        """All of them."""
        return list(self._numbers)

    def add(self, changes: Iterable[ChangeEvent]) -> None:
        """These are on disk."""
        self._numbers.update((change.number, None) for change in changes)

    def recorded(self, changes: Iterable[ChangeEvent]) -> None:
        """These have their record."""
        for change in changes:
            self._numbers.pop(change.number, None)

    def take_overdue(self) -> list[int]:
        """Those that were there at the last call already: nobody will record them but the caller."""
        overdue = [number for number in self._numbers if number in self._seen]
        for number in overdue:
            del self._numbers[number]
        self._seen = frozenset(self._numbers)
        return overdue

    def take_all(self) -> list[int]:
        """All of them, at the end."""
        numbers, self._numbers = list(self._numbers), {}
        return numbers
