"""The world of the engine's own tests."""

from tests.engine.conftest import world

__all__ = ["world"]
