"""A new harness for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shim.store.database import database
from tests.engine.scripted import Harness
from tests.stores import Stores


@pytest.fixture
def harness(stores: Stores, tmp_path: Path) -> Iterator[Harness]:
    url = stores.new(tmp_path, "harness.db")
    base = database(url)
    yield Harness(base)
    base.close()
    stores.drop(url)
