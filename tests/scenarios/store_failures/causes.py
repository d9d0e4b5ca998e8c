"""Causes of failures of a store, and their ends."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shim.store.database import Database, database

Cause = Callable[[Path], Any]


def _base(path: Path) -> Database:
    return database(f"sqlite:///{path}")


@contextmanager
def _set(path: Path, pragma: str, then: Callable[[], object] = lambda: None) -> Iterator[None]:
    """On every connection of this process, from its next transaction on; ``then`` something else.

    A write that has begun ends before: it would meet the failure with the usual settings of its connection, and wait as
    long as they say.
    """
    base, over = _base(path), threading.Event()

    def checkout(connection: Any, *_: Any) -> None:
        if not over.is_set():
            connection.execute(f"PRAGMA {pragma}")

    # Not to be taken away again: another thread may be going through the listeners.
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
    """The file may not grow any more."""
    with _set(path, "max_page_count=1"):
        yield


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Root may write to any file, so the connections are told not to."""
    with _set(path, "query_only=ON"):
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    with closing(other), _set(path, "busy_timeout=5", then=lambda: other.execute("BEGIN IMMEDIATE")):
        try:
            yield
        finally:
            other.execute("ROLLBACK")


#: What comes over a store in use, and what is said of it.
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
    """Another content for a while."""
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
            # As private as a store of ours is, of which nothing else is to be said.
            path.touch(mode=0o600)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            for statement in statements:
                other.execute(statement)

    return change


def _of(change: Callable[[Path, bytes], None]) -> Cause:
    return lambda path: _changed(path, change)


#: What a program finds when it begins.
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
