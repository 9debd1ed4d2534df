"""What is taken into the index while nothing is written, now and then when something always is, and for searches."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.store.test_writer import New
from tests.support.data import make_data, writing
from tests.support.waiting import DEADLINE
from vestnik.store import indexer as module
from vestnik.store.index_file import INDEX, IndexFile
from vestnik.store.indexer import Indexer
from vestnik.store.queries.retention import expire
from vestnik.store.store import Store


class Slices:
    """Counts slices in the place of the index; `left` of them are to do."""

    def __init__(self, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = left
        self.done = 0
        self.error: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        monkeypatch.setattr(module, "catch_up", self)
        monkeypatch.setattr(module, "removed", lambda *_: [])

    def __call__(self, *_: object) -> int:
        """A slice."""
        self.done += 1
        self._loop.call_soon_threadsafe(self._news.set)
        if self.error is not None:
            raise self.error
        self.left = max(0, self.left - 1)
        return self.left

    async def slices(self, number: int) -> None:
        """Wait for so many slices."""
        while self.done < number:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), DEADLINE)


class NoFile(IndexFile):
    """A file that nothing is in."""

    def __init__(self) -> None:
        pass

    def open(self) -> None:
        """Nothing."""

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """Nothing."""
        yield None

    def checkpoint(self) -> bool:
        """Nothing."""
        return True


@contextmanager
def indexing() -> Iterator[Indexer]:
    """An indexer without a file."""
    indexer = Indexer(NoFile(), asyncio.get_running_loop(), lambda _numbers: None)
    yield indexer
    indexer.close()


async def test_slices_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start there is slice after slice until nothing is left, and again after something was written."""
    slices = Slices(3, monkeypatch)
    with indexing() as indexer:
        await slices.slices(3)
        indexer.wake()
        await slices.slices(4)
    assert slices.done == 4


async def test_slices_without_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """While something is always written there is a slice now and then."""
    monkeypatch.setattr(module, "QUIET", 30.0)
    monkeypatch.setattr(module, "SLICE_WITHIN", 0.0)
    slices = Slices(1_000_000, monkeypatch)
    with indexing() as indexer:
        while slices.done < 5:
            indexer.wake()
            await asyncio.sleep(0)


class Looks:
    """A clock that a second goes by on with each look; `many` is set after so many that it was quiet for long."""

    def __init__(self) -> None:
        self.many = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._looks = 0
        self._began = time.monotonic()

    def monotonic(self) -> float:
        """Seconds."""
        self._looks += 1
        if self._looks == 20:
            self._loop.call_soon_threadsafe(self.many.set)
        return self._began + self._looks


async def test_a_slow_sync_is_no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a transaction takes long nothing is taken into the index; afterwards it is."""
    slices = Slices(1_000, monkeypatch)
    with indexing() as indexer:
        indexer.pause()
        monkeypatch.setattr(module, "SLICE_REST", 1e9)
        await asyncio.wait_for(indexer.catch_up(), DEADLINE)  # from here on nothing is due for long
        done, looks = slices.done, Looks()
        monkeypatch.setattr(module, "time", looks)
        await asyncio.wait_for(looks.many.wait(), DEADLINE)
        assert slices.done == done
        indexer.wake()
        await slices.slices(done + 1)


async def test_search_does_not_wait_for_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search gets a slice of its own at once, though it is not quiet and no slice is due."""
    monkeypatch.setattr(module, "QUIET", 30.0)
    slices = Slices(1_000_000, monkeypatch)
    with indexing() as indexer:
        await slices.slices(1)
        indexer.wake()
        done = slices.done
        await asyncio.wait_for(indexer.catch_up(), DEADLINE)
        assert slices.done > done


async def test_failing_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice that fails is told to the loop, keeps no search waiting, and is tried again by itself."""
    monkeypatch.setattr(module, "AGAIN", 0.0)
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["exception"]))
    slices = Slices(1, monkeypatch)
    slices.error = OSError("disk")
    with indexing() as indexer:
        await slices.slices(2)
        await asyncio.wait_for(indexer.catch_up(), DEADLINE)
    await asyncio.sleep(0)
    assert told[0] is slices.error


async def test_failures_are_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk fails a slice is tried now and then, however much is written."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    slices = Slices(1, monkeypatch)
    slices.error = OSError("disk")
    monkeypatch.setattr(module, "QUIET", 0.0)
    with indexing() as indexer:
        await slices.slices(1)
        for _ in range(10):
            indexer.wake()
            await asyncio.wait_for(indexer.catch_up(), DEADLINE)  # which is a try of its own
    assert slices.done == 11


class Desk:
    """A store that is searched, and why its index was thrown away."""

    def __init__(self, data: Path) -> None:
        self.discarded: list[str] = []
        self._kept: asyncio.Queue[Exception | None] = asyncio.Queue()
        self.store = Store(
            make_data(data), lambda _posts, error: self._kept.put_nowait(error), discarded=self.discarded.append
        )

    async def keep(self, *texts: str) -> None:
        """Have messages written."""
        self.store.submit([New(1, 1, text=text) for text in texts])
        assert await asyncio.wait_for(self._kept.get(), DEADLINE) is None

    async def found(self, word: str) -> list[int]:
        """The messages in which the index has a word."""

        def find(connection: Connection) -> list[int]:
            query = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid"
            return list(connection.exec_driver_sql(query, (word,)).scalars())

        assert self.store._indexer is not None
        await asyncio.wait_for(self.store._indexer.catch_up(), DEADLINE)
        return await asyncio.wait_for(self.store._search(find), DEADLINE)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A store with the conversation 1."""
    with writing(tmp_path) as connection:
        connection.exec_driver_sql("INSERT INTO conversation (id, created) VALUES (1, 0)")
    made = Desk(tmp_path)
    yield made
    await made.store.close()


async def test_what_was_kept_is_found_at_once(desk: Desk) -> None:
    """What was kept before is in the index for whoever waits for that."""
    await desk.keep("раз", "два")
    assert await desk.found("два") == [2]
    await desk.keep("два")
    assert await desk.found("два") == [2, 3]
    assert desk.discarded == []


async def test_what_retention_removes_leaves_the_index(desk: Desk) -> None:
    """What is gone is taken out, and then not remembered any more."""
    await desk.keep("раз", "два")
    assert await desk.found("раз") == [1]
    await desk.store._change(expire, 1, 1e18, 1, 2e18)

    def remembered(connection: Connection) -> int:
        return int(connection.exec_driver_sql("SELECT count(*) FROM removed_message").scalar_one())

    async with asyncio.timeout(DEADLINE):
        while await desk.store._read(remembered):
            await asyncio.sleep(0)
    assert (await desk.found("раз"), await desk.found("два")) == ([], [2])


@pytest.mark.parametrize("damage", [b"", b"Dear diary, " * 1000, None], ids=["empty", "no database", "gone"])
async def test_file_that_is_no_index(tmp_path: Path, damage: bytes | None) -> None:
    """Whatever is in the place of the index: it is built anew, and everything is found."""
    with writing(tmp_path) as connection:
        connection.exec_driver_sql("INSERT INTO conversation (id, created) VALUES (1, 0)")
    desk = Desk(tmp_path)
    await desk.keep("раз")
    assert await desk.found("раз") == [1]
    await desk.store.close()
    if damage is None:
        (tmp_path / INDEX).unlink()
    else:
        (tmp_path / INDEX).write_bytes(damage)
    desk = Desk(tmp_path)
    async with asyncio.timeout(DEADLINE):
        while await desk.found("раз") != [1]:  # a busy machine may need longer than a search waits
            await asyncio.sleep(0)
    await desk.store.close()
    assert len(desk.discarded) == bool(damage)


async def test_damage_while_running(desk: Desk, tmp_path: Path) -> None:
    """An index that turns out to be damaged by a search is built anew, and the search finds everything."""
    await desk.keep(*("раз" for _ in range(200)))
    assert len(await desk.found("раз")) == 200
    await asyncio.get_running_loop().run_in_executor(None, desk.store._index.checkpoint)  # type: ignore[union-attr]
    size = (tmp_path / INDEX).stat().st_size
    with (tmp_path / INDEX).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    desk.store._index._reading.dispose()  # type: ignore[union-attr]  # what it has in memory
    desk.store._index._writing.dispose()  # type: ignore[union-attr]
    assert await desk.found("раз") == list(range(1, 201))
    assert len(desk.discarded) == 1
