"""One world for each test; each example of the test creates its own thread in that world."""

from tests.engine.conftest import world

__all__ = ["world"]
