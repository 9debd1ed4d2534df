"""Names that were looked up are known, and what is known is so."""

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest

from vestnik.chat import known_names as module
from vestnik.chat.known_names import KnownNames
from vestnik.chat.storage.accounts import AccountRecord

ANNA = AccountRecord(1, "Anna")


class Kept:
    """A storage with some accounts, that counts what it is asked; `ready` lets it answer."""

    def __init__(self) -> None:
        self.accounts = {"anna": ANNA}
        self.asked: list[set[str]] = []
        self.ready = asyncio.Event()
        self.ready.set()

    async def find_accounts(self, keys: Collection[str]) -> dict[str, AccountRecord]:
        """As the storage does."""
        self.asked.append(set(keys))
        found = {key: self.accounts[key] for key in keys if key in self.accounts}
        await self.ready.wait()
        return found


def names_of(kept: Kept) -> KnownNames:
    """Those of a storage."""
    storage: Any = SimpleNamespace(find_accounts=kept.find_accounts)
    return KnownNames(storage)


async def test_known() -> None:
    """What was looked up once is known, also that there is nobody."""
    kept = Kept()
    names = names_of(kept)
    assert names.recall({"anna"}) is None
    assert await names.look_up({"anna", "boris"}) == {"anna": ANNA}
    assert names.recall({"anna", "boris"}) == {"anna": ANNA}
    assert await names.look_up({"boris"}) == {}
    assert names.recall({"anna", "carl"}) is None
    assert kept.asked == [{"anna", "boris"}]


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_a_new_account(meanwhile: bool) -> None:
    """Whoever gets an account is found from then on, also if the storage was asked just before."""
    kept = Kept()
    names = names_of(kept)
    if meanwhile:
        kept.ready.clear()
    looking = asyncio.create_task(names.look_up({"boris"}))
    while not kept.asked:
        await asyncio.sleep(0)
    if not meanwhile:
        assert await looking == {}
    kept.accounts["boris"] = AccountRecord(2, "Boris")
    names.add("boris")
    kept.ready.set()
    await looking
    assert await names.look_up({"boris"}) == {"boris": AccountRecord(2, "Boris")}


async def test_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the bound all are forgotten, and looked up again."""
    monkeypatch.setattr(module, "MAX_KNOWN", 3)
    kept = Kept()
    names = names_of(kept)
    await names.look_up({"anna", "b", "c"})
    await names.look_up({"d"})
    assert names.recall({"d"}) == {}
    assert names.recall({"anna"}) is None
