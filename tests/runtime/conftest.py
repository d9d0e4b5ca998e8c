"""A fresh world for each test, as the engine's own tests have it."""

from tests.engine.conftest import world

__all__ = ["world"]
