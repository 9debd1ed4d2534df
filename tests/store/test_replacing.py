"""Another database in the place of the one that is there."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.data import add_accounts, make_data
from vestnik.store.engine import open_engine
from vestnik.store.migrate import migrate
from vestnik.store.replacing import put_in_place, renew
from vestnik.store.schema import HEAD
from vestnik.store.snapshot import version_of
from vestnik.store.store import DATABASE


def names(database: Path) -> list[str]:
    """The accounts in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM account ORDER BY name")]


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A database with the account boris."""
    add_accounts(tmp_path / "new", ["boris"], "secret")
    return tmp_path / "new" / DATABASE


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database with the account anna, and the index beside it."""
    add_accounts(tmp_path / "old", ["anna"], "secret")
    (tmp_path / "old" / "search.db").write_text("index")
    (tmp_path / "old" / "search.db-wal").write_text("its log")
    return tmp_path / "old" / DATABASE


def test_nothing_there(new: Path, tmp_path: Path) -> None:
    """Where there is none it is put there, and nothing is aside."""
    assert not put_in_place(new, tmp_path / DATABASE, tmp_path / "aside")
    assert names(tmp_path / DATABASE) == ["boris"]
    assert not (tmp_path / "aside").exists()


def test_one_is_there(new: Path, old: Path) -> None:
    """The old one is aside, whole; the index is gone."""
    assert put_in_place(new, old, old.with_name("aside"))
    assert (names(old), names(old.with_name("aside"))) == (["boris"], ["anna"])
    assert {path.name for path in old.parent.iterdir()} == {DATABASE, "aside"}


def killed(directory: Path) -> Path:
    """A database as a killed program leaves it: that its account is clara is in the log only."""
    add_accounts(directory / "running", ["anna"], "secret")
    running = directory / "running" / DATABASE
    with closing(sqlite3.connect(running, isolation_level=None)) as writer:
        writer.execute("UPDATE account SET name = 'clara'")
        for path in running.parent.iterdir():
            shutil.copy(path, directory / path.name)
    assert (directory / f"{DATABASE}-wal").stat().st_size
    return directory / DATABASE


def test_one_with_a_log(new: Path, tmp_path: Path) -> None:
    """What the old one has in its log only goes aside with it, and is not taken for the new one's."""
    database = killed(tmp_path)
    put_in_place(new, database, tmp_path / "aside")
    assert not list(tmp_path.glob("*-*"))
    assert (names(database), names(tmp_path / "aside")) == (["boris"], ["clara"])


def test_one_that_is_damaged(new: Path, tmp_path: Path) -> None:
    """A database that cannot be opened is aside as it was, with its log."""
    old = tmp_path / DATABASE
    old.write_text("damaged")
    log = tmp_path / f"{DATABASE}-wal"
    log.write_text("log")
    put_in_place(new, old, tmp_path / "aside")
    assert names(old) == ["boris"]
    assert [(tmp_path / name).read_text() for name in ("aside", "aside-wal")] == ["damaged", "log"]
    assert not log.exists()


def cut(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Have the process "killed" at the step of this number; gives how many steps there were."""
    steps = 0

    def counting(function: Callable[..., object]) -> Callable[..., object]:
        def step(*values: object, **more: object) -> object:
            nonlocal steps
            steps += 1
            if steps == at:
                raise KeyboardInterrupt
            return function(*values, **more)

        return step

    for where, name in ((os, "link"), (os, "unlink"), (os, "rename"), (os, "replace"), (os, "fsync")):
        monkeypatch.setattr(where, name, counting(getattr(where, name)))
    return lambda: steps


def test_cut_off_anywhere(tmp_path: Path) -> None:
    """Whenever it ends, there is a whole database at its place: the old one, with all it had, or the new one."""
    for at in range(1, 100):
        here = tmp_path / str(at)
        add_accounts(here / "new", ["boris"], "secret")
        database = killed(here)
        with pytest.MonkeyPatch.context() as patch:
            steps = cut(patch, at)
            try:
                put_in_place(here / "new" / DATABASE, database, here / "aside")
            except KeyboardInterrupt:
                assert names(database) in (["clara"], ["boris"])
                if names(database) == ["boris"]:
                    assert names(here / "aside") == ["clara"]
            else:
                assert at > steps() > 4
                return
    raise AssertionError("it has no end")


def test_renewed(new: Path) -> None:
    """A database that is put back begins a new epoch, which knows the one before; it is one file."""
    first, second = renew(new), renew(new)
    assert first.epoch in second.past
    assert second.epoch not in second.past
    assert [path.name for path in new.parent.iterdir()] == [DATABASE]


def test_renewed_from_an_older_program(tmp_path: Path) -> None:
    """An older schema becomes this program's."""
    database = tmp_path / DATABASE
    engine = open_engine(database, connections=1, writing=True)
    migrate(engine, "0002")
    engine.dispose()
    assert renew(database).past
    assert version_of(database) == HEAD


def test_make_data_has_an_epoch(tmp_path: Path) -> None:
    """Two databases are never of one epoch."""
    assert renew(make_data(tmp_path / "one")).epoch != renew(make_data(tmp_path / "two")).epoch
