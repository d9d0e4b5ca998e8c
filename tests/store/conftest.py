"""The same tests for every store: blocking and async on SQLite, and on PostgreSQL if SHIM_TEST_POSTGRES contains a
URL.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shim.store.database import AsyncStore, Database, SyncStore, database
from tests.stores import KINDS, Files, empty


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a location without a store."""
    with empty(request.param, tmp_path / "own") as url:
        yield url


@pytest.fixture
def base(address: str, ready_files: Files) -> Iterator[Database]:
    """A new database."""
    if address.startswith("sqlite"):
        path = Path(address.removeprefix("sqlite:///"))
        path.parent.mkdir()
        ready_files.new(path.parent, path.name)
    made = database(address)
    yield made
    made.close()


@pytest.fixture(params=[SyncStore, AsyncStore], ids=["sync", "async"])
def store(request: pytest.FixtureRequest, base: Database) -> SyncStore | AsyncStore:
    """A new store, blocking and async."""
    return request.param(base)
