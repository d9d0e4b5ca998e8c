"""A place for processes to die in."""

from collections.abc import Iterator

import pytest

from shim.engine import registry
from tests.scenarios.crash.dying import Diligent, Place, forks
from tests.stores import Stores


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Upstream's background is asked as often as the program looks."""
    monkeypatch.setattr(registry, "FIRST_WAIT", 0.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Place]:
    with Diligent() as upstream:
        yield Place(tmp_path_factory.mktemp("crash"), stores, upstream, forks())
