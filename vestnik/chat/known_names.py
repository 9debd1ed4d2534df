"""Accounts by the keys of names that were looked up lately, so that a mention need not ask the store again."""

from collections.abc import Collection, Mapping
from typing import Final

from vestnik.chat.storage.accounts import AccountRecord, AccountStorage

MAX_KNOWN: Final = 10_000
"""Keys that are known, of accounts and of none; past it all are forgotten and looked up again."""


class KnownNames:
    """What the `storage` has said. Names of accounts never change, but new ones come: `add` takes one in."""

    def __init__(self, storage: AccountStorage) -> None:
        self._storage = storage
        self._known: dict[str, AccountRecord | None] = {}
        self._added = 0  # so that an answer is not kept which another account has overtaken

    def recall(self, keys: Collection[str]) -> Mapping[str, AccountRecord] | None:
        """The accounts whose names have one of these keys, by key; None if one has to be looked up."""
        known = self._known
        try:
            return {key: account for key in keys if (account := known[key]) is not None}
        except KeyError:  # no event: it is looked up
            return None

    async def look_up(self, keys: Collection[str]) -> Mapping[str, AccountRecord]:
        """The same, asked of the storage if necessary."""
        found = self.recall(keys)
        if found is None:
            added = self._added
            found = await self._storage.find_accounts(keys)
            if added == self._added:
                if len(self._known) + len(keys) > MAX_KNOWN:
                    self._known.clear()
                self._known |= {key: found.get(key) for key in keys}
        return found

    def add(self, key: str) -> None:
        """There is a new account, whose name has this key."""
        self._added += 1
        self._known.pop(key, None)
