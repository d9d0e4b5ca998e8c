"""A fresh world for each test, as in the engine's own tests."""

from tests.engine.conftest import world

__all__ = ["world"]
