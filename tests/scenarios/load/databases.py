"""The two kinds of database, each new: a file, and a schema of its own on a server."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from shim.store.address import resolve


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'shim.db'}"


@contextmanager
def postgresql(server: str) -> Iterator[str]:
    """``server``: the URL of a database in which schemas may be made."""
    schema = f"test_{uuid.uuid4().hex}"
    engine = sa.create_engine(resolve(server), poolclass=sa.NullPool)
    with engine.begin() as db:
        db.execute(sa.schema.CreateSchema(schema))
    try:
        yield f"{server}?options=-csearch_path%3D{schema}&application_name={schema}"
    finally:
        with engine.begin() as db:
            db.execute(sa.schema.DropSchema(schema, cascade=True))
