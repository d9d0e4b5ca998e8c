"""Copies everything from one database to another, of either kind, in either direction.

All rows are written in one transaction of the target, which is compared with the source before it is committed: after
any failure the target is as empty as before.  Stored values are copied unchanged: nothing is decoded, and encrypted
values stay encrypted.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import address, dialects, failures, schema
from shim.store.database import Database
from shim.store.errors import StoreFailed
from shim.store.tx import Tx

#: How many rows are in memory at a time; and the same for a table with stored files, whose rows may be large.
BATCH: Final = 500
LARGE: Final[Mapping[str, int]] = {"files": 2}
#: Called after each batch with the table, the number of rows done, and the total.  Writing a row and reading it back
#: count as one each, so a table is done at twice its rows.
Note = Callable[[str, int, int], None]


class Moved(NamedTuple):
    """The contents of a table.  ``checksum``: the SHA-256 of its values, row after row in the store's order."""

    rows: int
    checksum: str


def move(source: Database, target: Database, note: Note = lambda table, done, total: None) -> dict[str, Moved]:
    """Copy everything from ``source`` to ``target``; returns the result for each table.  The source is not changed.

    Both are locked against writing meanwhile.  Raises `StoreFailed`; the target is then unchanged.
    """
    if source.url == target.url:
        raise StoreFailed("The store cannot be moved to where it is.")
    check_there(source)
    return source.write(_from, source, target, note)


def check_there(source: Database) -> None:
    """Check that the source exists, as otherwise an empty database would be created and copied.  Raises
    `StoreFailed`.
    """
    path = str(source.url.database)
    if dialects.is_sqlite(source.url) and not path.startswith("file:") and not Path(path).is_file():
        raise StoreFailed(f"The store {address.describe(source.url)} does not exist.")


def _from(tx: Tx, source: Database, target: Database, note: Note) -> dict[str, Moved]:
    dialects.keep_writers_out(tx.db, schema.metadata.sorted_tables)
    return target.write(_into, _Source(tx.db, source), target, note)


class _Source:
    """Reads the source: a failure there is reported for the source, not for the target, in whose transaction it
    occurs.
    """

    def __init__(self, db: sa.Connection, database: Database) -> None:
        self.db, self.database = db, database

    def __enter__(self) -> sa.Connection:
        return self.db

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, sa.exc.SQLAlchemyError):
            raise failures.explain(problem, self.database.url) from problem


def _into(tx: Tx, source: _Source, target: Database, note: Note) -> dict[str, Moved]:
    tables = schema.metadata.sorted_tables
    dialects.keep_writers_out(tx.db, tables)
    if full := [table.name for table in tables if _count(tx.db, table)]:
        raise StoreFailed(
            f"The store {address.describe(target.url)} is not empty: it has {', '.join(full)}. Nothing was changed."
        )
    return {table.name: _move_table(tx.db, source, target, table, note) for table in tables}


def _move_table(db: sa.Connection, source: _Source, target: Database, table: sa.Table, note: Note) -> Moved:
    with source as theirs:
        total, last = _count(theirs, table), dialects.last_number(theirs, table)
    original, done = _Checksum(), 0
    for batch in _batches(source, table):
        db.execute(table.insert(), [row._asdict() for row in batch])
        original.add(batch)
        done += len(batch)
        note(table.name, done, 2 * total)
    dialects.set_last_number(db, table, last)
    copied = _Checksum()
    for batch in _batches(_Source(db, target), table):
        copied.add(batch)
        note(table.name, total + copied.rows, 2 * total)
    if (original.rows, copied.moved()) != (total, original.moved()):
        raise StoreFailed(
            f"The table {table.name} arrived as {copied.moved()}, and was {original.moved()} of {total} rows. "
            f"The store {address.describe(target.url)} was left empty."
        )
    return copied.moved()


def _batches(source: _Source, table: sa.Table) -> Iterator[Sequence[sa.Row[Any]]]:
    """All rows in the store's order, in batches."""
    seq, most = table.c.seq, LARGE.get(table.name, BATCH)
    statement = sa.select(table).where(seq > sa.bindparam("last")).order_by(seq).limit(most)
    last = -1
    while True:
        with source as db:
            batch = db.execute(statement, {"last": last}).fetchall()
        if not batch:
            return
        last = batch[-1].seq
        yield batch


def _count(db: sa.Connection, table: sa.Table) -> int:
    return int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class _Checksum:
    """A checksum of the values: equal on both kinds of database, regardless of how they store them."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, batch: Sequence[sa.Row[Any]]) -> None:
        for row in batch:
            self.rows += 1
            for value in row:
                self._hash.update(_bytes(value))

    def moved(self) -> Moved:
        return Moved(self.rows, self._hash.hexdigest())


def _bytes(value: Any) -> bytes:
    """A value with its kind and its length, so that different rows give different bytes; numbers with all their
    digits.
    """
    if isinstance(value, (bytes, memoryview)):
        kind, data = b"b", bytes(value)
    else:
        kind, data = type(value).__name__.encode(), str(value).encode()
    return b"%b %d:%b" % (kind, len(data), data)
