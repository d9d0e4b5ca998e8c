"""One world for each test: an example takes a thread of its own in it."""

from tests.engine.conftest import blank, world

__all__ = ["blank", "world"]
