"""Migrations: from nothing to the schema, and what is refused."""

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from tests.support.store import reader
from vestnik.language import LANGUAGES
from vestnik.protocol.events import Version
from vestnik.store.engine import open_engine
from vestnik.store.errors import StoreForeign, StoreNewer
from vestnik.store.migrate import is_current, migrate, schema_version
from vestnik.store.queries import alterations
from vestnik.store.queries.accounts import credentials, doubtful_accounts, list_accounts
from vestnik.store.queries.behind import changes_behind
from vestnik.store.queries.history import load_messages
from vestnik.store.queries.room_lists import all_rooms
from vestnik.store.queries.standing import name_similar
from vestnik.store.schema import HEAD, metadata
from vestnik.store.store import prepare

VERSIONS = Path(importlib.import_module("vestnik.store.migrations.versions").__path__[0])


def is_of_the_schema(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether something is in `schema.py`: the index for searching is not."""
    return kind != "table" or name is None or not name.startswith("search_")


def test_migrations_build_the_schema(engine: Engine) -> None:
    """All migrations together make exactly the tables of `schema.py`."""
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_of_the_schema})
        assert compare_metadata(context, metadata) == []
        assert schema_version(connection) == HEAD
        indexes = {index["name"] for index in inspect(connection).get_indexes("message")}
    assert "ix_message_sender_id_client_id" in indexes


def test_head_is_the_newest_migration() -> None:
    """`HEAD` names the newest migration, and their numbers grow."""
    files = sorted(path.name for path in VERSIONS.glob("[0-9]*.py"))
    assert files[-1].startswith(f"{HEAD}_")
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_migrating_again_changes_nothing(engine: Engine, database: Path) -> None:
    """A database that is up to date is left as it is."""
    assert is_current(engine, database)
    migrate(engine)
    assert is_current(engine, database)
    assert prepare(database.parent) == database


def test_empty_file(tmp_path: Path) -> None:
    """An empty file is a database without a schema yet."""
    path = tmp_path / "vestnik.db"
    path.touch()
    engine = open_engine(path, connections=1, writing=True)
    assert not is_current(engine, path)
    with engine.begin() as connection:
        assert schema_version(connection) is None
    engine.dispose()


def alter(path: Path, statement: str) -> None:
    """Run one statement beside the program."""
    database = sqlite3.connect(path)
    with database:
        database.execute(statement)
    database.close()


def test_newer(engine: Engine, database: Path) -> None:
    """A schema newer than the program's is refused with both versions in the message."""
    alter(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreNewer) as caught:
        is_current(engine, database)
    assert caught.value.fields == {"path": str(database), "found": "9999", "known": HEAD}
    for language in LANGUAGES:
        assert "9999" in caught.value.text(language)


@pytest.mark.parametrize("version", ["0000", "a1b2c3d4e5f6", "0000abcd1234"])
def test_other_versions(engine: Engine, database: Path, version: str) -> None:
    """A schema that never was ours is not taken for an older or a newer one."""
    alter(database, f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(StoreForeign):
        is_current(engine, database)


def test_foreign_tables(tmp_path: Path) -> None:
    """Somebody else's database is refused with the names of its tables, and stays untouched."""
    path = tmp_path / "vestnik.db"
    alter(path, "CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StoreForeign) as caught:
        prepare(tmp_path)
    assert caught.value.fields == {"path": str(path), "reason": "recipe"}
    database = sqlite3.connect(path)
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    database.close()


def test_no_database(tmp_path: Path) -> None:
    """A file that is no database is refused and stays as it is."""
    path = tmp_path / "vestnik.db"
    path.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StoreForeign):
        prepare(tmp_path)
    assert path.read_bytes() == b"Dear diary, " * 100


def test_data_of_the_first_schema(tmp_path: Path) -> None:
    """What was kept before rooms had roles is there afterwards, and the oldest member of a room owns it."""
    path = tmp_path / "vestnik.db"
    engine = open_engine(path, connections=1, writing=True)
    migrate(engine, "0001")
    engine.dispose()
    for number, name in enumerate(("anna", "boris", "carl"), 1):
        alter(path, f"INSERT INTO account VALUES ({number}, '{name}', '{name}', '', 0, 0, {number})")
    alter(path, "INSERT INTO conversation VALUES (7, 0, NULL, NULL)")
    alter(path, "INSERT INTO room VALUES (7, '#tea', '#tea')")
    for number, joined in ((3, 20.0), (2, 10.0), (1, 30.0)):
        alter(path, f"INSERT INTO member VALUES (7, {number}, {joined})")
    alter(path, "INSERT INTO message VALUES (1, 7, 1, 2, 'm1', 5.0, 'Tea is ready', NULL, NULL)")
    prepare(tmp_path)
    reading = open_engine(path, connections=1, writing=False)
    with reading.begin() as connection:
        (room,) = all_rooms(connection)
        (message,) = load_messages(connection, [1], 1)
    reading.dispose()
    assert (room.name, room.members, room.roles, room.seq, room.change) == ("#tea", {1, 2, 3}, {2: "owner"}, 1, 0)
    assert (message.from_, message.to, message.message, message.seq, message.id) == (
        "boris",
        "#tea",
        "Tea is ready",
        1,
        "m1",
    )


ORIGIN = '{"from":"carl","to":"%s","seq":3,"time":1.5}'
FIFTH = """
INSERT INTO account (id, name, key, password_hash, disabled, created)
 VALUES (1, 'anna', 'anna', '', 0, 0), (2, 'boris', 'boris', '', 0, 0), (3, 'carl', 'carl', '', 0, 0);
INSERT INTO conversation (id, created) VALUES (7, 0), (8, 0);
INSERT INTO conversation (id, created, low_id, high_id) VALUES (9, 0, 1, 2);
INSERT INTO room (id, name, key, private) VALUES (7, '#Tea', '#tea', 0), (8, '#Board', '#board', 1);
INSERT INTO room_alias (key, room_id) VALUES ('#boss', 8);
INSERT INTO member (room_id, account_id, joined, role)
 VALUES (7, 1, 0, 'owner'), (7, 2, 0, 'member'), (8, 1, 0, 'owner');
INSERT INTO mute VALUES (7, 1, 9e9), (7, 2, 9e9);
INSERT INTO change VALUES
 (11, 7, 1, 1, 1.0, 'edit', 5, '{"message":"secret","mentions":["boris"]}', 'secret'),
 (12, 7, 2, 1, 1.0, 'delete', 5, '{}', 'secret'),
 (13, 7, 3, 1, 1.0, 'edit', 4, '{"message":"","mentions":["boris"]}', 'old');
INSERT INTO message (id, conversation_id, seq, sender_id, time, text, deleted) VALUES (5, 7, 5, 1, 1.0, '', 5.0);
"""


def test_data_of_the_fifth_schema(tmp_path: Path) -> None:
    """What was deleted is gone, origins of messages are told to who may know them, and mutes hold for whom they did."""
    path = tmp_path / "vestnik.db"
    engine = open_engine(path, connections=1, writing=True)
    migrate(engine, "0005")
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIFTH)
        for number, (place, to) in enumerate(((7, "#BOSS"), (7, "boris"), (9, "boris"), (7, "")), 1):
            values = number, place, number, ORIGIN % to
            database.execute(
                "INSERT INTO message (id, conversation_id, seq, sender_id, time, text, forwarded)"
                " VALUES (?, ?, ?, 1, 1.0, '', ?)",
                values,
            )
        database.commit()
    prepare(tmp_path)
    reading = open_engine(path, connections=1, writing=False)
    with reading.begin() as connection:
        seen = {who: [each.forwarded for each in load_messages(connection, [1, 2, 3, 4], who)] for who in (1, 2, 3)}
        versions = [alterations.versions(connection, reader(1), 7, seq, 10) for seq in (5, 4)]
        told = [each.data for each in changes_behind(connection, 7, 0, 10)]
        rooms = {room.name: (room.muted, room.aliases) for room in all_rooms(connection)}
    reading.dispose()
    assert {who: [each.to for each in places] for who, places in seen.items()} == {
        1: ["#Board", "", "boris", ""],
        2: ["", "", "boris", ""],
        3: ["", "", "", ""],
    }
    assert [(each.from_, each.seq, each.time) for each in seen[1]] == [("carl", 3, 1.5)] * 4
    assert versions == [[Version(1.0, "anna", "", deleted=True)], [Version(1.0, "anna", "old")]]
    assert told == [{"message": ""}, {}, {"message": ""}]
    assert rooms == {"#Tea": ({2: 9e9}, ()), "#Board": ({}, ("#boss",))}


def test_accounts_that_look_alike(tmp_path: Path) -> None:
    """Accounts that looked alike before that was refused are all there afterwards; the newer ones are doubtful."""
    path = tmp_path / "vestnik.db"
    engine = open_engine(path, connections=1, writing=True)
    migrate(engine, "0001")
    engine.dispose()
    for number, name in enumerate(("anna", "аnna", "Anпa", "annа"), 1):
        alter(path, f"INSERT INTO account VALUES ({number}, '{name}', '{name}', 'hash', 0, 0, {number})")
    prepare(tmp_path)
    reading = open_engine(path, connections=1, writing=False)
    with reading.begin() as connection:
        assert doubtful_accounts(connection, (), 9) == ["annа", "аnna"]
        found = credentials(connection, "annа", 0.0)
    reading.dispose()
    assert found is not None
    assert found.password_hash == "hash"


def test_the_oldest_account_owns_the_server(tmp_path: Path) -> None:
    """Of accounts from before there were roles, the oldest that is not disabled is owner, and others are members."""
    path = tmp_path / "vestnik.db"
    engine = open_engine(path, connections=1, writing=True)
    migrate(engine, "0007")
    engine.dispose()
    for number, (name, disabled) in enumerate((("anna", 1), ("boris", 0), ("carl", 0)), 1):
        columns = "id, name, key, password_hash, disabled, created"
        alter(path, f"INSERT INTO account ({columns}) VALUES ({number}, '{name}', '{name}', '', {disabled}, 0)")
    prepare(tmp_path)
    reading = open_engine(path, connections=1, writing=False)
    with reading.begin() as connection:
        assert [state.role for state in list_accounts(connection, "", 9)] == ["member", "owner", "member"]
    reading.dispose()


def test_rooms_that_look_alike(tmp_path: Path) -> None:
    """Rooms that looked alike before that was refused are all there afterwards, and no other one joins them."""
    path = tmp_path / "vestnik.db"
    engine = open_engine(path, connections=1, writing=True)
    migrate(engine, "0011")
    engine.dispose()
    for number, name in enumerate(("#tea", "#tеа"), 1):
        alter(path, f"INSERT INTO conversation (id, created) VALUES ({number}, 1)")
        alter(path, f"INSERT INTO room (id, name, key) VALUES ({number}, '{name}', '{name}')")
    alter(path, "INSERT INTO room_alias (key, room_id) VALUES ('#jam', 1)")
    prepare(tmp_path)
    reading = open_engine(path, connections=1, writing=False)
    with reading.begin() as connection:
        assert [room.name for room in all_rooms(connection)] == ["#tea", "#tеа"]
        assert name_similar(connection, "#tеa", 1) == "#tea"
        assert name_similar(connection, "#jаm", 1) == "#tea"
        assert name_similar(connection, "#tea", 1, 1) == "#tеа"
        assert name_similar(connection, "#team", 1) is None
    reading.dispose()
