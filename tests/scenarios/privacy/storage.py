"""The raw contents of a store, read from the disk or the database server without the tested code."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shim.store.address import resolve

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def tables(url: str) -> Tables:
    """Every row of every table in the database, known or unknown to this version, without decoding."""
    engine = sa.create_engine(resolve(url), poolclass=sa.NullPool)
    known = sa.MetaData()
    with engine.connect() as db:
        known.reflect(db)
        return {
            name: [_plain(row) for row in db.execute(sa.select(table).order_by(*table.primary_key)).mappings()]
            for name, table in known.tables.items()
        }


def _plain(row: Any) -> Row:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def joined(rows: list[Row]) -> bytes:
    """All values of some rows in one text."""
    return b"\n".join(_bytes(value) for row in rows for value in row.values())


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def everything(found: Tables) -> bytes:
    """All values of all tables."""
    return b"\n".join(joined(rows) for rows in found.values())


def disk(folder: Path) -> bytes:
    """The contents of every file in a folder: the database, its log, and all others."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
