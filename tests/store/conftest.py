"""One suite for every store: both colours on SQLite, and on PostgreSQL when SHIM_TEST_POSTGRES holds the URL of one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shim.store.database import AsyncStore, Database, SyncStore, database
from tests.stores import KINDS, Files, empty


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place where no store is yet."""
    with empty(request.param, tmp_path / "own") as url:
        yield url


@pytest.fixture
def base(address: str, ready_files: Files) -> Iterator[Database]:
    """A fresh database."""
    if address.startswith("sqlite"):
        path = Path(address.removeprefix("sqlite:///"))
        path.parent.mkdir()
        ready_files.new(path.parent, path.name)
    made = database(address)
    yield made
    made.close()


@pytest.fixture(params=[SyncStore, AsyncStore], ids=["sync", "async"])
def store(request: pytest.FixtureRequest, base: Database) -> SyncStore | AsyncStore:
    """A fresh store of each colour."""
    return request.param(base)
