"""A fresh world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shim.store.database import database
from tests.engine.scripted import World
from tests.stores import Stores


@pytest.fixture
def world(stores: Stores, tmp_path: Path) -> Iterator[World]:
    url = stores.new(tmp_path, "world.db")
    base = database(url)
    yield World(base)
    base.close()
    stores.drop(url)
