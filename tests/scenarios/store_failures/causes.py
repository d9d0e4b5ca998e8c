"""Causes of failures of a store, and their ends."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa

from shim.store import dialects
from shim.store.database import Database, database

Cause = Callable[[Path], Any]


def _base(path: Path) -> Database:
    return database(f"sqlite:///{path}")


@contextmanager
def _set(path: Path, pragma: str, then: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Set a pragma on every connection of this process, from its next transaction on; then call ``then``.

    A write that has begun is finished before.  Otherwise it would meet the failure with the usual settings of its
    connection, and wait for their long timeout.
    """
    base, over = _base(path), threading.Event()

    def checkout(connection: Any, *_: Any) -> None:
        if not over.is_set():
            connection.execute(f"PRAGMA {pragma}")

    # The listener is never removed, because another thread may be iterating over the listeners.
    with base._turn:
        sa.event.listen(base._engine, "checkout", checkout)
        then()
    try:
        yield
    finally:
        over.set()
        base.close()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """The database file cannot grow."""
    with _set(path, "max_page_count=1"):
        yield


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """The connections refuse to write; file permissions would not stop root."""
    with _set(path, "query_only=ON"):
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    with (
        closing(other),
        # Some transactions set the time themselves.
        mock.patch.object(dialects, "PATIENCE", 0.005),
        _set(path, "busy_timeout=5", then=lambda: other.execute("BEGIN IMMEDIATE")),
    ):
        try:
            yield
        finally:
            other.execute("ROLLBACK")


#: Failures of a store in use, and the error message.
WHILE_IN_USE: dict[str, tuple[Cause, str]] = {
    "full": (full, "has no room left on its disk. Make room there"),
    "read-only": (read_only, "cannot be written: it is read-only. Let this user write"),
    "locked": (locked, "was locked by another program for too long. End the program that uses it"),
}


def _without_its_log(path: Path) -> bytes:
    _base(path).close()
    return path.read_bytes()


@contextmanager
def _changed(path: Path, change: Callable[[Path, bytes], None]) -> Iterator[None]:
    """The file has another content inside the block."""
    good = _without_its_log(path)
    change(path, good)
    try:
        yield
    finally:
        _base(path).close()
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        path.write_bytes(good)


def _sql(*statements: str) -> Callable[[Path, bytes], None]:
    def change(path: Path, good: bytes) -> None:
        if "CREATE" in statements[0]:
            path.unlink()
            # Only the owner may read it, as with a normal store; otherwise the shim would warn about that.
            path.touch(mode=0o600)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            for statement in statements:
                other.execute(statement)

    return change


def _of(change: Callable[[Path, bytes], None]) -> Cause:
    return lambda path: _changed(path, change)


#: Failures that exist when a program starts, and the error message.
FROM_THE_START: dict[str, tuple[Cause, str]] = {
    "damaged": (
        _of(lambda path, good: path.write_bytes(good[:4096] + b"\xff" * (len(good) - 4096)) and None),
        "is damaged. Stop the programs that use it, and restore it from a backup",
    ),
    "a letter": (
        _of(lambda path, good: path.write_bytes(b"Dear friend,\n" * 500) and None),
        "is not an SQLite database. Set SHIM_DATABASE_URL to another file",
    ),
    "newer": (
        _of(_sql("UPDATE alembic_version SET version_num = '9999'")),
        "is at revision 9999.*Nothing was changed. Upgrade assistants-shim",
    ),
    "of somebody else": (
        _of(_sql("CREATE TABLE threads (id INTEGER)")),
        "has tables with the same names.*a database of its own in SHIM_DATABASE_URL",
    ),
    "locked": (locked, "was locked by another program for too long"),
    "read-only": (read_only, "cannot be written: it is read-only"),
}
