"""A fresh world for each test; its database is a copy, as making one takes longer than most tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shim.store.database import database
from tests.engine.scripted import World


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file."""
    path = tmp_path_factory.mktemp("blank") / "shim.db"
    made = database(f"sqlite:///{path}")
    made.prepare()
    made.close()
    return path


@pytest.fixture
def world(blank: Path, tmp_path: Path) -> Iterator[World]:
    path = shutil.copy(blank, tmp_path / "world.db")
    base = database(f"sqlite:///{path}")
    yield World(base)
    base.close()
