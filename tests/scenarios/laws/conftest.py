"""One world for each test: an example takes a thread of its own in it."""

from tests.engine.conftest import world

__all__ = ["world"]
