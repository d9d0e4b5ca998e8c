"""A new harness for each test, as in the engine's own tests."""

from tests.engine.conftest import harness

__all__ = ["harness"]
