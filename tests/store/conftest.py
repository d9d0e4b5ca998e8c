"""One suite for every store: both colours on SQLite, and on PostgreSQL when SHIM_TEST_POSTGRES holds the URL of one."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from shim.store.address import resolve
from shim.store.database import AsyncStore, Database, SyncStore, database

#: Read here, as no test sees the user's own variables.
POSTGRES = os.environ.get("SHIM_TEST_POSTGRES")
KINDS = ["sqlite"] + (["postgresql"] if POSTGRES else [])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to copy: upgrading one anew for each test would take most of the suite's time."""
    path = tmp_path_factory.mktemp("template") / "shim.db"
    made = database(f"sqlite:///{path}")
    made.prepare()
    made.close()
    return path


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place where no store is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'own' / 'shim.db'}"
        return
    schema = f"test_{uuid.uuid4().hex}"
    server = sa.create_engine(resolve(POSTGRES), poolclass=sa.NullPool)
    with server.begin() as db:
        db.execute(sa.schema.CreateSchema(schema))
    yield f"{POSTGRES}?options=-csearch_path%3D{schema}&application_name={schema}"
    with server.begin() as db:
        db.execute(sa.schema.DropSchema(schema, cascade=True))


@pytest.fixture
def base(request: pytest.FixtureRequest, address: str) -> Iterator[Database]:
    """A fresh database."""
    if address.startswith("sqlite"):
        path = Path(address.removeprefix("sqlite:///"))
        path.parent.mkdir()
        shutil.copy(request.getfixturevalue("template"), path)
    made = database(address)
    yield made
    made.close()


@pytest.fixture(params=[SyncStore, AsyncStore], ids=["sync", "async"])
def store(request: pytest.FixtureRequest, base: Database) -> SyncStore | AsyncStore:
    """A fresh store of each colour."""
    return request.param(base)
