"""An environment for processes that are killed."""

from collections.abc import Iterator

import pytest

from shim.engine import registry
from tests.scenarios.crash.dying import Diligent, Place, forks
from tests.stores import Stores


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A background response is polled upstream each time the program retrieves its run, without a wait."""
    monkeypatch.setattr(registry, "FIRST_WAIT", 0.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Place]:
    with Diligent() as upstream:
        yield Place(tmp_path_factory.mktemp("crash"), stores, upstream, forks())
