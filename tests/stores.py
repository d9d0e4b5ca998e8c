"""New databases for tests: migrated and empty ones, each made from a template, and locations without any store."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from shim.store.address import resolve
from shim.store.database import database

#: Read at import, as the fixtures later remove the developer's variables.
POSTGRES = os.environ.get("SHIM_TEST_POSTGRES")
#: The kinds of database that are available.
KINDS = ["sqlite", *(["postgresql"] if POSTGRES else [])]


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a location without any table: a file that does not exist, or a new schema on the server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'shim.db'}"
        return
    assert POSTGRES, "no SHIM_TEST_POSTGRES"
    schema = f"test_{uuid.uuid4().hex}"
    server = sa.create_engine(resolve(POSTGRES), poolclass=sa.NullPool)
    with server.begin() as db:
        db.execute(sa.schema.CreateSchema(schema))
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{schema}&application_name={schema}"
    finally:
        with server.begin() as db:
            db.execute(sa.schema.DropSchema(schema, cascade=True))


class Stores(Protocol):
    """Makes databases of one kind."""

    def new(self, folder: Path, name: str = "shim.db") -> str:
        """The URL of a migrated, empty database; a file database exists under that name."""

    def copy(self, url: str, folder: Path) -> str:
        """A copy of a database. The original must not be in use, though a process that used it may have been killed."""

    def drop(self, url: str) -> None:
        """Drop the database, also if it is in use."""


@dataclass
class Files:
    """SQLite. ``template``: an empty store, already migrated."""

    template: Path

    def new(self, folder: Path, name: str = "shim.db") -> str:
        return self._copied(self.template, folder / name)

    def copy(self, url: str, folder: Path) -> str:
        return self._copied(Path(url.removeprefix("sqlite:///")), folder / f"{uuid.uuid4().hex}.db")

    def drop(self, url: str) -> None:
        """Nothing to do: the test's folder is deleted with the file."""

    def _copied(self, source: Path, path: Path) -> str:
        for ending in ("", "-wal"):
            if (there := source.with_name(source.name + ending)).exists():
                shutil.copyfile(there, path.with_name(path.name + ending))
        path.chmod(0o600)
        return f"sqlite:///{path}"


class Databases:
    """PostgreSQL. ``server``: the URL of a database whose user may create databases."""

    def __init__(self, server: str) -> None:
        self._url = resolve(server)
        self._server = sa.create_engine(self._url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        self._made: list[str] = []
        self._template = self._from("template0")
        base = database(self._template)
        base.prepare()
        base.close()

    def new(self, folder: Path, name: str = "shim.db") -> str:
        return self._from(self._name(self._template))

    def copy(self, url: str, folder: Path) -> str:
        return self._from(self._name(url))

    def drop(self, url: str) -> None:
        self._made.remove(url)
        self._execute(f"DROP DATABASE {self._name(url)} WITH (FORCE)")

    def close(self) -> None:
        for url in list(self._made):
            self.drop(url)

    def _from(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        # PostgreSQL may still run a backend for a killed process; it would block the use of the template.
        gone = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'"
        self._execute(gone, f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(self._url.set(database=name).render_as_string(hide_password=False))
        return self._made[-1]

    def _execute(self, *statements: str) -> None:
        with self._server.connect() as db:
            for each in statements:
                db.exec_driver_sql(each)

    def _name(self, url: str) -> str:
        return str(resolve(url).database)
