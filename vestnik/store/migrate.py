"""Brings a database to the schema of this program, and refuses one that is newer or not ours."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError

from vestnik.store.errors import StoreForeign, StoreNewer
from vestnik.store.schema import HEAD, VERSIONS


def schema_version(connection: Connection) -> str | None:
    """The schema's version, or None in an empty database. Raises LookupError for tables that are not ours."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if version is None else str(version)
    if tables:
        raise LookupError(", ".join(tables[:3]))
    return None


def is_current(engine: Engine, path: Path) -> bool:
    """Whether the database at `path` has this program's schema.

    Raises StoreForeign when it is not a database of ours, StoreNewer when its schema is newer than HEAD.
    """
    try:
        with engine.connect() as connection:
            found = schema_version(connection)
    except LookupError as error:
        raise StoreForeign(path, str(error)) from None
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.OperationalError):
            raise  # cannot be opened or is locked: not a matter of its content
        raise StoreForeign(path, str(error.orig)) from None
    if found is None or found in VERSIONS:
        return found == HEAD
    if found.isdecimal() and found > HEAD:
        raise StoreNewer(path, found, HEAD)
    raise StoreForeign(path, f"schema {found}")


def migrate(engine: Engine, version: str = HEAD) -> None:
    """Apply the migrations that the database has not seen, up to `version`, in one transaction with its version."""
    # Alembic costs 12 MB and a quarter of a second: most starts do not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
