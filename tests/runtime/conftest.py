"""New fixtures for each test, shared with the engine's tests."""

from tests.engine.conftest import world

__all__ = ["world"]
